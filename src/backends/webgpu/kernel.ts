import type { Launch } from "../../compile/plan.js";
import { sizeOf } from "../../core/shape.js";
import type { Product, ProductSource } from "./products.js";

/** Invocations of a workgroup, as in functions/grid.wgsl. */
export const WORKGROUP_SIZE = 64;

/** What a launch needs on the GPU: WGSL with its constants, and how many workgroups. */
export interface KernelSource {
  /** WGSL: a kernel, the functions it needs, and a few lines of glue, but for `store` (see results.ts). */
  code: readonly WgslPart[];
  /** Values of the kernel's `override` constants. */
  constants: Record<string, number>;
  workgroups: number;
}

/**
 * Parametrises the kernel of a launch. Tensors are bound in group 1, the inputs first (see `bindingsOf`). `choose` says
 * how this device is to make a product.
 */
export type WebgpuKernel = (launch: Launch, choose: (product: Product) => ProductSource) => KernelSource;

/** Text, or text that is being loaded. */
export type WgslPart = string | Promise<string>;

/** WGSL that few trainings need, loaded when it is first used. */
export const further = (name: keyof typeof import("./further-shaders.js")): Promise<string> =>
  import("./further-shaders.js").then((shaders) => shaders[name]);

/** Parts of a kernel; the order of declarations doesn't matter, and one that is named twice is taken once. */
export const wgsl = (...parts: WgslPart[]): readonly WgslPart[] => parts;

/** Workgroups for one invocation per element. */
export const perElement = (elements: number): number => Math.ceil(elements / WORKGROUP_SIZE);

/** Elements of one row, all axes but the first. */
export const rowSize = (shape: readonly number[]): number => sizeOf(shape.slice(1));

/** An f32 literal with exactly this value; a float32 holds it to the bit. */
export function literal(value: number): string {
  const bits = new Uint32Array(new Float32Array([value]).buffer)[0];
  return `bitcast<f32>(0x${bits.toString(16)}u)`;
}

/** Sizes of the first input seen as rows of classes: one invocation per row. */
export function rowGrid({ inputs }: Launch) {
  const { shape } = inputs[0];
  const classes = shape.at(-1) ?? 1;
  const rows = sizeOf(shape) / classes;
  return { constants: { ROWS: rows, CLASSES: classes }, workgroups: perElement(rows) };
}
