import type { Tensor } from "../../src/graph/tensor.js";
import type { Callback } from "../../src/index.js";
import type { Api } from "./api.js";
import { type Case, classes, distributions, numbers } from "./training.js";

/*
 * Everything beside optimizers and losses: ops and activations, sizes of products, and ways to run over data.
 */

/** Products of all shapes: inner dimensions that are split, results that fill tiles of 64, work for several threads. */
const wide = ({ Dataset, sequential, dense, dropout }: Api) => {
  const rows = 150;
  return {
    data: Dataset.from({ features: numbers(rows * 131, 1), labels: classes(rows, 10, 2), shape: [131] }),
    model: sequential({ input: [131], seed: 4 }, [
      dense(129, { activation: "relu" }),
      dropout(0.25),
      dense(67, { activation: "tanh" }),
      dense(10),
    ]),
  };
};

/** A new one is to be used by a training of its own: other checkouts can't run those in which it is. */
export const ACTIVATIONS = [
  ...["relu", "leakyRelu", "elu", "selu", "gelu", "geluTanh", "silu", "mish", "sigmoid", "hardSigmoid", "hardSwish"],
  ...["softplus", "softsign", "tanh", "exponential"],
] as const;

export const trainingCases: readonly Case[] = [
  {
    name: "every activation and one of one's own",
    products: true,
    quick: true,
    make({ Dataset, sequential, dense, activation, activations, ops, meanSquaredError, adam }) {
      const [rows, size] = [40, 4];
      /** A few columns to each activation. */
      const all = (x: Tensor) =>
        ops.concatenate(
          ACTIVATIONS.map((name, i) => activations[name](ops.slice(x, [0, i * size], [x.shape[0], size]))),
        );
      const cube = {
        name: "cube",
        forward: (x: number) => x ** 3,
        gradient: (x: number) => 3 * x * x,
        wgsl: { forward: "x * x * x", gradient: "3.0 * x * x" },
      };
      return {
        data: Dataset.from({ features: numbers(rows * 6, 1), labels: numbers(rows * 2, 2), shape: [6] }),
        model: sequential({ input: [6], seed: 7 }, [
          dense(ACTIVATIONS.length * size, { initializer: "lecunNormal" }),
          all,
          dense(5, { activation: cube }),
          activation("softplus"),
          dense(2, { bias: false }),
        ]),
        setup: { loss: meanSquaredError(), optimizer: adam({ learningRate: 0.01 }) },
        fits: [{ epochs: 2, batchSize: 16 }],
      };
    },
  },
  {
    name: "layers of ops: attention, norms, selections, pooling",
    products: true,
    quick: true,
    make({ Dataset, sequential, dense, dropout, ops, softmaxCrossEntropy, adam }) {
      const [rows, time, size] = [36, 5, 6];
      const { add, sub, mul, div, square, sqrt, mean, sum, max } = ops;
      const normalised = (x: Tensor) => {
        const centred = sub(x, mean(x, -1, { keepAxes: true }));
        return div(centred, sqrt(add(mean(square(centred), -1, { keepAxes: true }), 1e-5)));
      };
      const attention = (x: Tensor) => {
        const scores = ops.matmul(x, ops.transpose(x));
        return add(x, ops.matmul(ops.softmax(div(scores, Math.sqrt(size))), x));
      };
      const selected = (x: Tensor) => {
        const y = ops.select(
          ops.greater(x, 0),
          ops.exp(ops.minimum(x, 1)),
          ops.erf(ops.clamp(x, { low: -2, high: 2 })),
        );
        return ops.maximum(y, mul(ops.sign(x), ops.pow(add(ops.abs(x), 0.5), 1.5)));
      };
      const pooled = (x: Tensor) =>
        ops.concatenate([sum(x, 1), max(x, 1), mean(ops.pad(x, [0, 1, 0], [x.shape[0], 7, size]), 1)]);
      return {
        data: Dataset.from({
          features: numbers(rows * time * size, 1),
          labels: classes(rows, 3, 2),
          shape: [time, size],
        }),
        model: sequential({ input: [time, size], seed: 9 }, [
          dropout(0.1),
          normalised,
          attention,
          selected,
          pooled,
          dense(8, { activation: "silu" }),
          (x: Tensor) => ops.logSoftmax(ops.neg(x)),
          dense(3),
        ]),
        setup: { loss: softmaxCrossEntropy(), optimizer: adam({ learningRate: 0.01 }), metrics: ["accuracy"] },
        fits: [{ epochs: 2, batchSize: 16 }],
      };
    },
  },
  {
    name: "wide products, adam, softmax cross-entropy",
    products: true,
    quick: true,
    make: (api) => ({
      ...wide(api),
      setup: { loss: api.softmaxCrossEntropy(), optimizer: api.adam({ learningRate: 3e-3 }), metrics: ["accuracy"] },
      fits: [{ epochs: 2, batchSize: 64 }],
    }),
  },
  {
    name: "wide products, momentum, clipped by the global norm, in micro-batches",
    products: true,
    make: (api) => ({
      ...wide(api),
      setup: {
        loss: api.softmaxCrossEntropy(),
        optimizer: api.sgd({ learningRate: 0.1, momentum: 0.9 }),
        gradients: [api.clipByGlobalNorm(0.5)],
      },
      fits: [{ epochs: 1, batchSize: 64, microBatchSize: 24 }],
    }),
  },
  {
    name: "a long way to few results, long sums, distributions, flatten",
    products: true,
    make({ Dataset, sequential, flatten, dense, ops, softmaxCrossEntropy, rmsprop }) {
      const rows = 33;
      const shortened = (x: Tensor) => ops.div(x, ops.sqrt(ops.sum(ops.square(x), -1, { keepAxes: true })));
      return {
        data: Dataset.from({
          features: numbers(rows * 784, 1),
          labels: distributions(rows, 3, 5),
          shape: [28, 28, 1],
        }),
        model: sequential({ input: [28, 28, 1], seed: 1 }, [
          flatten(),
          shortened,
          dense(4, { activation: "relu", initializer: "heUniform" }),
          dense(3, { biasInitializer: { initializer: "constant", value: 0.1 } }),
        ]),
        setup: { loss: softmaxCrossEntropy(), optimizer: rmsprop({ learningRate: 1e-3 }), metrics: ["accuracy"] },
        fits: [{ epochs: 3, batchSize: 20 }],
      };
    },
  },
  {
    name: "micro-batches of weighted rows with dropout",
    make({ Dataset, sequential, dense, dropout, gaussianNoise, sigmoidCrossEntropy, adamw }) {
      const rows = 50;
      return {
        data: Dataset.from({
          features: numbers(rows * 9, 1),
          labels: numbers(rows * 2, 2).map((value) => Number(value > 0)),
          weights: numbers(rows, 3).map((value) => value + 1),
          shape: [9],
        }),
        model: sequential({ input: [9], seed: 12 }, [
          gaussianNoise(0.05),
          dense(17, { activation: "gelu" }),
          dropout(0.3),
          dense(2),
        ]),
        setup: { loss: sigmoidCrossEntropy(), optimizer: adamw({ learningRate: 0.01 }), metrics: ["accuracy"] },
        fits: [{ epochs: 2, batchSize: 20, microBatchSize: 7 }],
      };
    },
  },
  {
    name: "windows: data larger than a buffer, validation, dropout, weighted rows",
    products: true,
    quick: true,
    make({ Dataset, sequential, dense, dropout, softmaxCrossEntropy, adam }) {
      const data = (rows: number, seed: number) =>
        Dataset.from({
          features: numbers(rows * 5, seed),
          labels: classes(rows, 3, seed + 1),
          weights: numbers(rows, seed + 2).map((value) => value + 1.5),
          shape: [5],
        });
      return {
        data: data(130, 1),
        model: sequential({ input: [5], seed: 3 }, [dense(8, { activation: "relu" }), dropout(0.2), dense(3)]),
        setup: { loss: softmaxCrossEntropy(), optimizer: adam({ learningRate: 0.02 }), metrics: ["accuracy"] },
        fits: [{ epochs: 2, batchSize: 16, validation: data(70, 5) }],
        maxBufferBytes: 1024,
      };
    },
  },
  {
    name: "epochs cut by step callbacks, early stopping, changed rates, two calls of fit",
    make({ Dataset, sequential, dense, dropout, huber, nadam, earlyStopping, cosineAnnealing }) {
      const data = (rows: number, seed: number) =>
        Dataset.from({ features: numbers(rows * 6, seed), labels: numbers(rows * 2, seed + 1), shape: [6] });
      const slower: Callback = {
        every: 3,
        onStep(record, control) {
          if (record.step % 2 === 0) control.learningRate *= 0.9;
        },
      };
      return {
        data: data(60, 1),
        model: sequential({ input: [6], seed: 21 }, [dense(11, { activation: "tanh" }), dropout(0.1), dense(2)]),
        setup: {
          loss: huber(),
          optimizer: nadam({ learningRate: 0.02 }),
          schedule: cosineAnnealing({ period: 20, per: "step" }),
          metrics: ["meanAbsoluteError"],
        },
        fits: [
          { epochs: 6, batchSize: 16, validation: data(30, 9), callbacks: [slower, earlyStopping({ patience: 2 })] },
          { epochs: 3, batchSize: 25, seed: 99 },
        ],
      };
    },
  },
];
