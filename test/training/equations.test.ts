import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import { registry } from "../../src/graph/op.js";
import {
  type Activation,
  activation,
  adam,
  adamw,
  averagePool2d,
  type BackendName,
  batchNorm,
  categoricalFocal,
  categoricalHinge,
  clipByGlobalNorm,
  clipByValue,
  conv2d,
  convTranspose2d,
  cropping2d,
  dense,
  depthwiseConv2d,
  dropout,
  type Explanation,
  flatten,
  focal,
  type GradientRule,
  gaussianNoise,
  globalAveragePool2d,
  globalMaxPool2d,
  groupNorm,
  hinge,
  huber,
  instanceNorm,
  klDivergence,
  type Layer,
  type LayerFunction,
  type Loss,
  l1Penalty,
  l2Penalty,
  layerNorm,
  lion,
  maxNorm,
  maxPool2d,
  meanAbsoluteError,
  meanSquaredError,
  movingAverage,
  type Optimizer,
  ops,
  optimizerNames,
  parameterGroups,
  poisson,
  residual,
  rmsNorm,
  rmsprop,
  sampledCrossEntropy,
  separableConv2d,
  sequential,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
  upsample2d,
  zeroPadding2d,
  zeros,
} from "../../src/index.js";
import { optimizerFromConfig } from "../../src/optimizers/index.js";
import { formulaOf } from "../../src/training/explain/formulas.js";
import { useDevices } from "../devices/backends.js";
import { sines } from "../fixtures.js";
import { expectEqual } from "../tolerance.js";
import { calculate } from "./hand-calculator.js";

const device = useDevices();

const classes = Dataset.from({
  features: [
    [0.5, -1, 2],
    [1, 0.25, -0.5],
    [-0.75, 0.6, 0.3],
  ],
  labels: ["a", "c", "b"],
});
const yesOrNo = Dataset.from({ ...classes, labels: [0, 1, 1], classNames: undefined });
const numbers = Dataset.from({ ...classes, labels: Float32Array.of(0.5, 3, 1), classNames: undefined });
const weighted = Dataset.from({ ...numbers, weights: [1, 3, 0.5] });

const images = Dataset.from({ features: sines(2 * 5 * 4), labels: Float32Array.of(0.5, 3), shape: [5, 4, 1] });
const seen = (...layers: Layer[]): Case => ({ data: images, layers: [...layers, flatten(), dense(1)] });

const cube: Activation = {
  name: "cube",
  forward: (x) => x ** 3,
  gradient: (x) => 3 * x * x,
  wgsl: { forward: "x * x * x", gradient: "3.0 * x * x" },
};

interface Case {
  data?: Dataset;
  layers?: Parameters<typeof sequential>[1];
  loss?: Loss;
  optimizer?: Optimizer;
  gradients?: GradientRule[];
  functions?: Record<string, (x: number) => number>;
}

const one = [dense(2, { activation: "tanh" }), dense(1)];
const three = [dense(2, { activation: "tanh" }), dense(3)];
const withActivation = (activation: Activation) => [dense(2, { activation }), dense(1)];
const layer = (forward: LayerFunction) => [dense(4), forward, flatten(), dense(1)];

/** A layer that is called two times, with the same parameters and state. */
const twice = (layer: Layer): LayerFunction[] => [(x, scope) => scope.call(layer, ops.tanh(scope.call(layer, x)))];

const cases: Record<string, Case> = {
  ...Object.fromEntries(
    optimizerNames.map((optimizer) => [optimizer, { optimizer: optimizerFromConfig({ optimizer }) }]),
  ),
  ...Object.fromEntries(
    (
      [
        ...["relu", "leakyRelu", "elu", "sigmoid", "tanh", "softplus", "softsign", "gelu", "geluTanh", "silu", "mish"],
        ...["selu", "hardSigmoid", "hardSwish", "exponential", "linear"],
      ] as Activation[]
    ).map((name) => [name as string, { layers: withActivation(name) }]),
  ),
  "an activation of one's own": {
    layers: withActivation(cube),
    functions: { cube: (x) => x ** 3, "cube'": (x) => 3 * x * x },
  },
  "no bias": { layers: [dense(2, { bias: false, activation: "relu" }), dense(1, { bias: false })] },
  "weights of rows": { data: weighted },
  dropout: { layers: [dense(4, { activation: "relu" }), dropout(0.5), dense(4), dropout(0.25), dense(1)] },
  gaussianNoise: { layers: [gaussianNoise(0.5), dense(4, { activation: "relu" }), gaussianNoise(0.1), dense(1)] },
  "dropouts in a layer of one's own": {
    layers: [(x) => ops.concatenate([ops.dropout(x, 0.5, 7), ops.dropout(ops.square(x), 0.25, 7)]), dense(1)],
  },
  "a convolution and a pool": seen(conv2d(2, [2, 3], { stride: [2, 1], padding: 1, activation: "relu" }), maxPool2d(2)),
  "a pool with padding, and the largest of an image": seen(
    conv2d(3, 2, { dilation: [2, 1], bias: false }),
    maxPool2d(2, { stride: 1, padding: 1 }),
    globalMaxPool2d(),
  ),
  "groups, and means of windows": seen(
    conv2d(4, 1),
    conv2d(2, [1, 2], { groups: 2, stride: 2 }),
    averagePool2d(2, { padding: [1, 0], stride: 1 }),
    globalAveragePool2d(),
  ),
  "depthwise and separable": seen(
    depthwiseConv2d(2, { multiplier: 2 }),
    separableConv2d(2, [1, 2], { padding: "same" }),
  ),
  "a transposed convolution": seen(convTranspose2d(1, 2, { stride: 2, padding: 1, outputPadding: 1 })),
  "a larger and a smaller image": seen(upsample2d([1, 2]), cropping2d([1, 2]), zeroPadding2d(1), conv2d(1, 3)),
  batchNorm: seen(conv2d(2, 2, { bias: false }), batchNorm(), activation("tanh")),
  "a norm that is called twice": { layers: [dense(3), ...twice(batchNorm()), dense(1)] },
  "a state of one's own": {
    layers: [
      dense(2),
      (x, scope) => {
        const seen = scope.state("seen", [2], zeros());
        scope.effect(ops.assign(seen, ops.add(ops.mul(seen, 0.5), ops.mean(ops.square(x), 0))));
        return ops.tanh(x);
      },
      dense(1),
    ],
  },
  "norms of channels": seen(conv2d(4, [1, 2]), groupNorm(2), conv2d(2, 1), instanceNorm()),
  "norms of features": seen(conv2d(3, [1, 2]), layerNorm(), dense(2), rmsNorm()),
  "a residual of convolutions": seen(residual([conv2d(2, [3, 1], { padding: "same" })], { shortcut: conv2d(2, 1) })),
  "a residual connection": { layers: [dense(2), (x) => ops.add(x, ops.tanh(x)), dense(1)] },
  softmax: { layers: layer((x) => ops.softmax(x)) },
  logSoftmax: { layers: layer((x) => ops.logSoftmax(x)) },
  "moving elements": {
    layers: layer((x) => {
      const rows = x.shape[0];
      const square = ops.transpose(ops.reshape(x, [rows, 2, 2]), [0, 2, 1]);
      return ops.concatenate([ops.slice(square, [0, 0, 1], [rows, 2, 1]), ops.matmul(square, square)]);
    }),
  },
  "sums and maxima": {
    layers: layer((x) =>
      ops.sub(ops.maximum(x, ops.mean(x, -1, { keepAxes: true })), ops.max(x, -1, { keepAxes: true })),
    ),
  },
  arithmetic: {
    layers: layer((x) => {
      const y = ops.div(ops.abs(x), ops.add(ops.sqrt(ops.add(ops.square(x), 0.5)), ops.pow(2, x)));
      return ops.select(
        ops.greater(x, 0.2),
        ops.log(ops.add(y, 1)),
        ops.minimum(ops.clamp(x, { low: -1, high: 1 }), y),
      );
    }),
  },
  "epsilon inside the root": { optimizer: adam({ epsilon: 0.1, epsilonInRoot: true }) },
  "epsilon inside RMSprop's root": { optimizer: rmsprop({ epsilon: 0.1, epsilonInRoot: true }) },
  maxNorm: { optimizer: maxNorm(sgd({ learningRate: 0.1, momentum: 0.9 }), 0.8) },
  movingAverage: { optimizer: movingAverage(maxNorm(adam({ learningRate: 0.1 }), 1), { decay: 0.9 }) },
  meanSquaredError: { layers: three, data: classes, loss: meanSquaredError() },
  meanAbsoluteError: { loss: meanAbsoluteError() },
  huber: { loss: huber({ delta: 0.5 }) },
  poisson: { loss: poisson() },
  hinge: { data: yesOrNo, loss: hinge() },
  focal: { data: yesOrNo, loss: focal() },
  sigmoidCrossEntropy: { data: yesOrNo, loss: sigmoidCrossEntropy({ positiveWeight: 2 }) },
  softmaxCrossEntropy: { data: classes, layers: three, loss: softmaxCrossEntropy() },
  "classes that are drawn": { data: classes, layers: three, loss: sampledCrossEntropy({ samples: 2 }) },
  "label smoothing": { data: classes, layers: three, loss: softmaxCrossEntropy({ labelSmoothing: 0.1 }) },
  "class weights": { data: classes, layers: three, loss: softmaxCrossEntropy({ classWeights: [1, 2, 3] }) },
  "soft targets": { data: classes.oneHot(), layers: three, loss: softmaxCrossEntropy({ labelSmoothing: 0.2 }) },
  klDivergence: { data: classes, layers: three, loss: klDivergence() },
  categoricalHinge: { data: classes, layers: three, loss: categoricalHinge() },
  categoricalFocal: { data: classes, layers: three, loss: categoricalFocal() },
  momentum: { optimizer: sgd({ learningRate: 0.1, momentum: 0.9, dampening: 0.1, weightDecay: 0.1 }) },
  nesterov: { optimizer: sgd({ learningRate: 0.1, momentum: 0.9, nesterov: true }) },
  rmsprop: { optimizer: rmsprop({ weightDecay: 0.1 }) },
  "rmsprop with everything": { optimizer: rmsprop({ centered: true, momentum: 0.5 }) },
  adam: { optimizer: adam({ weightDecay: 0.1 }) },
  amsgrad: { optimizer: adam({ amsgrad: true }) },
  lion: { optimizer: lion({ weightDecay: 0.1 }) },
  "parameter groups": {
    optimizer: parameterGroups(adamw, { learningRate: 0.1 }, [
      { parameters: "bias", learningRate: 0.2, weightDecay: 0 },
    ]),
  },
  "clipping by value": { gradients: [clipByValue(0.05)] },
  "clipping by norm, after penalties": { gradients: [l1Penalty(0.1), l2Penalty(0.2), clipByGlobalNorm(0.3)] },
};

async function explain(
  name: string,
  backend: BackendName = "cpu",
): Promise<{ trainer: Trainer; explanation: Explanation }> {
  const { data = numbers, layers = one, loss = meanSquaredError(), optimizer = sgd(), gradients } = cases[name];
  const model = sequential({ input: data.shape, seed: 4 }, layers);
  const trainer = new Trainer(model, { device: device(backend), loss, optimizer, gradients });
  await trainer.fit(data, { epochs: 2, batchSize: 2, seed: 1 }); // so that the state isn't 0
  return { trainer, explanation: await trainer.explainStep(data, { seed: 1 }) };
}

describe.each(Object.keys(cases))("%s", (name) => {
  test("each element is what its equation gives, and the step is the one that fit does next", async () => {
    const { trainer, explanation } = await explain(name);
    const { functions, data = numbers } = cases[name];
    const counts = { whole: 0, cut: 0 };
    for (const step of explanation.steps) {
      for (const part of step.where?.split(", ") ?? []) {
        const [number, formula] = part.split(" = ");
        const { value, error } = calculate(formula);
        expect(step.equation).toContain(number);
        expect(Math.abs(value - Number(number)), part).toBeLessThanOrEqual(error);
      }
      for (let index = 0; index < step.values.length; index++) {
        const place: number[] = [];
        for (let axis = step.shape.length - 1, rest = index; axis >= 0; axis--) {
          place.unshift((rest % step.shape[axis]) + 1);
          rest = Math.floor(rest / step.shape[axis]);
        }
        const worked = step.worked(...place);
        const [, formula, result] = /^\S+ = (?:(.*) = )?(\S+)$/.exec(worked)!;
        expect(Math.abs(Number(result) - step.values[index]), worked).toBeLessThanOrEqual(
          5.1e-6 * Math.abs(step.values[index]),
        );
        if (formula === undefined) continue;
        const isCut = formula.includes(" terms) ...");
        counts[isCut ? "cut" : "whole"]++;
        if (isCut) continue; // a long sum
        const { value, error } = calculate(formula, functions);
        expect(Math.abs(value - step.values[index]), `${step.name}: ${worked}, not ${value}`).toBeLessThanOrEqual(
          error + 1e-6 * Math.abs(step.values[index]),
        );
      }
    }
    expect(counts.whole).toBeGreaterThan(2 * counts.cut);
    await trainer.fit(data, { epochs: 1, batchSize: data.rows, shuffle: false, seed: 1 });
    for (const [parameter, { values }] of trainer.model.parameters()) {
      expectEqual(explanation.get(`${parameter}.next`).values, values, parameter);
    }
    trainer.dispose();
  });

  test("equations name only what was told before, and everything has a name of its own", async () => {
    const { trainer, explanation } = await explain(name);
    const known = new Set<string>();
    for (const { symbol, equation } of explanation.steps) {
      const [, formula = ""] = equation?.split(/ = (.*)/s) ?? [];
      // A symbol with a dot or digit in it, or of a gradient: words of functions have neither.
      const used =
        formula.match(/dL\/d(\([\w.]+\)|[\wℓ]+)|[a-zA-Z]\w*\.[\w.]*\w|\b[Wbzaxyw]\d*\b(?!\()|ℓ|Δ[\w.]*\w/g) ?? [];
      for (const each of used) expect(known, `${equation}`).toContain(each);
      expect(known).not.toContain(symbol);
      known.add(symbol);
    }
    const names = explanation.steps.map((step) => step.name);
    expect(new Set(names).size).toBe(names.length);
    trainer.dispose();
  });
});
test.each([
  // A function of one's own without a name is a layer called "function".
  ["a residual connection", "function.tanh", "function.tanh = tanh(z1)"],
  ["a residual connection", "function.output", "function.output = z1 + function.tanh"],
  [
    "a residual connection",
    "dense.preactivation.gradient",
    "dL/dz1 = dL/d(function.output) + dL/d(function.output) ⊙ (1 - function.tanh²)",
  ],
  ["batchNorm", "batchNorm.mean.next", "batchNorm.mean' = batchNorm.mean + 0.1 * (mean(z1) - batchNorm.mean)"],
  [
    "batchNorm",
    "batchNorm.variance.next",
    "batchNorm.variance' = batchNorm.variance + 0.1 * (unbiased variance(z1) - batchNorm.variance)",
  ],
  ["a state of one's own", "function.seen.next", "function.seen' = 0.5 * function.seen + Σᵢ z1² / 3"],
  ["softmaxCrossEntropy", "loss.rows", "ℓ = -ln softmax(z2)[y]"],
  ["softmaxCrossEntropy", "dense_1.preactivation.gradient", "dL/dz2 = dL/dℓ ⊙ (softmax(z2) - onehot(y))"],
  ["label smoothing", "loss.rows", "ℓ = -Σⱼ (0.9 * onehot(y) + 0.0333333) ⊙ ln softmax(z2)"],
  ["meanSquaredError", "loss.rows", "ℓ = Σⱼ (z2 - y)² / 3"],
  ["meanSquaredError", "dense_1.preactivation.gradient", "dL/dz2 = 2 * dL/dℓ / 3 ⊙ (z2 - y)"],
  ["weights of rows", "loss", "L = Σᵢ ℓ ⊙ w / 3"],
  ["relu", "dense.preactivation.gradient", "dL/dz1 = dL/da1 ⊙ [a1 > 0]"],
  ["dropout", "dropout.output", "dropout.output = a1 ⊙ dropout.mask"],
  ["dropout", "dense.activation.gradient", "dL/da1 = dL/d(dropout.output) ⊙ dropout.mask"],
  ["no bias", "dense.preactivation", "z1 = x · W1"],
  ["an activation of one's own", "dense.preactivation.gradient", "dL/dz1 = dL/da1 ⊙ cube'(z1)"],
  ["moving elements", "function.transpose", "function.transpose = z1ᵀ"],
  ["moving elements", "function.slice", "function.slice = function.transpose[1..3, 1..2, 2..2]"],
  ["moving elements", "function.output", "function.output = [function.slice, function.matmul]"],
  [
    "moving elements",
    "function.transpose.gradient",
    "dL/d(function.transpose) = dL/d(function.matmul) · function.transposeᵀ + " +
      "function.transposeᵀ · dL/d(function.matmul) + pad(dL/d(function.slice))",
  ],
  ["sums and maxima", "function.max", "function.max = maxⱼ(z1)"],
  ["sums and maxima", "function.max.gradient", "dL/d(function.max) = -Σⱼ dL/d(function.output)"],
  [
    "softmax",
    "dense.preactivation.gradient",
    "dL/dz1 = function.output ⊙ (dL/d(function.output) - Σⱼ dL/d(function.output) ⊙ function.output)",
  ],
  [
    "logSoftmax",
    "dense.preactivation.gradient",
    "dL/dz1 = dL/d(function.output) - e^function.output ⊙ Σⱼ dL/d(function.output)",
  ],
  [
    "clipping by norm, after penalties",
    "gradients.minimum",
    "gradients.minimum = min(0.3 / (√((Σᵢⱼ gradients.add²) + (Σᵢ (dL/db1)²) + (Σᵢ gradients.add_1²) + (dL/db2)²) + 1e-6), 1)",
  ],
  // Short and without branches it is one formula, else it is told op by op.
  ["hinge", "loss.rows", "ℓ = max(0, 1 - y ⊙ z2)"],
  ["huber", "loss.mul_1", "loss.mul_1 = loss.clamp ⊙ loss.sub_1"],
  ["momentum", "dense.weight.velocity.next", "velocity_W1' = 0.9 * velocity_W1 + 0.9 * (dL/dW1 + 0.1 * W1)"],
  ["momentum", "dense.weight.change", "ΔW1 = -0.1 * velocity_W1'"],
  ["clipping by value", "dense.bias.gradientAfterRules", "g_b1 = clamp(dL/db1, -0.05, 0.05)"],
  ["clipping by norm, after penalties", "dense.bias.gradientAfterRules", "g_b1 = dL/db1 * gradients.minimum"],
])("%s: %s", async (name, quantity, expected) => {
  const { trainer, explanation } = await explain(name);
  trainer.dispose();
  expect(explanation.get(quantity).equation).toBe(expected);
});

test("rates that an optimizer corrects for its start say how", async () => {
  const { trainer, explanation } = await explain("adam");
  trainer.dispose();
  const { equation, where } = explanation.get("dense.weight.change"); // step 5, after two epochs of two
  expect(equation).toBe("ΔW1 = -0.00244194 * m_W1' / (√(200.4 * v_W1') + 1e-8)");
  expect(where).toBe("0.00244194 = 0.001 / (1 - 0.9^5), 200.4 = 1 / (1 - 0.999^5)");
});

test("every op of a training step has its equation", () => {
  const told = new Set(["update"]); // by its rule
  // Ops that give and take a step's data, those of evaluation, and those that the compiler makes of several.
  const others = ["takeBatch", "record", "collect", "correct", "countNonFinite", "fusedSoftmaxCrossEntropy"];
  // Composites are written as what they are made of.
  const without = [...registry.values()]
    .filter((op) => !told.has(op.name) && !op.lower && !formulaOf(op))
    .map(({ name }) => name);
  const random = ["dropout", "noise"]; // a mask times the input, the input and what is drawn
  expect(without.sort()).toEqual([...others, ...random].sort());
});
