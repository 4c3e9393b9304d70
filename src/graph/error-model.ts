import type { Shape } from "../core/shape.js";

/** Functions that a device may compute inexactly, each within what `checks/tolerance.ts` grants it. */
export type InexactFunction =
  | "division"
  | "root"
  | "exponential"
  | "logarithm"
  | "logSumExp"
  | "power"
  | "hyperbolic"
  | "trigonometric";

/**
 * Sources of error of an op's float32 results, beyond one rounding. An op that moves, chooses or multiplies numbers has
 * none: {}.
 */
export interface ErrorModel<A> {
  /** Inexact functions on the way to one element, each as often as it is called. */
  functions?: readonly InexactFunction[] | ((attributes: A) => readonly InexactFunction[]);
  /** WGSL of a user's own op, in which the inexact functions are found by their names. */
  wgsl?(attributes: A): string;
  /** Number of terms that are added up for one element; 1 without this rule. */
  terms?(inputs: readonly Shape[], attributes: A): number;
  /**
   * Largest magnitude of a term: the scale of the error where terms cancel, and the result is far smaller than they are.
   *
   * @param largest - largest magnitude of each f32 input
   */
  summed?(...largest: readonly number[]): number;
}
