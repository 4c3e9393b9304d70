import { openDevice } from "../backends/open.js";
import type { Shape } from "../core/shape.js";
import type { Layer, LayerFunction } from "../layers/index.js";
import type { GradientCheckOptions } from "./check-gradients.js";
import type { OpenDevice, ParityOptions } from "./check-parity.js";
import type { GradientReport } from "./gradient-report.js";
import type { CheckInput } from "./inputs.js";
import type { ParityReport } from "./parity-report.js";
import type { CheckSubject, TensorFunction } from "./subject.js";

export type { GradientCheckOptions } from "./check-gradients.js";
export type { ParityOptions } from "./check-parity.js";
export type { ElementVerdict } from "./elements.js";
export type { GradientElement, GradientPart, GradientReport } from "./gradient-report.js";
export type { CheckInput } from "./inputs.js";
export type { ParityDevice, ParityPart, ParityReport, ParityVerdict } from "./parity-report.js";
export type { CheckSubject, SubjectOptions, TensorFunction } from "./subject.js";

/** A check of a layer with `input`, of a function of tensors with `inputs`, or of any other subject by itself. */
export interface Check<Options, Report> {
  (layer: Layer | LayerFunction, options: Options & { input: Shape }): Promise<Report>;
  (f: TensorFunction, options: Options & { inputs: readonly CheckInput[] }): Promise<Report>;
  (subject: CheckSubject, options?: Options): Promise<Report>;
}

/**
 * Compares gradients, as they are derived from the ops' rules, with central differences, both in float64 by the plain CPU
 * kernels. They are gradients of L = Σ wᵢ yᵢ, with normal weights w over the subject's result y.
 *
 * - The step is 1e-5, relative to elements larger than 1; where it disagrees, steps of 1e-6, 1e-7 and 1e-5 of the element
 *   itself are tried: a kink may be close by, or the function steep.
 * - The limit is 1e-6 of the array's largest gradient, or what rounding in float64 leaves of the difference, if larger.
 * - An element whose rule is right on either side, 1e-3 away, but not in place, sits on a kink or a jump, where there is
 *   no gradient to compare: it is counted by itself. Of an activation alone, the gradient at a kink must lie between the
 *   slopes beside it.
 * - Dropout is that of training, with one mask throughout.
 * - Activations of your own are also checked one by one, at the numbers that they meet in the subject and at those from -6
 *   to 6: where one is wrong, every parameter before it is, and the report names the activation.
 *
 * A wrong gradient is reported, not thrown: `if (!report.ok) throw new Error(String(report))`.
 *
 * @example await checkGradients(model)
 * @example await checkGradients(residual, { input: [8] })               // a layer of your own
 * @example await checkGradients(ops.matmul, { inputs: [[3, 4], [4, 5]] })
 * @param subject - a model, layer, function of tensors, loss or activation
 * @throws ArgumentError when it is none of these, an option makes no sense, inputs aren't finite, or the result doesn't
 * depend on an input; ShapeError when inputs don't fit the subject
 */
export const checkGradients: Check<GradientCheckOptions, GradientReport> = async (
  subject: CheckSubject,
  options?: GradientCheckOptions,
) => {
  const check = await import("./check-gradients.js");
  return check.checkGradients(subject, options);
};

/**
 * Runs a subject on devices and compares them with the plain CPU backend: its result y, and the gradients of Σ wᵢ yᵢ with
 * normal weights w. Devices that fuse run it fused, as in training.
 *
 * The limit is that of the engine's own tests, float32's rounding: 2^-24 (4 + terms + 2 ulps) of the largest number, where
 * `terms` counts the numbers that are added up on the way, and `ulps` is what the WGSL specification grants to the
 * inexact functions among them. NaN, infinity and a missing element fail.
 *
 * Activations of your own are also compared one by one, at the numbers that they meet in the subject and at those from -6
 * to 6: their `wgsl` must say the same as `forward` and `gradient`.
 *
 * Without `device` and `devices`, every backend of the platform is opened and closed again (in Node, the function of this
 * name in "neuromotor/node" finds GPUs); the report names a backend that doesn't open.
 *
 * @example await checkParity(model, { device })
 * @param subject - a model, layer, function of tensors, loss or activation; see `checkGradients`
 * @throws ArgumentError when it is none of these, an option makes no sense, or inputs aren't finite; ShapeError when
 * inputs don't fit the subject
 */
export const checkParity: Check<ParityOptions, ParityReport> = (subject: CheckSubject, options?: ParityOptions) =>
  checkParityOn(openDevice, subject, options);

/** @internal */
export async function checkParityOn(open: OpenDevice, subject: CheckSubject, options?: ParityOptions) {
  const check = await import("./check-parity.js");
  return check.checkParity(open, subject, options);
}
