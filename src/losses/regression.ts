import { ArgumentError } from "../core/errors.js";
import { checkOptions, type NoOptions, optionsOf } from "../core/options.js";
import { ABOVE_0, checkNumbers } from "../core/ranges.js";
import { shown } from "../core/shown.js";
import type { Tensor } from "../graph/tensor.js";
import { abs, clamp, exp, mul, square, sub } from "../ops/elementwise.js";
import { sum } from "../ops/reduce.js";
import { meanOver } from "./elements.js";
import { guessFromMeans, guessNumbers } from "./guess.js";
import type { Loss } from "./loss.js";
import { numbersOf, requireTargets } from "./targets.js";

/*
 * Losses for numbers. Each takes float targets [rows, outputs]; class labels become 0 and 1.
 */

const identity = (outputs: Tensor) => outputs;

/** Options of `meanSquaredError`. */
export interface MeanSquaredErrorOptions {
  /** "mean" (the default): the mean over the outputs. "halfSum": half the sum over them, as textbooks derive it. */
  form?: "mean" | "halfSum";
}

/**
 * Squared error: the mean over rows and outputs of (y - t)², as torch.nn.MSELoss; or the mean over rows of
 * ½ Σ (y - t)² over the outputs, whose gradient for an output is just y - t (over the rows). Textbooks that also sum over
 * the rows get the same steps from a learning rate that is smaller by the number of rows.
 *
 * @throws ArgumentError when there is no such form
 */
export function meanSquaredError(options: MeanSquaredErrorOptions = {}): Loss {
  const { form } = optionsOf("meanSquaredError", options, { form: "mean" });
  if (form !== "mean" && form !== "halfSum") {
    throw new ArgumentError(`meanSquaredError: form must be "mean" or "halfSum", got ${shown(form)}.`);
  }
  return {
    config: { loss: "meanSquaredError", form },
    encode: (data, outputs) => numbersOf("meanSquaredError", data, outputs),
    ...(form === "mean"
      ? meanOver((outputs, targets) => square(sub(outputs, targets)))
      : {
          elements: (outputs, targets) => mul(outputs.shape[1] / 2, square(sub(outputs, targets))),
          perRow: (outputs, targets) => mul(0.5, sum(square(sub(outputs, targets)), -1)),
        }),
    guess: (targets, outputs, rows) =>
      guessNumbers(targets, rows, (difference) => difference ** 2) * (form === "mean" ? 1 : outputs / 2),
    probabilities: identity,
  };
}

/**
 * Absolute error: the mean over rows and outputs of |y - t|, as torch.nn.L1Loss. Outliers pull no harder than other rows;
 * the gradient at y = t is 0.
 *
 * @throws ArgumentError when options are given: it takes none
 */
export function meanAbsoluteError(options: NoOptions = {}): Loss {
  checkOptions("meanAbsoluteError", options, {});
  return {
    config: { loss: "meanAbsoluteError" },
    encode: (data, outputs) => numbersOf("meanAbsoluteError", data, outputs),
    ...meanOver((outputs, targets) => abs(sub(outputs, targets))),
    guess: (targets, _, rows) => guessNumbers(targets, rows, Math.abs),
    probabilities: identity,
  };
}

/** Options of `huber`. */
export interface HuberOptions {
  /** Difference at which squares turn into lines, in the targets' unit; 1. */
  delta?: number;
}

/**
 * Huber's loss (1964): with d = y - t, ½ d² where |d| ≤ delta, else delta (|d| - ½ delta); the mean over rows and
 * outputs, as torch.nn.HuberLoss.
 *
 * @throws ArgumentError when delta isn't above 0
 */
export function huber(options: HuberOptions = {}): Loss {
  const { delta } = optionsOf("huber", options, { delta: 1 });
  checkNumbers("huber", ABOVE_0, { delta });
  return {
    config: { loss: "huber", delta },
    encode: (data, outputs) => numbersOf("huber", data, outputs),
    ...meanOver((outputs, targets) => {
      // With c the difference held within ±delta, both branches are c (d - c / 2).
      const difference = sub(outputs, targets);
      const held = clamp(difference, { low: -delta, high: delta });
      return mul(held, sub(difference, mul(0.5, held)));
    }),
    guess: (targets, _, rows) =>
      guessNumbers(targets, rows, (difference) => {
        const held = Math.min(Math.abs(difference), delta);
        return held * (Math.abs(difference) - held / 2);
      }),
    probabilities: identity,
  };
}

/**
 * Poisson's negative log-likelihood, for counts: the mean over rows and outputs of e^z - t z, the term log t! left out, as
 * torch.nn.PoissonNLLLoss. The model puts out z, the logarithm of the rate (Keras's `poisson` takes the rate itself);
 * `predict` with `probabilities` gives the rates e^z.
 *
 * @throws ArgumentError when options are given: it takes none
 */
export function poisson(options: NoOptions = {}): Loss {
  checkOptions("poisson", options, {});
  return {
    config: { loss: "poisson" },
    labels: "counts",
    encode(data, outputs) {
      const targets = numbersOf("poisson", data, outputs);
      requireTargets("poisson", targets, (target) => target >= 0, "counts, 0 or more");
      return targets;
    },
    ...meanOver((logRates, targets) => sub(exp(logRates), mul(targets, logRates))),
    guess: (targets, _, rows) => guessFromMeans(targets, rows, (mean) => mean - (mean > 0 ? mean * Math.log(mean) : 0)),
    probabilities: (logRates) => exp(logRates),
  };
}
