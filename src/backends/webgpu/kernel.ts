import type { Launch } from "../../compile/plan.js";
import { sizeOf } from "../../core/shape.js";
import type { Entry, Part } from "./glue.js";
import type { ChooseMatmul } from "./matmul-kernels.js";

/** The kernel of a launch: WGSL with its constants, and the division of the work. */
export interface KernelSource {
  /** The shader's names for the launch's inputs, in their order: `x` is read by `x_at(i)`. */
  inputs: readonly string[];
  /** Names of inputs whose sizes are compiled in, so that a driver needn't ask for them at every read. */
  sized?: readonly string[];
  /** The shader, and glue that it asks for. */
  parts: readonly Part[];
  /** Values of `override` constants. */
  constants?: Readonly<Record<string, number>>;
  entry: Entry;
  /** WGSL extensions that the shader enables. */
  extensions?: readonly string[];
}

/**
 * Parametrises the kernel of a launch; its results go to the epilogue. `choose` gives the device's kernel for a matrix
 * product.
 */
export type WebgpuKernel = (launch: Launch, choose: ChooseMatmul) => KernelSource;

/** Elements of one row, all axes but the first. */
export const rowSize = (shape: readonly number[]): number => sizeOf(shape.slice(1));

/** An f32 literal with exactly this value; a float32 holds it to the bit. */
export function literal(value: number): string {
  const bits = new Uint32Array(new Float32Array([value]).buffer)[0];
  return `bitcast<f32>(0x${bits.toString(16)}u)`;
}

/** Constants and entry of a kernel with one invocation per row of the first input, whose last axis are classes. */
export function eachRow({ inputs: [{ shape }] }: Launch) {
  const classes = shape.at(-1) ?? 1;
  return { constants: { CLASSES: classes }, entry: { each: sizeOf(shape) / classes } };
}
