import { describe, expect, test } from "vitest";
import { gradients } from "../../src/graph/gradients.js";
import {
  categoricalFocal,
  categoricalHinge,
  customLoss,
  focal,
  hinge,
  huber,
  klDivergence,
  lossNames,
  meanAbsoluteError,
  meanSquaredError,
  ops,
  poisson,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
} from "../../src/index.js";
import { lossFromConfig } from "../../src/losses/registry.js";
import { indices, literal, normal, uniform } from "../parity/data.js";
import { conditioningOf, runTensors, symbols, useGuardedDevices } from "../parity/run.js";
import { expectClose } from "../tolerance.js";
import { describeLosses, type LossCase, mean, OUTPUTS, ROWS, type Row, sum } from "./describe-losses.js";

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
/** Probabilities by the definition alone. */
const softmax = (row: Row) => row.map((z) => Math.exp(z) / sum(row.map(Math.exp)));

const labels = indices(OUTPUTS, ROWS);
const yesNo = literal(
  Array.from({ length: ROWS * OUTPUTS }, (_, i) => Number(i % 3 === 0)),
  ROWS,
  OUTPUTS,
);
const signs = literal(
  Array.from(yesNo.values, (value) => value * 2 - 1),
  ROWS,
  OUTPUTS,
);
const numbers = normal(ROWS, OUTPUTS);
const counts = literal(
  Array.from({ length: ROWS * OUTPUTS }, (_, i) => (i * 7) % 4),
  ROWS,
  OUTPUTS,
);
/** Rows that add up to 1; one has zeros. */
const distributions = literal(
  Array.from({ length: ROWS }, (_, row) => {
    const parts = Array.from({ length: OUTPUTS }, (_, i) => (row === 2 && i % 2 ? 0 : 1 + ((row * 5 + i * 3) % 7)));
    return parts.map((part) => part / sum(parts));
  }).flat(),
  ROWS,
  OUTPUTS,
);
const soft = uniform(0, 1, ROWS, OUTPUTS);
const v = [0.5, 2, 0, 1, 3];

const elementwise = (term: (y: number, t: number, i: number) => number) => (outputs: Row, targets: Row) =>
  mean(outputs.map((y, i) => term(y, targets[i], i)));

const CASES: LossCase[] = [
  {
    name: "softmax cross-entropy with class weights, soft targets",
    loss: softmaxCrossEntropy({ classWeights: v }),
    targets: distributions,
    definition: (z, q) => -sum(softmax(z).map((p, i) => v[i] * q[i] * Math.log(p))),
  },
  {
    name: "softmax cross-entropy with class weights and label smoothing, soft targets",
    loss: softmaxCrossEntropy({ classWeights: v, labelSmoothing: 0.2 }),
    targets: distributions,
    definition: (z, q) => -sum(softmax(z).map((p, i) => v[i] * (0.8 * q[i] + 0.2 / OUTPUTS) * Math.log(p))),
  },
  {
    name: "sigmoid cross-entropy with a positive weight",
    loss: sigmoidCrossEntropy({ positiveWeight: 3 }),
    targets: yesNo,
    definition: elementwise((z, t) => (t ? -3 * Math.log(sigmoid(z)) : -Math.log(1 - sigmoid(z)))),
  },
  {
    name: "sigmoid cross-entropy with positive weights by output, soft targets",
    loss: sigmoidCrossEntropy({ positiveWeight: [1, 2, 3, 4, 5] }),
    targets: soft,
    definition: elementwise((z, t, i) => -(i + 1) * t * Math.log(sigmoid(z)) - (1 - t) * Math.log(1 - sigmoid(z))),
  },
  {
    name: "half the sum of squares",
    loss: meanSquaredError({ form: "halfSum" }),
    targets: numbers,
    definition: (y, t) => sum(y.map((value, i) => (value - t[i]) ** 2)) / 2,
  },
  {
    name: "absolute error",
    loss: meanAbsoluteError(),
    targets: numbers,
    definition: elementwise((y, t) => Math.abs(y - t)),
  },
  {
    name: "Huber with delta 0.3",
    loss: huber({ delta: 0.3 }),
    targets: numbers,
    definition: elementwise((y, t) => (Math.abs(y - t) <= 0.3 ? (y - t) ** 2 / 2 : 0.3 * (Math.abs(y - t) - 0.15))),
  },
  {
    name: "Poisson",
    mayOverflow: true, // e^z
    loss: poisson(),
    targets: counts,
    definition: elementwise((z, t) => Math.exp(z) - t * z),
  },
  {
    name: "KL divergence",
    loss: klDivergence(),
    targets: distributions,
    definition: (z, q) => sum(softmax(z).map((p, i) => (q[i] === 0 ? 0 : q[i] * Math.log(q[i] / p)))),
  },
  {
    name: "hinge",
    loss: hinge(),
    targets: signs,
    definition: elementwise((y, s) => Math.max(0, 1 - s * y)),
  },
  {
    name: "categorical hinge",
    loss: categoricalHinge(),
    targets: labels,
    definition: (y, [label]) => Math.max(0, 1 + Math.max(...y.filter((_, i) => i !== label)) - y[label]),
  },
  {
    name: "focal",
    loss: focal(),
    targets: signs,
    definition: elementwise((z, s) => {
      const p = sigmoid(s * z);
      return -(s > 0 ? 0.25 : 0.75) * (1 - p) ** 2 * Math.log(p);
    }),
  },
  {
    name: "focal with gamma 0.5 and alpha 0.9",
    loss: focal({ gamma: 0.5, alpha: 0.9 }),
    targets: signs,
    definition: elementwise((z, s) => {
      const p = sigmoid(s * z);
      return -(s > 0 ? 0.9 : 0.1) * Math.sqrt(1 - p) * Math.log(p);
    }),
  },
  ...[0, 1, 2.5].map((gamma) => ({
    name: `categorical focal with gamma ${gamma}`,
    loss: categoricalFocal({ gamma }),
    targets: labels,
    definition: (z: Row, [label]: Row) => -((1 - softmax(z)[label]) ** gamma) * Math.log(softmax(z)[label]),
  })),
  {
    name: "a loss of one's own",
    loss: customLoss((y, t) => ops.mean(ops.log(ops.add(1, ops.square(ops.sub(y, t)))), -1), { name: "cauchy" }),
    targets: numbers,
    definition: elementwise((y, t) => Math.log(1 + (y - t) ** 2)),
  },
];

const devices = useGuardedDevices();

describeLosses("losses beyond the golden file's", CASES, devices);

test("focal loss of gamma 0 is half of sigmoid cross-entropy, as alpha is a half", async () => {
  const inputs = [normal(ROWS, OUTPUTS), yesNo];
  const variables = symbols(inputs);
  const twice = ops.mul(2, focal({ gamma: 0, alpha: 0.5 }).perRow(variables[0], ops.sub(ops.mul(2, variables[1]), 1)));
  const plain = sigmoidCrossEntropy().perRow(variables[0], variables[1]);
  const [actual, expected] = await runTensors(devices.cpu, [twice, plain], variables, inputs);
  expectClose(actual, expected, conditioningOf(twice, variables, inputs, { first: 0, rows: 1 }));
});

describe("a saved loss comes back with its options", () => {
  const SAVED = [
    softmaxCrossEntropy({ labelSmoothing: 0.1, classWeights: [1, 2] }),
    sigmoidCrossEntropy({ positiveWeight: [1, 2] }),
    categoricalFocal({ gamma: 3 }),
    focal({ gamma: 1, alpha: 0.5 }),
    categoricalHinge(),
    hinge(),
    klDivergence(),
    meanSquaredError({ form: "halfSum" }),
    meanAbsoluteError(),
    huber({ delta: 0.5 }),
    poisson(),
  ];

  test(`all ${SAVED.length} of them`, () => {
    expect(SAVED.map(({ config }) => config.loss)).toEqual(lossNames);
  });

  test.each(SAVED.map((loss) => [loss.config.loss, loss] as const))("%s", (_, { config }) => {
    const stored = JSON.parse(JSON.stringify(config));
    expect(lossFromConfig(stored).config).toEqual(config);
    expect(JSON.parse(JSON.stringify(lossFromConfig({ loss: config.loss }).config))).not.toBeNull();
  });
});

// σ(z) - 1 is a multiple of float32's spacing near 1; what it should be is far smaller.
test.each([
  ["yes", 1, [2, 6, 12, 20, 40]],
  ["no", 0, [-2, -6, -12, -20, -40]],
])("sigmoid cross-entropy's gradient keeps its digits where %s is nearly sure", async (_, target, logits) => {
  const inputs = [literal(logits, 5, 1), literal(new Array(5).fill(target), 5, 1)];
  const variables = symbols(inputs);
  const perRow = sigmoidCrossEntropy().perRow(variables[0], variables[1]);
  const [gradient] = gradients(ops.sum(perRow), [variables[0]], (a, b) => ops.add(a, b));
  for (const device of devices.all) {
    const [slopes] = await runTensors(device, [gradient], variables, inputs);
    logits.forEach((z, i) => {
      const expected = (target ? -1 : 1) / (1 + Math.exp(Math.abs(z)));
      // e^-40 on a GPU is within (3 + 2 * 40) units in the last place.
      expect(slopes[i] / expected).toBeCloseTo(1, 4);
    });
  }
});
