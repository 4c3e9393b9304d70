import { optionsOf } from "../core/options.js";
import { ABOVE_0, checkNumbers } from "../core/ranges.js";
import type { Tensor } from "../graph/tensor.js";
import { add, clamp, exp, mul, neg, square, sub } from "../ops/elementwise.js";
import { concatenate, slice } from "../ops/indexing.js";
import { reshape } from "../ops/layout.js";
import { meanOver } from "./elements.js";
import { guessFromMeans } from "./guess.js";
import type { Loss } from "./loss.js";
import { numbersOf, requirePerTarget } from "./targets.js";

const NAME = "gaussianNLL";

/** Options of `gaussianNLL`; defaults are those of torch.nn.GaussianNLLLoss. */
export interface GaussianNLLOptions {
  /** Least variance that counts, in the square of the targets' unit; 1e-6. */
  epsilon?: number;
  /** Whether the constant ½ log 2π is added, so that the loss is the whole negative log-likelihood; false. */
  full?: boolean;
}

/** Logarithm of a variance past any that float32 holds: its exponential isn't infinite. */
const LARGEST = 80;

/**
 * Negative log-likelihood of a normal distribution (Nix, Weigend, 1994): ½ (s + (t - μ)² e^-s), the mean over rows and
 * targets, as torch.nn.GaussianNLLLoss with variance e^s. For each target the model puts out two numbers, [targets, 2]:
 * the mean μ and the logarithm s of the variance. `predict` with `probabilities` gives the mean and the standard deviation
 * e^(s/2), both in the targets' unit; metrics compare the mean.
 *
 * @throws ArgumentError when epsilon isn't above 0; from `new Trainer`, when the model doesn't put out two numbers a target
 */
export function gaussianNLL(options: GaussianNLLOptions = {}): Loss {
  const { epsilon, full } = optionsOf(NAME, options, { epsilon: 1e-6, full: false });
  checkNumbers(NAME, ABOVE_0, { epsilon });
  const low = Math.log(epsilon);
  const constant = full ? Math.log(2 * Math.PI) / 2 : 0;
  return {
    config: { loss: NAME, epsilon, full },
    checkOutputs: (outputs) => requirePerTarget(NAME, outputs, 2, "a mean and the logarithm of a variance"),
    encode: (data, outputs) => numbersOf(NAME, data, outputs / 2, 2),
    ...meanOver((outputs, targets) => {
      const logVariance = clamp(column(outputs, 1), { low, high: Math.max(low, LARGEST) });
      const squared = mul(square(sub(column(outputs, 0), targets)), exp(neg(logVariance)));
      const halves = mul(0.5, add(logVariance, squared));
      return constant ? add(halves, constant) : halves;
    }),
    guess: (targets, _, rows) =>
      guessFromMeans(targets, rows, (_mean, _target, variance) => {
        const spread = Math.max(variance, epsilon);
        return (Math.log(spread) + variance / spread) / 2 + constant;
      }),
    estimate: (outputs) => column(outputs, 0),
    probabilities(outputs) {
      const deviation = exp(mul(0.5, clamp(column(outputs, 1), { low, high: Math.max(low, LARGEST) })));
      const [rows, targets] = deviation.shape;
      const both = [column(outputs, 0), deviation].map((x) => reshape(x, [rows, targets, 1]));
      return reshape(concatenate(both, 2), outputs.shape);
    },
  };
}

/** Of outputs [batch, outputs], as [batch, targets, 2], the first or second number of each target: [batch, targets]. */
function column(outputs: Tensor, place: number): Tensor {
  const [rows, count] = outputs.shape;
  const targets = count / 2;
  return reshape(slice(reshape(outputs, [rows, targets, 2]), [0, 0, place], [rows, targets, 1]), [rows, targets]);
}
