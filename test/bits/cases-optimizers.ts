import type { Api } from "./api.js";
import { type Case, classes, distributions, numbers, type Training } from "./training.js";

/*
 * Every optimizer and wrapper, each with another loss, gradient rule and schedule. 45 rows in batches of 16: the last
 * batch of each epoch is short.
 */

const ROWS = 45;
const IN = 7;
const FIT = { epochs: 3, batchSize: 16, seed: 5 };

const features = () => numbers(ROWS * IN, 1);
/** Class indices of four classes. */
const labelled = ({ Dataset }: Api, more = {}) =>
  Dataset.from({ features: features(), labels: classes(ROWS, 4, 2), shape: [IN], ...more });
/** Numbers to predict, three a row. */
const valued = ({ Dataset }: Api, change = (value: number) => value) =>
  Dataset.from({ features: features(), labels: numbers(ROWS * 3, 3).map(change), shape: [IN] });

/** Two hidden layers of odd sizes. */
const network = ({ sequential, dense }: Api, outputs: number, activation: "relu" | "tanh" | "gelu" = "tanh") =>
  sequential({ input: [IN], seed: 11 }, [dense(13, { activation }), dense(9, { activation }), dense(outputs)]);

const withFit = (training: Omit<Training, "fits">, more = {}): Training => ({
  ...training,
  fits: [{ ...FIT, ...more }],
});

export const optimizerCases: readonly Case[] = [
  {
    name: "sgd, XOR in whole batches, sigmoid cross-entropy",
    quick: true,
    make({ Dataset, sequential, dense, sigmoidCrossEntropy, sgd }) {
      const layers = [dense(2, { activation: "sigmoid", biasInitializer: "heNormal" }), dense(1)];
      return {
        data: Dataset.from({
          features: [
            [0, 0],
            [0, 1],
            [1, 0],
            [1, 1],
          ],
          labels: [0, 1, 1, 0],
        }),
        model: sequential({ input: [2], seed: 3 }, layers),
        setup: { loss: sigmoidCrossEntropy(), optimizer: sgd({ learningRate: 0.5 }), metrics: ["accuracy"] },
        fits: [{ epochs: 20, batchSize: 4, shuffle: false }],
      };
    },
  },
  {
    name: "sgd with nesterov and weight decay, softmax cross-entropy, weighted rows, l2, stepDecay",
    products: true,
    make: (api) =>
      withFit({
        data: labelled(api, { weights: numbers(ROWS, 7).map(Math.abs) }),
        model: network(api, 4, "relu"),
        setup: {
          loss: api.softmaxCrossEntropy(),
          optimizer: api.sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
          gradients: [api.l2Penalty(1e-3)],
          schedule: api.stepDecay({ every: 1, factor: 0.5 }),
          metrics: ["accuracy", api.topK(2)],
        },
      }),
  },
  {
    name: "sgd with dampened momentum, poisson, linearWarmup, in order",
    make: (api) =>
      withFit(
        {
          data: valued(api, (value) => Math.round((value + 1) * 3)),
          model: network(api, 3),
          setup: {
            loss: api.poisson(),
            optimizer: api.sgd({ learningRate: 0.02, momentum: 0.8, dampening: 0.3 }),
            schedule: api.linearWarmup({ period: 5, per: "step" }),
          },
        },
        { shuffle: false },
      ),
  },
  {
    name: "rmsprop, mean squared error, exponentialDecay by steps",
    make: (api) =>
      withFit({
        data: valued(api),
        model: network(api, 3, "gelu"),
        setup: {
          loss: api.meanSquaredError(),
          optimizer: api.rmsprop({ learningRate: 0.003, weightDecay: 0.01 }),
          schedule: api.exponentialDecay({ factor: 0.9, per: "step" }),
          metrics: ["meanSquaredError", "rootMeanSquaredError", "meanAbsoluteError"],
        },
      }),
  },
  {
    name: "rmsprop centred with momentum and epsilon in the root, half sum of squares, clipByValue, cosineAnnealing",
    make: (api) =>
      withFit({
        data: valued(api),
        model: network(api, 3),
        setup: {
          loss: api.meanSquaredError({ form: "halfSum" }),
          optimizer: api.rmsprop({ learningRate: 0.002, centered: true, momentum: 0.9, epsilonInRoot: true }),
          gradients: [api.clipByValue(0.05)],
          schedule: api.cosineAnnealing({ period: 4, minimum: 1e-4 }),
        },
      }),
  },
  {
    name: "adam with amsgrad and weight decay, huber, l1, oneCycle, noise",
    make(api) {
      const { sequential, dense, gaussianNoise } = api;
      const layers = [gaussianNoise(0.1), dense(13, { activation: "elu" }), gaussianNoise(0.2), dense(3)];
      return withFit({
        data: valued(api, (value) => 3 * value),
        model: sequential({ input: [IN], seed: 2 }, layers),
        setup: {
          loss: api.huber({ delta: 0.7 }),
          optimizer: api.adam({ learningRate: 0.01, amsgrad: true, weightDecay: 0.02 }),
          gradients: [api.l1Penalty(2e-3)],
          schedule: api.oneCycle({ total: 9, per: "step" }),
        },
      });
    },
  },
  {
    name: "adam with epsilon in the root, smoothed and weighted classes, dropout, clipByGlobalNorm",
    products: true,
    quick: true,
    make(api) {
      const { sequential, dense, dropout } = api;
      const layers = [dense(13, { activation: "relu" }), dropout(0.4), dense(9, { activation: "relu" }), dense(4)];
      return withFit({
        data: labelled(api),
        model: sequential({ input: [IN], seed: 8 }, layers),
        setup: {
          loss: api.softmaxCrossEntropy({ labelSmoothing: 0.1, classWeights: [1, 0.5, 2, 1.5] }),
          optimizer: api.adam({ learningRate: 0.01, epsilonInRoot: true }),
          gradients: [api.clipByValue(1), api.clipByGlobalNorm(0.3)],
          metrics: ["accuracy"],
        },
      });
    },
  },
  {
    name: "parameter groups of adamw, several labels a row, cosineWarmRestarts",
    make: (api) =>
      withFit({
        data: valued(api, (value) => Number(value > 0.2)),
        model: network(api, 3),
        setup: {
          loss: api.sigmoidCrossEntropy({ positiveWeight: [2, 1, 0.5] }),
          optimizer: api.parameterGroups(api.adamw, { learningRate: 0.01, weightDecay: 0.05 }, [
            { parameters: "bias", weightDecay: 0, learningRate: 0.02 },
          ]),
          schedule: api.cosineWarmRestarts({ period: 2, multiplier: 2, per: "step" }),
          metrics: ["accuracy"],
        },
      }),
  },
  {
    name: "nadam, Kullback-Leibler divergence from distributions, polynomial",
    make: (api) =>
      withFit({
        data: api.Dataset.from({ features: features(), labels: distributions(ROWS, 4, 4), shape: [IN] }),
        model: network(api, 4),
        setup: {
          loss: api.klDivergence(),
          optimizer: api.nadam({ learningRate: 0.01, weightDecay: 0.01 }),
          schedule: api.polynomial({ total: 5, power: 2 }),
          metrics: ["accuracy"],
        },
      }),
  },
  {
    name: "adamax, focal loss",
    make: (api) =>
      withFit({
        data: valued(api, (value) => Number(value > 0)),
        model: network(api, 3, "gelu"),
        setup: {
          loss: api.focal({ gamma: 1.5, alpha: 0.3 }),
          optimizer: api.adamax({ learningRate: 0.01, weightDecay: 0.01 }),
          schedule: api.constantRate(),
        },
      }),
  },
  {
    name: "adagrad with a falling rate, categorical focal loss",
    make: (api) =>
      withFit({
        data: labelled(api),
        model: network(api, 4, "relu"),
        setup: {
          loss: api.categoricalFocal({ gamma: 2 }),
          optimizer: api.adagrad({ learningRate: 0.05, learningRateDecay: 0.1, weightDecay: 0.01 }),
        },
      }),
  },
  {
    name: "adadelta, mean absolute error, schedule of one's own",
    make: (api) =>
      withFit({
        data: valued(api),
        model: network(api, 3),
        setup: {
          loss: api.meanAbsoluteError(),
          optimizer: api.adadelta({ weightDecay: 0.01 }),
          schedule: api.customSchedule((epoch, initial) => initial / (1 + epoch)),
        },
      }),
  },
  {
    name: "lion, hinge",
    make: (api) =>
      withFit({
        data: valued(api, (value) => (value > 0 ? 1 : -1)),
        model: network(api, 3),
        setup: { loss: api.hinge(), optimizer: api.lion({ learningRate: 3e-3, weightDecay: 0.1 }) },
      }),
  },
  {
    name: "max norm of adam, categorical hinge, reduceOnPlateau, dropout",
    make(api) {
      const { sequential, dense, dropout } = api;
      const layers = [dropout(0.2), dense(13, { activation: "relu" }), dropout(0.5), dense(4)];
      return withFit(
        {
          data: labelled(api),
          model: sequential({ input: [IN], seed: 6 }, layers),
          setup: {
            loss: api.categoricalHinge(),
            optimizer: api.maxNorm(api.adam({ learningRate: 0.05 }), 0.8),
            schedule: api.reduceOnPlateau({ factor: 0.5, patience: 0, threshold: 0.5 }),
          },
        },
        { epochs: 4 },
      );
    },
  },
  {
    name: "moving average of max norm of sgd, loss of one's own",
    make(api) {
      const { ops } = api;
      return {
        ...withFit({
          data: valued(api),
          model: network(api, 3),
          setup: {
            loss: api.customLoss((y, t) => ops.mean(ops.log(ops.add(1, ops.square(ops.sub(y, t)))), -1)),
            optimizer: api.movingAverage(api.maxNorm(api.sgd({ learningRate: 0.1, momentum: 0.9 }), 1), { decay: 0.9 }),
          },
        }),
        after: (trainer) => trainer.withAverage(async () => ({ averaged: (await trainer.predict(features())).values })),
      };
    },
  },
];
