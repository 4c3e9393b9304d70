import { optionsOf } from "../core/options.js";
import { checkNumbers, SHARE } from "../core/ranges.js";
import { variable } from "../graph/tensor.js";
import { sub } from "../ops/elementwise.js";
import { averageName, checkOptimizer, type Optimizer } from "./optimizer.js";
import { placeAfter, subtract, subtraction } from "./subtract.js";

/**
 * An optimizer that also keeps an exponential moving average of each parameter (Polyak, Juditsky, 1992), which often does
 * better on new data than the last values:
 *
 *     average = average + (1 - decay) / (1 - decay^t) (parameter - average)
 *
 * The weights of a young average add up to 1 this way, as Adam's moments do once they are corrected; after 1 / (1 - decay)
 * steps it is PyTorch's AveragedModel with get_ema_multi_avg_fn(decay). Training goes on with the parameters themselves;
 * `trainer.withAverage(work)` evaluates or saves the average. Wrap it around all others: movingAverage(maxNorm(adam(), 3)).
 *
 * @param optimizer - what it is wrapped around
 * @param options - `decay` in [0, 1); 0.999, the mean of some thousand steps
 * @throws ArgumentError when the decay is out of range
 */
export function movingAverage(optimizer: Optimizer, options: { decay?: number } = {}): Optimizer {
  const { decay } = optionsOf("movingAverage", options, { decay: 0.999 });
  checkNumbers("movingAverage", SHARE, { decay });
  checkOptimizer("movingAverage", optimizer);
  const { optimizer: name, learningRate } = optimizer.config;
  const place = placeAfter("movingAverage", optimizer);
  return {
    config: { optimizer: `movingAverage(${name})`, learningRate, of: optimizer.config, decay },
    moments: optimizer.moments,
    averages: true,
    ...(optimizer.trains && { trains: optimizer.trains }),
    ...(optimizer.checkParameters && { checkParameters: optimizer.checkParameters }),
    hyperparameters: (t, rate) => [
      ...optimizer.hyperparameters(t, rate),
      ...subtraction((1 - decay) / (1 - decay ** t)),
    ],
    update(parameter, gradient, state, first) {
      const updated = optimizer.update(parameter, gradient, state, first);
      const average = variable(averageName(parameter.label), parameter.shape);
      return subtract(average, sub(average, updated), first + place);
    },
  };
}
