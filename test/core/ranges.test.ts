import { expect, test } from "vitest";
import * as neuromotor from "../../src/index.js";

/*
 * Numbers out of range, text, null, lists and what isn't finite are refused for every hyperparameter: none passes and trains
 * something else in silence.
 */

const none = [-1, Number.NaN, Number.POSITIVE_INFINITY, "0.1", null, true, [0.1], {}];
/** In [0, 1). */
const share = [...none, 1, 2];
const above0 = [...none, 0];
const whole = [...none, 1.5];
const count = [...whole, 0];

const { adam, dense, dropout, gaussianNoise, maxNorm, movingAverage, sequential } = neuromotor;
const layer = (made: neuromotor.Layer) => sequential({ input: [3] }, [made, dense(2)]);
const drawn = (initializer: object) => dense(2, { initializer: initializer as never });

/** Makes something with one option that is wrong; the options that it has, with numbers that they can't be. */
const cases: Record<string, [make: (options: never) => unknown, Record<string, unknown[]>]> = {
  sgd: [neuromotor.sgd, { learningRate: none, momentum: share, dampening: share, weightDecay: none }],
  rmsprop: [
    neuromotor.rmsprop,
    { learningRate: none, momentum: share, alpha: share, epsilon: none, weightDecay: none },
  ],
  adam: [adam, { learningRate: none, beta1: share, beta2: share, epsilon: none, weightDecay: none }],
  adamw: [neuromotor.adamw, { learningRate: none, beta1: share, beta2: share, epsilon: none, weightDecay: none }],
  nadam: [neuromotor.nadam, { learningRate: none, beta1: share, beta2: share, epsilon: none, momentumDecay: none }],
  adamax: [neuromotor.adamax, { learningRate: none, beta1: share, beta2: share, epsilon: none, weightDecay: none }],
  adagrad: [neuromotor.adagrad, { learningRate: none, learningRateDecay: none, epsilon: none, weightDecay: none }],
  adadelta: [neuromotor.adadelta, { learningRate: none, rho: share, epsilon: none, weightDecay: none }],
  lion: [neuromotor.lion, { learningRate: none, beta1: share, beta2: share, weightDecay: none }],
  movingAverage: [(options) => movingAverage(adam(), options), { decay: share }],
  maxNorm: [({ limit }) => maxNorm(adam(), limit), { limit: above0 }],
  clipByValue: [({ limit }) => neuromotor.clipByValue(limit), { limit: above0 }],
  clipByGlobalNorm: [({ limit }) => neuromotor.clipByGlobalNorm(limit), { limit: above0 }],
  l1Penalty: [({ factor }) => neuromotor.l1Penalty(factor), { factor: above0 }],
  l2Penalty: [({ factor }) => neuromotor.l2Penalty(factor), { factor: above0 }],
  stepDecay: [(options: object) => neuromotor.stepDecay({ every: 1, ...options }), { every: above0, factor: above0 }],
  exponentialDecay: [neuromotor.exponentialDecay, { factor: above0 }],
  polynomial: [(options: object) => neuromotor.polynomial({ total: 3, ...options }), { total: above0, power: above0 }],
  cosineAnnealing: [
    (options: object) => neuromotor.cosineAnnealing({ period: 3, ...options }),
    { period: above0, minimum: none },
  ],
  cosineWarmRestarts: [
    (options: object) => neuromotor.cosineWarmRestarts({ period: 3, ...options }),
    { period: above0, minimum: none, multiplier: [...none, 0, 0.5] },
  ],
  oneCycle: [
    (options: object) => neuromotor.oneCycle({ total: 3, ...options }),
    { total: above0, max: above0, rise: [...share, 0], divisor: above0, finalDivisor: above0 },
  ],
  reduceOnPlateau: [
    neuromotor.reduceOnPlateau,
    { factor: share, patience: whole, threshold: none, cooldown: whole, minimum: none },
  ],
  linearWarmup: [
    (options: object) => neuromotor.linearWarmup({ period: 3, ...options }),
    { period: above0, start: [...none, 2] },
  ],
  softmaxCrossEntropy: [
    neuromotor.softmaxCrossEntropy,
    { labelSmoothing: share, classWeights: [1, "balanced", null, {}, [Number.NaN, 1], ["1", 2]] },
  ],
  sigmoidCrossEntropy: [
    neuromotor.sigmoidCrossEntropy,
    { positiveWeight: [-1, 0, Number.NaN, "2", true, {}, [], ["2"]] },
  ],
  huber: [neuromotor.huber, { delta: above0 }],
  focal: [neuromotor.focal, { gamma: none, alpha: share }],
  categoricalFocal: [neuromotor.categoricalFocal, { gamma: [...none.filter((each) => each !== null), null, 0.5] }],
  quantile: [({ levels }) => neuromotor.quantile(levels), { levels: [-1, 0, 1, "0.5", [], [0.5, 0.1], [0.1, "0.5"]] }],
  gaussianNLL: [neuromotor.gaussianNLL, { epsilon: above0 }],
  triplet: [neuromotor.triplet, { margin: above0 }],
  dropout: [({ rate }) => layer(dropout(rate)), { rate: share }],
  gaussianNoise: [({ deviation }) => layer(gaussianNoise(deviation)), { deviation: none }],
  batchNorm: [neuromotor.batchNorm, { momentum: [...above0, 2], epsilon: above0 }],
  layerNorm: [neuromotor.layerNorm, { epsilon: above0 }],
  rmsNorm: [neuromotor.rmsNorm, { epsilon: above0 }],
  groupNorm: [(options) => neuromotor.groupNorm(2, options), { epsilon: above0 }],
  dense: [({ units }) => dense(units), { units: count }],
  topK: [({ k }) => neuromotor.topK(k), { k: count }],
  earlyStopping: [neuromotor.earlyStopping, { patience: count, minDelta: none }],
  randomNormal: [
    (options: object) => drawn({ initializer: "randomNormal", ...options }),
    { mean: [Number.NaN, "1", null], deviation: none },
  ],
  randomUniform: [
    (options: object) => drawn({ initializer: "randomUniform", ...options }),
    { minimum: [Number.NaN, "0", null, 2], maximum: [Number.NaN, "1", null, -1] },
  ],
};

test.each(Object.entries(cases))("%s", (_, [make, options]) => {
  for (const [option, values] of Object.entries(options)) {
    for (const value of values) {
      const shown = `${option}: ${JSON.stringify(value) ?? String(value)}`;
      expect(() => make({ [option]: value } as never), shown).toThrow(neuromotor.ArgumentError);
    }
  }
});
