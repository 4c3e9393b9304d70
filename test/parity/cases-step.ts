import { normalNumbers } from "../../src/checks/weighted.js";
import { registry } from "../../src/graph/op.js";
import { Tensor } from "../../src/graph/tensor.js";
import { relu } from "../../src/ops/activations.js";
import { assign } from "../../src/ops/assign.js";
import * as batch from "../../src/ops/batch.js";
import { fusedSoftmaxCrossEntropy, softmaxCrossEntropy } from "../../src/ops/cross-entropy.js";
import { drawClasses } from "../../src/ops/draw-classes.js";
import { dropout } from "../../src/ops/dropout.js";
import { add, mul, square } from "../../src/ops/elementwise.js";
import { noise } from "../../src/ops/noise.js";
import { sum } from "../../src/ops/reduce.js";
import { combinationsOf, nameWith, statesOf, type UpdateRule } from "../../src/ops/rule.js";
import { listedHyperparameters, update } from "../../src/ops/update.js";
import { rules } from "../../src/optimizers/index.js";
import type { Case } from "./case.js";
import { type Data, draw, indices, literal, normal, ties, uniform, words } from "./data.js";

const SIZES = [1, 63, 64, 65, 257];
const LARGE_SEED = 2 ** 40 + 12345;

/** Numbers with NaN and infinities among them. */
const withNonFinite = (size: number): Data =>
  literal(Array.from({ length: size }, (_, i) => [1, Number.NaN, 3e38, -2, 1 / 0, 0, -1 / 0][i % 7]));

const taken = (rows: number, ...shape: number[]): Case => ({
  name: `${rows} of 4 rows of [${shape}]`,
  trace: (data, order) => batch.takeBatch(data, order, { batch: 4 }),
  inputs: [normal(11, ...shape), words(3, 1, 4, 0, 5, 9, 2, 6, 8, 7, 10)],
  steps: [{ first: 11 - rows, rows }],
  exact: true,
});

/** Values of hyperparameters by name; a rule may have others, which are 0.3. */
const HYPERPARAMETERS: Record<string, number> = {
  learningRate: 0.05,
  stepSize: 0.01,
  weightDecay: 0.05,
  momentum: 0.9,
  oneMinusDampening: 0.5,
  alpha: 0.9,
  oneMinusAlpha: 0.1,
  rho: 0.9,
  oneMinusRho: 0.1,
  beta1: 0.9,
  oneMinusBeta1: 0.1,
  beta2: 0.999,
  oneMinusBeta2: 0.001,
  biasCorrection: 1.2,
  epsilon: 1e-8,
  epsilonInRoot: 0.01,
  oneMinusDecay: 0.97,
  gradientStep: 0.02,
};

/** Parameters of both signs, so far from 0 that steps don't cancel them out: else nothing but roundings were left. */
const parameters = (size: number): Data =>
  draw([size], (random) => normalNumbers([size], random).map((x) => x + Math.sign(x)));

/** States one after the other; of a mean of squares and a mean, the first is above the square of the second. */
const states = (count: number, size: number): Data =>
  draw([count, size], (random) =>
    Float32Array.from({ length: count * size }, (_, i) =>
      i < size ? 1.5 + random.nextUniform() / 2 : 0.5 + random.nextUniform() / 2,
    ),
  );

/** Three steps of a rule with each combination of its flags; its hyperparameters begin at the third of the step's. */
export const updates = (rule: UpdateRule, sizes = SIZES): Case[] =>
  combinationsOf(rule).flatMap((flags) => {
    const { length } = statesOf(rule, flags);
    const numbers = rule.hyperparameters.map((name) => [name, HYPERPARAMETERS[name] ?? 0.3]);
    const [first, ...rest] = listedHyperparameters(rule, Object.fromEntries(numbers));
    return sizes.map((size) => ({
      name: `${nameWith(rule, flags)} of [${size}]`,
      trace: ((p, g, ...state) => update(p, g, ...state, { rule, flags, first: 2 })) as Case["trace"],
      inputs: [parameters(size), normal(size), ...(length > 0 ? [states(length, size)] : [])],
      steps: [1, 0.5, 0.25].map((factor, i) => ({
        first: 0,
        rows: 1,
        step: i,
        hyperparameters: [9, 9, first * factor, ...rest],
      })),
    }));
  });

/** An op that is only reached through another's gradient, by its name. */
export const byName = (name: string, inputs: Tensor[], attributes: Record<string, unknown>) => {
  const op = registry.get(name)!;
  return new Tensor(op, inputs, attributes, op.shape(inputs, attributes), "f32");
};

export const stepCases: Record<string, Case[]> = {
  takeBatch: [
    taken(4),
    taken(4, 5),
    taken(3, 5),
    taken(1, 65),
    taken(2, 3, 7),
    ...[0, 3, 4, 9].map((start) => ({
      name: `4 rows from the batch's row ${start} on, of 6 that exist`,
      trace: ((data, order) => batch.takeBatch(data, order, { batch: 4, start })) as Case["trace"],
      inputs: [normal(11, 5), words(3, 1, 4, 0, 5, 9, 2, 6, 8, 7, 10)],
      steps: [{ first: 2, rows: 6 }],
      exact: true,
    })),
    {
      name: "labels of u32",
      trace: (data, order) => batch.takeBatch(data, order, { batch: 65 }),
      inputs: [indices(10, 70), indices(70, 70)],
      steps: [{ first: 7, rows: 63 }],
      exact: true,
    },
  ],
  rowWeights: SIZES.flatMap((size) =>
    [size, Math.ceil(size / 2)].flatMap((rows) =>
      [0, 1, size].map((start) => ({
        name: `${size} from row ${start} on, of ${rows} that exist`,
        trace: () => batch.rowWeights(size, start),
        inputs: [],
        steps: [{ first: 5, rows }],
        exact: true,
      })),
    ),
  ),
  record: [
    {
      name: "three steps into the second of two slots",
      trace: (results, x) => batch.record(results, sum(mul(x, batch.rowWeights(4))), 1),
      inputs: [normal(3, 2, 2), normal(4)],
      steps: [1, 4, 2].map((rows) => ({ first: 0, rows })),
    },
  ],
  collect: [
    {
      name: "three batches, the last one short",
      trace: (all, data, order) => batch.collect(all, batch.takeBatch(data, order, { batch: 5 })),
      inputs: [normal(13, 7), normal(13, 7), words(3, 1, 4, 0, 5, 9, 2, 6, 8, 7, 10, 12, 11)],
      steps: [
        { first: 0, rows: 5 },
        { first: 5, rows: 5 },
        { first: 10, rows: 3 },
      ],
      exact: true,
    },
    {
      name: "single numbers",
      trace: (all, x) => batch.collect(all, x),
      inputs: [normal(65), normal(64)],
      steps: [{ first: 1, rows: 63 }],
      exact: true,
    },
  ],
  correct: [
    ...SIZES.map((rows) => ({
      name: `[${rows}, 10]`,
      trace: ((logits, labels) => batch.correct(logits, labels)) as Case["trace"],
      inputs: [normal(rows, 10), indices(10, rows)],
      exact: true,
    })),
    {
      name: "equal logits: the first counts",
      trace: (logits, labels) => batch.correct(logits, labels),
      inputs: [ties(65, 4), indices(4, 65)],
      exact: true,
    },
  ],
  countNonFinite: [
    ...SIZES.map((size) => ({
      name: `[${size}]`,
      trace: (x: Tensor) => batch.countNonFinite(x),
      inputs: [withNonFinite(size)],
      exact: true,
    })),
    {
      name: "seven tensors",
      trace: (...tensors: Tensor[]) => batch.countNonFinite(...tensors),
      inputs: [1, 2, 3, 65, 64, 257, 9].map(withNonFinite),
      exact: true,
    },
    {
      name: "three tensors, recorded side by side",
      trace: (results: Tensor, ...tensors: Tensor[]) => batch.record(results, batch.countNonFinite(...tensors), 1),
      inputs: [normal(2, 5, 2), ...[8, 1, 70].map(withNonFinite)],
      exact: true,
    },
  ],
  dropout: [
    ...SIZES.map((size) => ({
      name: `[${size}]`,
      trace: ((x) => dropout(x, 0.4)) as Case["trace"],
      inputs: [normal(size)],
      exact: true,
    })),
    ...[
      [0, 1, 0],
      [1, 1, 0],
      [1, 1, 3],
      [77_777, LARGE_SEED, 1],
    ].map(([step, seed, layer]) => ({
      name: `step ${step}, seed ${seed}, layer ${layer}`,
      trace: ((x) => dropout(x, 0.5, layer)) as Case["trace"],
      inputs: [normal(3, 41)],
      steps: [{ first: 0, rows: 1, step, seed }],
      exact: true,
    })),
  ],
  drawClasses: [
    ...[1, 5, 64, 65, 257].map((samples) => ({
      name: `${samples} of 7 classes, one of which is never drawn`,
      trace: ((limits) => drawClasses(limits, { samples, source: 3 })) as Case["trace"],
      inputs: [words(...[1, 1, 3, 3.5, 3.99, 4].map((quarters) => quarters * 2 ** 30 - 1), 0xffffffff)],
      steps: [{ first: 0, rows: 1, step: 77_777, seed: LARGE_SEED }],
      exact: true,
    })),
    {
      name: "an only class",
      trace: (limits) => drawClasses(limits, { samples: 3, source: 0 }),
      inputs: [words(0)],
      exact: true,
    },
  ],
  noise: [
    ...SIZES.map((size) => ({
      name: `[${size}]`,
      trace: ((x) => noise(x, 0.3)) as Case["trace"],
      inputs: [normal(size)],
    })),
    ...[
      [0, 1, 0],
      [1, 1, 3],
      [77_777, LARGE_SEED, 1],
    ].map(([step, seed, layer]) => ({
      name: `step ${step}, seed ${seed}, layer ${layer}: the same bits, added to 0`,
      trace: ((x) => noise(x, 2, layer)) as Case["trace"],
      inputs: [literal(new Array(123).fill(0))],
      steps: [{ first: 0, rows: 1, step, seed }],
      exact: true,
    })),
  ],
  update: [...rules.values()].flatMap((rule) => updates(rule)),
  assign: [3, 65].map((size) => ({
    name: `[${size}], what comes of a sum`,
    trace: ((state, x) => assign(state, add(state, x))) as Case["trace"],
    inputs: [normal(size), normal(size)],
    exact: true,
  })),
  softmaxCrossEntropyGradient: [
    {
      name: "[65, 10], rows past the end with dy 0",
      trace: (logits, labels, dy) => byName("softmaxCrossEntropyGradient", [logits, labels, dy], { smoothing: 0.1 }),
      inputs: [normal(65, 10), indices(10, 65), literal(Array.from({ length: 65 }, (_, i) => (i < 60 ? 0.1 : 0)))],
    },
  ],
  fusedSoftmaxCrossEntropy: [
    [64, 65],
    [5, 7],
    [1, 3],
  ].flatMap(([rows, batchSize]) =>
    [0, 0.1].map((smoothing) => ({
      name: `${rows} of ${batchSize} rows, smoothing ${smoothing}`,
      trace: (results, logits, labels, order) =>
        fusedSoftmaxCrossEntropy(results, logits, labels, order, {
          smoothing,
          lossSlot: 1,
          correctSlot: smoothing > 0 ? -1 : 2,
        }),
      inputs: [uniform(0, 1, 2, 3, 2), normal(batchSize, 10), indices(10, 80), indices(80, 80)],
      steps: [
        { first: 3, rows },
        { first: 0, rows: 1 },
      ],
    })),
  ),
  customActivationGradient: [
    {
      name: "[257]",
      trace: (dy, x, y) => byName("customActivationGradient", [dy, x, y], { activation: quotient }),
      inputs: [normal(257), normal(257), normal(257)],
    },
    {
      name: "dy is x",
      trace: (x, y) => byName("customActivationGradient", [x, x, y], { activation: quotient }),
      inputs: [normal(65), normal(65)],
    },
  ],
};

const quotient = {
  name: "quotient",
  forward: (x: number) => x,
  gradient: (x: number, y: number) => x * y + 1,
  wgsl: { forward: "x", gradient: "x * y + 1.0" },
};

/** Composites over a batch that isn't full. */
export const batchCases: Record<string, Case[]> = {
  batchMean: [1, 3, 64, 65].map((rows) => ({
    name: `${rows} of 65 rows`,
    trace: (x) => batch.batchMean(square(x)),
    inputs: [normal(65)],
    steps: [{ first: 0, rows }],
  })),
  batchSum: [2, 5].map((rows) => ({
    name: `${rows} of 5 rows`,
    trace: (x) => batch.batchSum(relu(x)),
    inputs: [normal(5)],
    steps: [{ first: 3, rows }],
  })),
  batchMeanGradient: [
    {
      name: "3 of 5 rows",
      trace: (dy, rows) => batch.batchMeanGradientOp(dy, batch.rowWeights(5), rows),
      inputs: [normal(), uniform(1, 5)],
      steps: [{ first: 0, rows: 3 }],
    },
  ],
};

/** Composites of composites. */
export const batchLossCases: Record<string, Case[]> = {
  "batchMean of softmaxCrossEntropy": [2, 5].map((rows) => ({
    name: `${rows} of 5 rows`,
    trace: (z, labels) => batch.batchMean(softmaxCrossEntropy(z, labels)),
    inputs: [normal(5, 4), indices(4, 5)],
    steps: [{ first: 0, rows }],
  })),
};
