import { ArgumentError } from "../core/errors.js";
import { checkOptions, type NoOptions } from "../core/options.js";
import type { Tensor } from "../graph/tensor.js";
import { constant } from "../graph/tensor.js";
import { maximum, mul, sub } from "../ops/elementwise.js";
import { slice } from "../ops/indexing.js";
import { reshape } from "../ops/layout.js";
import { mean } from "../ops/reduce.js";
import { meanOver } from "./elements.js";
import { guessNumbers } from "./guess.js";
import type { Loss } from "./loss.js";
import { numbersOf, requirePerTarget } from "./targets.js";

const NAME = "quantile";

/**
 * Quantile loss, also called pinball loss (Koenker, Bassett, 1978): with d = t - y, max(q d, (q - 1) d), the mean over rows,
 * targets and quantiles, as scikit-learn's mean_pinball_loss. For each target the model puts out one number for each
 * quantile, [targets, quantiles]: that below which the target lies with probability q. Metrics compare the median, where
 * it is among the quantiles.
 *
 * @param quantiles - one or several, each in (0, 1), rising: 0.5, or [0.1, 0.5, 0.9]
 * @example new Trainer(sequential({ input: [4] }, [dense(3)]), { loss: quantile([0.1, 0.5, 0.9]), ... })
 * @throws ArgumentError when a quantile is out of range, or they don't rise; from `new Trainer`, when the model doesn't put
 * out a multiple of so many numbers; from `fit`, ShapeError or DataError when the targets are for another number of outputs
 */
export function quantile(quantiles: number | readonly number[], options?: NoOptions): Loss {
  checkOptions(NAME, options, {});
  const levels = [quantiles].flat();
  const isLevel = (level: unknown, place: number) =>
    typeof level === "number" && level > 0 && level < 1 && !(place > 0 && level <= levels[place - 1]);
  if (levels.length === 0 || !levels.every(isLevel)) {
    throw new ArgumentError(
      `${NAME}: quantiles must be numbers in (0, 1), rising, such as [0.1, 0.5, 0.9], got ${levels.map(String).join(", ") || "none"}.`,
    );
  }
  const median = levels.length === 1 ? 0 : levels.indexOf(0.5);
  /** Outputs [batch, outputs] as [batch, targets, quantiles]. */
  const byTarget = (outputs: Tensor) =>
    reshape(outputs, [outputs.shape[0], outputs.shape[1] / levels.length, levels.length]);
  return {
    config: { loss: NAME, quantiles: levels },
    checkOutputs: (outputs) => requirePerTarget(NAME, outputs, levels.length, "a number for each quantile"),
    encode: (data, outputs) => numbersOf(NAME, data, outputs / levels.length, levels.length),
    ...meanOver((outputs, targets) => {
      const [rows, count] = targets.shape;
      const above = constant(Float32Array.from(levels), [levels.length]);
      const below = constant(
        Float32Array.from(levels, (level) => level - 1),
        [levels.length],
      );
      const difference = sub(reshape(targets, [rows, count, 1]), byTarget(outputs));
      return mean(maximum(mul(above, difference), mul(below, difference)), -1);
    }),
    guess(targets, _, rows) {
      const costs = levels.map((level) =>
        guessNumbers(targets, rows, (over) => Math.max(-level * over, (1 - level) * over)),
      );
      return costs.reduce((sum, cost) => sum + cost, 0) / levels.length;
    },
    ...(median >= 0 && {
      estimate(outputs) {
        const all = byTarget(outputs);
        const [rows, targets] = all.shape;
        return reshape(slice(all, [0, 0, median], [rows, targets, 1]), [rows, targets]);
      },
    }),
    probabilities: (outputs) => outputs,
  };
}

/** The loss that a saved config describes. */
export function quantileOf(options: { quantiles?: number | readonly number[] }): Loss {
  checkOptions(NAME, options, { quantiles: true });
  return quantile(options.quantiles ?? 0.5);
}
