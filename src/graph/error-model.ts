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
 * How far a float32 result of an op may be from the exact one. Of an op that moves, chooses or multiplies numbers there is
 * nothing to say: {}.
 */
export interface ErrorModel<A> {
  /** The inexact functions that one element takes, each as often as it is taken. */
  functions?: readonly InexactFunction[];
  /** WGSL in which they are found by their names, where the op is the user's own. */
  wgsl?(attributes: A): string;
  /** How many numbers are added up for one element; 1 where absent. */
  terms?(inputs: readonly Shape[], attributes: A): number;
  /**
   * The largest magnitude among the numbers that are added up, which the result's may be far below.
   *
   * @param largest - magnitudes of the f32 inputs
   */
  summed?(...largest: readonly number[]): number;
}
