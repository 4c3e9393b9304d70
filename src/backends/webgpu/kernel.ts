import { type Argument, type Launch, type PlanNumber, smoothingShares } from "../../compile/plan.js";
import { DeviceError } from "../../core/errors.js";
import { sizeOf } from "../../core/shape.js";
import { type Entry, glue, type Part } from "./glue.js";
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

/**
 * An f32 literal with exactly this value, rounded to float32; or the word of the step's record that has it. Decimal, since not every compiler of WGSL has `bitcast` in
 * constant expressions (docs/wgsl.md).
 *
 * @throws DeviceError where it is infinite or NaN, which WGSL can't write
 */
export function literal(value: PlanNumber): string {
  if (typeof value === "object") return hyperparameterAt(value.word);
  const rounded = Math.fround(value);
  if (!Number.isFinite(rounded)) {
    throw new DeviceError(
      `A kernel holds the constant ${value}, and WGSL has no infinity and no NaN. Use a finite float32, or backend: "cpu".`,
    );
  }
  // A double's shortest digits name the float32 among all of them; String(-0) has no sign.
  return `${Object.is(rounded, -0) ? "-0" : rounded}f`;
}

/** A hyperparameter of the step, by a place that is a constant: a driver needn't check its bounds. */
export const hyperparameterAt = (place: number) =>
  `step_record.hyperparameters[${Math.floor(place / 4)}][${place % 4}]`;

/** Constants and entry of a kernel with one invocation per row of the first input, whose last axis are classes. */
export function eachRow({ inputs: [{ shape }] }: Launch) {
  const classes = shape.at(-1) ?? 1;
  return { constants: { CLASSES: classes }, entry: { each: sizeOf(shape) / classes } };
}

/** Glue with the smoothing of a launch's labels, and the share of it that each class gets: WGSL's division is inexact. */
export const smoothingOf = ({ attributes: { smoothing, words } }: Launch, { shape }: Argument): Part => {
  const shares = (words as PlanNumber[]) ?? smoothingShares(smoothing as number, shape.at(-1)!);
  const [all, each] = shares.map(literal);
  return glue(
    "webgpu/kernel.ts",
    `fn smoothing() -> f32 { return ${all}; }\nfn smoothing_share() -> f32 { return ${each}; }`,
  );
};
