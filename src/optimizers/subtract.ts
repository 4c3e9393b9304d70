import { ArgumentError } from "../core/errors.js";
import type { Tensor } from "../graph/tensor.js";
import { listedHyperparameters, MAX_HYPERPARAMETERS, update } from "../ops/update.js";
import type { Optimizer } from "./optimizer.js";
import { sgdRule } from "./sgd.js";

/*
 * Optimizers around others change a variable once more after their update: p = p - factor x, which is plain descent.
 */

/** Hyperparameters of a subtraction. */
export const subtraction = (factor: number): number[] =>
  listedHyperparameters(sgdRule, { learningRate: factor, weightDecay: 0, momentum: 0, oneMinusDampening: 0 });

/** In place; the hyperparameters begin at `first`. */
export const subtract = (p: Tensor, x: Tensor, first: number): Tensor =>
  update(p, x, { rule: sgdRule, flags: {}, first });

/**
 * Where the hyperparameters of a subtraction begin after an optimizer's own.
 *
 * @throws ArgumentError where they don't fit, or the optimizer ends with an average: that must see what others leave
 */
export function placeAfter(name: string, { averages, config, hyperparameters }: Optimizer): number {
  if (averages) {
    throw new ArgumentError(`${name}: put movingAverage around all others: movingAverage(maxNorm(adam(), 3)).`);
  }
  const place = hyperparameters(1, config.learningRate).length;
  if (place + subtraction(1).length <= MAX_HYPERPARAMETERS) return place;
  throw new ArgumentError(`${name}: the optimizer within has too many parameter groups; leave some out.`);
}
