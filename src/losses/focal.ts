import { optionsOf } from "../core/options.js";
import { AT_LEAST_0, BETWEEN_0_AND_1, checkNumbers } from "../core/ranges.js";
import { sigmoid, softplus } from "../ops/activations.js";
import { softmaxCrossEntropy } from "../ops/cross-entropy.js";
import { add, exp, mul, neg, pow, sub } from "../ops/elementwise.js";
import { oneHot } from "../ops/one-hot.js";
import { sum } from "../ops/reduce.js";
import { softmax } from "../ops/softmax.js";
import { meanOver } from "./elements.js";
import { classShares, guessFromMeans, leastOf } from "./guess.js";
import { signedTargets } from "./hinge.js";
import type { Loss } from "./loss.js";
import { classTargets, requireOutputs, targetsOf } from "./targets.js";

/** Options of `focal`; defaults are those of torchvision.ops.sigmoid_focal_loss. */
export interface FocalOptions {
  /** Exponent that weakens rows which are right already; 2. With 0 the loss is cross-entropy. */
  gamma?: number;
  /** Weight of a yes, 1 - alpha being that of a no; 0.25. */
  alpha?: number;
}

/**
 * Focal loss (Lin et al., 2017), for yes or no where one of them is rare: with p the probability given to the truth,
 * -α (1 - p)^gamma log p, the mean over rows and outputs, as torchvision.ops.sigmoid_focal_loss. The model puts out
 * logits. Takes two classes with one output, several with one output each, or floats of 0 and 1.
 *
 * @throws ArgumentError when gamma is below 0 or alpha isn't in (0, 1)
 */
export function focal(options: FocalOptions = {}): Loss {
  const { gamma, alpha } = optionsOf("focal", options, { gamma: 2, alpha: 0.25 });
  checkNumbers("focal", AT_LEAST_0, { gamma });
  checkNumbers("focal", BETWEEN_0_AND_1, { alpha });
  return {
    config: { loss: "focal", gamma, alpha },
    labels: "classes",
    isProbabilistic: true,
    encode: (data, outputs) => signedTargets("focal", targetsOf("focal", data, outputs, -1)),
    ...meanOver((logits, signs) => {
      // With u = ±z, 1 - p = σ(-u) = e^-softplus(u) and -log p = softplus(-u): nothing cancels, nothing is 0 to a power.
      const towards = mul(signs, logits);
      const unsure = exp(mul(-gamma, softplus(towards)));
      const weight = add(0.5, mul(signs, alpha - 0.5));
      return mul(weight, mul(unsure, softplus(neg(towards))));
    }),
    guess: (targets, _, rows) =>
      guessFromMeans(targets, rows, (mean) => {
        const yes = (1 + mean) / 2;
        const cost = (p: number) =>
          alpha * yes * unsureCost(p, gamma) + (1 - alpha) * (1 - yes) * unsureCost(1 - p, gamma);
        return leastOf(cost, 0, 1);
      }),
    probabilities: (logits) => sigmoid(logits),
  };
}

/**
 * Focal loss over softmax, for one class of several: (1 - p)^gamma (-log p) with p = softmax(z)[label], the mean over
 * rows, as Keras's CategoricalFocalCrossentropy with alpha 1. Takes class indices.
 *
 * @throws ArgumentError when gamma is neither 0 nor at least 1: in between, the power has no gradient at p = 1
 */
export function categoricalFocal(options: Pick<FocalOptions, "gamma"> = {}): Loss {
  const { gamma } = optionsOf("categoricalFocal", options, { gamma: 2 });
  checkNumbers("categoricalFocal", ["0 or at least 1", (value) => value === 0 || value >= 1], {
    gamma,
  });
  return {
    config: { loss: "categoricalFocal", gamma },
    labels: "classes",
    outputPerClass: true,
    isProbabilistic: true,
    checkOutputs: (outputs) => requireOutputs("categoricalFocal", outputs, "focal()"),
    encode: (data, outputs) => classTargets("categoricalFocal", data, outputs),
    perRow(logits, labels) {
      const loss = softmaxCrossEntropy(logits, labels);
      if (gamma === 0) return loss;
      // 1 - p as the sum of the other classes: it keeps its digits where p is nearly 1.
      const others = sub(1, oneHot(labels, logits.shape.at(-1)!));
      return mul(pow(sum(mul(others, softmax(logits)), -1), gamma), loss);
    },
    guess: (targets, outputs, rows) => leastFocal(classShares(targets, outputs, rows), gamma),
    probabilities: (logits) => softmax(logits),
  };
}

/** The loss where the truth was given this probability. */
const unsureCost = (p: number, gamma: number) => (1 - p) ** gamma * -Math.log(Math.max(p, Number.MIN_VALUE));

/** Slope of the loss by the probability, as a fall: from infinite at 0 to 0 at 1. */
const fallOf = (p: number, gamma: number) =>
  (1 - p) ** gamma / p - (gamma === 0 ? 0 : gamma * (1 - p) ** (gamma - 1) * Math.log(p));

/** Halvings of an interval. */
const HALVINGS = 50;

/** Where a function that falls with its argument, from 0 to `high`, crosses a value. */
function crossing(of: (x: number) => number, value: number, high: number): number {
  let [from, to] = [0, high];
  for (let half = 0; half < HALVINGS; half++) {
    const middle = (from + to) / 2;
    if (of(middle) > value) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
}

/** The least mean loss for classes of these shares, where Σ p is 1: each p is where its share times the fall is the same. */
function leastFocal(shares: Float64Array, gamma: number): number {
  const present = shares.filter((share) => share > 0);
  const answers = (slope: number) => present.map((share) => crossing((p) => fallOf(p, gamma), slope / share, 1));
  const steepest = fallOf(1 / present.length, gamma);
  const slope = crossing((slope) => answers(slope).reduce((a, b) => a + b, 0), 1, steepest);
  return answers(slope).reduce((sum, p, j) => sum + present[j] * unsureCost(p, gamma), 0);
}
