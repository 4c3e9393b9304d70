import { describe, expect, test } from "vitest";
import { Dataset, xor } from "../../src/data/index.js";
import { registry } from "../../src/graph/tensor.js";
import {
  type Activation,
  adadelta,
  adagrad,
  adam,
  adamax,
  adamw,
  type BackendName,
  categoricalFocal,
  categoricalHinge,
  clipByGlobalNorm,
  clipByValue,
  dense,
  dropout,
  type Explanation,
  exponentialDecay,
  flatten,
  focal,
  type GradientRule,
  hinge,
  huber,
  klDivergence,
  type LayerFunction,
  type Loss,
  l1Penalty,
  l2Penalty,
  lion,
  type Model,
  meanAbsoluteError,
  meanSquaredError,
  nadam,
  type Optimizer,
  ops,
  parameterGroups,
  poisson,
  rmsprop,
  sequential,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { formulas } from "../../src/training/explain/formulas.js";
import { updateRules } from "../../src/training/explain/updates.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import mlp from "../golden/mlp.json" with { type: "json" };
import golden from "../golden/xor.json" with { type: "json" };
import { expectClose, expectEqual } from "../tolerance.js";
import { calculate } from "./hand-calculator.js";

const device = useDevices();

function xorTrainer(backend: BackendName): Trainer {
  const model = sequential({ input: [2] }, [dense(2, { activation: "sigmoid" }), dense(1, { activation: "sigmoid" })]);
  model.setParameters(
    new Map([
      ["dense.weight", { values: golden.initial.W1.flat() }],
      ["dense.bias", { values: golden.initial.b1.flat() }],
      ["dense_1.weight", { values: golden.initial.W2.flat() }],
      ["dense_1.bias", { values: golden.initial.b2.flat() }],
    ]),
  );
  const loss = meanSquaredError({ form: "halfSum" });
  return new Trainer(model, { device: device(backend), loss, optimizer: sgd({ learningRate: 0.5 }) });
}

/** One step of the notebook's network by plain loops in float64; the loss is the mean over the four rows. */
function xorByHand() {
  const x = [
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ];
  const y = [0, 1, 1, 0];
  const { W1, b1, W2, b2 } = golden.initial;
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  const z1 = x.map((row) => [0, 1].map((j) => row[0] * W1[0][j] + row[1] * W1[1][j] + b1[0][j]));
  const a1 = z1.map((row) => row.map(sigmoid));
  const z2 = a1.map((row) => row[0] * W2[0][0] + row[1] * W2[1][0] + b2[0][0]);
  const a2 = z2.map(sigmoid);
  const rows = a2.map((a, i) => (a - y[i]) ** 2 / 2);
  const loss = rows.reduce((sum, row) => sum + row, 0) / 4;
  const da2 = a2.map((a, i) => (a - y[i]) / 4);
  const dz2 = da2.map((d, i) => d * a2[i] * (1 - a2[i]));
  const dW2 = [0, 1].map((j) => a1.reduce((sum, row, i) => sum + row[j] * dz2[i], 0));
  const db2 = [dz2.reduce((sum, d) => sum + d, 0)];
  const da1 = dz2.map((d) => [d * W2[0][0], d * W2[1][0]]);
  const dz1 = da1.map((row, i) => row.map((d, j) => d * a1[i][j] * (1 - a1[i][j])));
  const dW1 = [0, 1].map((k) => [0, 1].map((j) => x.reduce((sum, row, i) => sum + row[k] * dz1[i][j], 0)));
  const db1 = [0, 1].map((j) => dz1.reduce((sum, row) => sum + row[j], 0));
  const moved = (values: number[], gradient: number[]) => values.map((value, i) => value - 0.5 * gradient[i]);
  return {
    features: x.flat(),
    targets: y,
    "dense.weight": W1.flat(),
    "dense.bias": b1.flat(),
    "dense_1.weight": W2.flat(),
    "dense_1.bias": b2.flat(),
    "dense.preactivation": z1.flat(),
    "dense.activation": a1.flat(),
    "dense_1.preactivation": z2,
    "dense_1.activation": a2,
    "loss.rows": rows,
    loss: [loss],
    "loss.rows.gradient": [0.25, 0.25, 0.25, 0.25],
    "dense_1.activation.gradient": da2,
    "dense_1.preactivation.gradient": dz2,
    "dense_1.weight.gradient": dW2,
    "dense_1.bias.gradient": db2,
    "dense.activation.gradient": da1.flat(),
    "dense.preactivation.gradient": dz1.flat(),
    "dense.weight.gradient": dW1.flat(),
    "dense.bias.gradient": db1,
    "dense.weight.change": dW1.flat().map((d) => -0.5 * d),
    "dense.weight.next": moved(W1.flat(), dW1.flat()),
    "dense.bias.change": db1.map((d) => -0.5 * d),
    "dense.bias.next": moved(b1.flat(), db1),
    "dense_1.weight.change": dW2.map((d) => -0.5 * d),
    "dense_1.weight.next": moved(W2.flat(), dW2),
    "dense_1.bias.change": db2.map((d) => -0.5 * d),
    "dense_1.bias.next": moved(b2.flat(), db2),
  };
}

const valuesOf = (model: Model) => [...model.parameters()].flatMap(([, { values }]) => [...values]);

describe.each(BACKENDS)("explaining a step of a trainer on %s", (backend) => {
  test("gives every number of the notebook's network as loops in float64 do", async () => {
    using trainer = xorTrainer(backend);
    const explanation = await trainer.explainStep(await xor());
    const expected = xorByHand();
    expect(explanation.steps.map(({ name }) => name)).toEqual(Object.keys(expected));
    for (const [name, values] of Object.entries(expected)) {
      // Through two layers: a sum of 4 terms at most, two sigmoids. Gradients are sums whose terms nearly cancel.
      const making = { terms: 8, functions: ["exponential", "division"] as const, argument: 2, summed: 0.1 };
      expectClose(explanation.get(name).values, values, { what: name, ...making });
    }
    expect([explanation.rows, explanation.step, explanation.learningRate, explanation.optimizer]).toEqual([
      4,
      1,
      0.5,
      "sgd",
    ]);
    expect(explanation.loss).toBe(explanation.get("loss").values[0]);
  });

  test("leaves parameters, state and place as they are, to the bit, and tells what fit does next", async () => {
    const data = Dataset.from({ features: mlp.x, labels: mlp.labels });
    const build = () => {
      const layers = [dense(6, { activation: "tanh" }), dropout(0.4), dense(3)];
      return new Trainer(sequential({ input: [4], seed: 3 }, layers), {
        device: device(backend),
        loss: softmaxCrossEntropy(),
        optimizer: adam({ learningRate: 0.01 }),
        schedule: exponentialDecay({ factor: 0.5 }),
        gradients: [clipByGlobalNorm(0.1)],
      });
    };
    using asked = build();
    using other = build();
    const fit = { epochs: 3, batchSize: 16, seed: 5 };
    for (const trainer of [asked, other]) await trainer.fit(data, fit);
    const before = [valuesOf(asked.model), asked.epoch, asked.step];
    const explanation = await asked.explainStep(data, { seed: 5 });
    await asked.sync();
    expect([valuesOf(asked.model), asked.epoch, asked.step]).toEqual(before);
    expect(explanation.learningRate).toBeCloseTo(0.01 * 0.5 ** 3, 12);
    for (const trainer of [asked, other]) {
      await trainer.fit(data, { epochs: 1, batchSize: data.rows, shuffle: false, seed: 5 });
    }
    expect(valuesOf(asked.model)).toEqual(valuesOf(other.model));
    for (const [name, { values }] of asked.model.parameters()) {
      const next = explanation.get(`${name}.next`).values;
      if (backend === "cpu") expectEqual(next, values, name);
      else expectClose(next, values, { what: name, terms: 60, functions: ["hyperbolic"] });
    }
  });
});

test("the notebook's single neuron", async () => {
  const { x, w, b, target, rate, dLda, newWeight } = golden.singleNeuron;
  const model = sequential({ input: [1] }, [dense(1, { activation: "sigmoid" })]);
  model.setParameters(
    new Map([
      ["dense.weight", { values: [w] }],
      ["dense.bias", { values: [b] }],
    ]),
  );
  const optimizer = sgd({ learningRate: rate });
  using trainer = new Trainer(model, { device: device("cpu"), loss: meanAbsoluteError(), optimizer });
  const explanation = await trainer.explainStep(Dataset.from({ features: [[x]], labels: Float32Array.of(target) }));
  expect(explanation.get("dense.activation.gradient").values[0]).toBe(dLda);
  expect(explanation.get("dense.weight.next").values[0]).toBe(Math.fround(newWeight));
  expect(explanation.get("dense.preactivation").worked(1, 1)).toBe("z[1,1] = 0.5 * 0.8 + 0.2 = 0.6");
  expect(explanation.get("dense.weight.change").worked(1, 1)).toBe("ΔW[1,1] = -0.1 * (-0.114392) = 0.0114392");
});

test("logits and gradients of a 4-16-8-3 network are PyTorch's", async () => {
  const layers = ["dense", "dense_1", "dense_2"];
  const activation = "relu";
  const model = sequential({ input: [4] }, [dense(16, { activation }), dense(8, { activation }), dense(3)]);
  model.setParameters(
    new Map(
      layers.flatMap((layer, i) => [
        [`${layer}.weight`, { values: mlp.weights[i].flat() }],
        [`${layer}.bias`, { values: mlp.biases[i] }],
      ]),
    ),
  );
  using trainer = new Trainer(model, { device: device("cpu"), loss: softmaxCrossEntropy(), optimizer: adam() });
  const rows = Array.from({ length: mlp.batchSize }, (_, row) => row);
  const explanation = await trainer.explainStep(Dataset.from({ features: mlp.x, labels: mlp.labels }).take(rows));
  const { losses, firstStep } = mlp.runs["adam lr=0.01"];
  expect(Math.abs(explanation.loss / losses[0] - 1)).toBeLessThan(1e-6);
  const making = { terms: 48, functions: ["exponential", "division"] as const, argument: 4 };
  expectClose(explanation.get("dense_2.preactivation").values, firstStep.logits.flat(), making);
  layers.forEach((layer, i) => {
    expectClose(explanation.get(`${layer}.weight.gradient`).values, firstStep.dW[i].flat(), making);
    expectClose(explanation.get(`${layer}.bias.gradient`).values, firstStep.db[i], making);
  });
});

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

const cases: Record<string, Case> = {
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
  meanSquaredError: { layers: three, data: classes, loss: meanSquaredError() },
  meanAbsoluteError: { loss: meanAbsoluteError() },
  huber: { loss: huber({ delta: 0.5 }) },
  poisson: { loss: poisson() },
  hinge: { data: yesOrNo, loss: hinge() },
  focal: { data: yesOrNo, loss: focal() },
  sigmoidCrossEntropy: { data: yesOrNo, loss: sigmoidCrossEntropy({ positiveWeight: 2 }) },
  softmaxCrossEntropy: { data: classes, layers: three, loss: softmaxCrossEntropy() },
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
  adagrad: { optimizer: adagrad() },
  adam: { optimizer: adam({ weightDecay: 0.1 }) },
  amsgrad: { optimizer: adam({ amsgrad: true }) },
  adamw: { optimizer: adamw() },
  nadam: { optimizer: nadam() },
  adamax: { optimizer: adamax() },
  adadelta: { optimizer: adadelta() },
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
  const model = sequential({ input: [3], seed: 4 }, layers);
  const trainer = new Trainer(model, { device: device(backend), loss, optimizer, gradients });
  await trainer.fit(data, { epochs: 2, batchSize: 2, seed: 1 }); // so that the state isn't 0
  return { trainer, explanation: await trainer.explainStep(data, { seed: 1 }) };
}

describe.each(Object.keys(cases))("%s", (name) => {
  test("each element is what its equation gives, and the step is the one that fit does next", async () => {
    const { trainer, explanation } = await explain(name);
    const { functions, data = numbers } = cases[name];
    for (const step of explanation.steps) {
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
        const { value, error } = calculate(formula, functions);
        expect(Math.abs(value - step.values[index]), `${step.name}: ${worked}, not ${value}`).toBeLessThanOrEqual(
          error + 1e-6 * Math.abs(step.values[index]),
        );
      }
    }
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
      const used = formula.match(/dL\/d(\([\w.]+\)|[\wℓ]+)|[a-zA-Z]\w*\.[\w.]*\w|\b[Wbzaxyw]\d*\b(?!\()|ℓ|Δ\w+/g) ?? [];
      for (const each of used) expect(known, `${equation}`).toContain(each);
      expect(known).not.toContain(symbol);
      known.add(symbol);
    }
    const names = explanation.steps.map((step) => step.name);
    expect(new Set(names).size).toBe(names.length);
    trainer.dispose();
  });
});
describe("equations", () => {
  const equationsOf = ({ steps }: Explanation) =>
    Object.fromEntries(steps.flatMap(({ name, equation }) => (equation === undefined ? [] : [[name, equation]])));

  test("of the notebook's network are the textbook's", async () => {
    using trainer = xorTrainer("cpu");
    expect(Object.values(equationsOf(await trainer.explainStep(await xor())))).toEqual([
      "z1 = x · W1 + b1",
      "a1 = σ(z1)",
      "z2 = a1 · W2 + b2",
      "a2 = σ(z2)",
      "ℓ = 0.5 * (a2 - y)²",
      "L = Σᵢ ℓ / 4",
      "dL/dℓ = 0.25",
      "dL/da2 = dL/dℓ ⊙ (a2 - y)",
      "dL/dz2 = dL/da2 ⊙ a2 ⊙ (1 - a2)",
      "dL/dW2 = a1ᵀ · dL/dz2",
      "dL/db2 = Σᵢ dL/dz2",
      "dL/da1 = dL/dz2 · W2ᵀ",
      "dL/dz1 = dL/da1 ⊙ a1 ⊙ (1 - a1)",
      "dL/dW1 = xᵀ · dL/dz1",
      "dL/db1 = Σᵢ dL/dz1",
      "ΔW1 = -0.5 * dL/dW1",
      "W1' = W1 + ΔW1",
      "Δb1 = -0.5 * dL/db1",
      "b1' = b1 + Δb1",
      "ΔW2 = -0.5 * dL/dW2",
      "W2' = W2 + ΔW2",
      "Δb2 = -0.5 * dL/db2",
      "b2' = b2 + Δb2",
    ]);
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
    ["momentum", "dense.weight.velocity.next", "velocity_W1' = 0.9 * velocity_W1 + 0.9 * (dL/dW1 + 0.1 * W1)"],
    ["momentum", "dense.weight.change", "ΔW1 = -0.1 * velocity_W1'"],
    ["clipping by value", "dense.bias.gradientAfterRules", "g_b1 = clamp(dL/db1, -0.05, 0.05)"],
    ["clipping by norm, after penalties", "dense.bias.gradientAfterRules", "g_b1 = dL/db1 * gradients.minimum"],
  ])("%s: %s", async (name, quantity, expected) => {
    const { trainer, explanation } = await explain(name);
    trainer.dispose();
    expect(explanation.get(quantity).equation).toBe(expected);
  });

  test("a dropout's mask is the one that scales what fit keeps", async () => {
    const { trainer, explanation } = await explain("dropout");
    const mask = [...explanation.get("dropout.mask").values];
    expect(new Set(mask)).toEqual(new Set([0, 2]));
    expect(new Set(explanation.get("dropout_1.mask").values)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
    expect(mask).not.toEqual([...(await trainer.explainStep(numbers, { seed: 2 })).get("dropout.mask").values]);
    trainer.dispose();
  });

  test("without other wishes the seed is that of the fit at work, else the model's", async () => {
    const masks: number[][] = [];
    const maskOf = async (trainer: Trainer, seed?: number) => {
      const options = seed === undefined ? undefined : { seed };
      masks.push([...(await trainer.explainStep(numbers, options)).get("dropout.mask").values]);
    };
    const { trainer } = await explain("dropout");
    const onEpoch = async () => {
      await maskOf(trainer);
      await maskOf(trainer, 9);
    };
    await trainer.fit(numbers, { epochs: 1, seed: 9, callbacks: [{ onEpoch }] });
    await maskOf(trainer);
    await maskOf(trainer, trainer.model.seed);
    trainer.dispose();
    expect(masks[0]).toEqual(masks[1]);
    expect(masks[2]).toEqual(masks[3]);
    expect(masks[0]).not.toEqual(masks[2]);
  });
});

test("every op of a training step has its equation", () => {
  const told = new Set([...Object.keys(formulas), ...Object.keys(updateRules)]);
  // What gives and takes a step's data, evaluation, and what the compiler makes of several ops.
  const others = ["takeBatch", "record", "collect", "correct", "countNonFinite", "softmaxCrossEntropyHead"];
  const without = [...registry.keys()].filter((name) => !told.has(name));
  expect(without.sort()).toEqual([...others, "dropout"].sort()); // dropout is its mask times its input
});

describe("text", () => {
  test("is laid out in sections, within its width, and follows the fullest row", async () => {
    using trainer = xorTrainer("cpu");
    const explanation = await trainer.explainStep(await xor());
    const text = String(explanation);
    expect(text.split("\n").filter((line) => /^-+$/.test(line))).toHaveLength(5);
    expect(text).toContain(
      [
        "z1 = x · W1 + b1                                      dense.preactivation [4, 2]",
        "    0.15602  0.15599",
        "    0.88801  0.75465",
        "    0.53056  1.10671",
        "    1.26255  1.70537",
        "  z1[4,1] = 1 * 0.37454 + 1 * 0.731994 + 0.156019 = 1.26255",
      ].join("\n"),
    );
    for (const width of [60, 80, 120]) {
      const longest = Math.max(
        ...explanation
          .format({ width })
          .split("\n")
          .map((line) => line.length),
      );
      expect(longest).toBeLessThanOrEqual(width);
    }
  });

  test("cuts what is large, under its true shape", async () => {
    const model = sequential({ input: [50], seed: 1 }, [dense(40, { activation: "relu" }), dense(1)]);
    const features = Array.from({ length: 20 }, (_, i) => Array.from({ length: 50 }, (_, j) => Math.sin(i * 50 + j)));
    const data = Dataset.from({ features, labels: Float32Array.from(features, ([x]) => x) });
    using trainer = new Trainer(model, { device: device("cpu"), loss: meanSquaredError(), optimizer: adam() });
    const text = (await trainer.explainStep(data)).format();
    const lines = text.split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    const at = lines.findIndex((line) => line.endsWith("dense.weight [50, 40]"));
    expect(lines[at + 1]).toMatch(/^( +-?\d\.\d+){5,} {2}… +-?\d\.\d+$/);
    expect(lines[at + 7]).toMatch(/^ +…$/);
    expect(lines[at + 9]).toBe("");
    expect(text).toMatch(/\.\.\. \(50 terms\) \.\.\./);
    expect(text).toMatch(/dense\.bias \[40\]\n {4}all 0\n/);
  });
});

describe("refuses", () => {
  const data = () => xor();
  test.each<[string, (trainer: Trainer) => Promise<unknown>, RegExp]>([
    ["no data", (trainer) => trainer.explainStep(undefined as unknown as Dataset), /must be a Dataset; make one/],
    [
      "features of another shape",
      (trainer) => trainer.explainStep(numbers),
      /takes features \[rows, 2\], got \[rows, 3\]/,
    ],
    ["a seed that is none", async (trainer) => trainer.explainStep(await data(), { seed: -1 }), /seed must be a whole/],
    [
      "an unknown name",
      async (trainer) => (await trainer.explainStep(await data())).get("dense.z"),
      /no "dense\.z"; there are features, /,
    ],
    [
      "a place outside",
      async (trainer) => (await trainer.explainStep(await data())).get("features").worked(5, 1),
      /features is \[4, 2\]; give a place from 1 for each axis, got \(5, 1\)/,
    ],
    [
      "a disposed trainer",
      async (trainer) => {
        trainer.dispose();
        return trainer.explainStep(await data());
      },
      /it was disposed/,
    ],
    [
      "more rows than can be kept",
      (trainer) =>
        trainer.explainStep(
          Dataset.from({ features: new Float32Array(2 ** 23), labels: new Float32Array(2 ** 22), shape: [2] }),
        ),
      /a step on 4194304 rows makes [\d,]+ numbers, more than can be kept at once\. Explain fewer rows: data\.take/,
    ],
  ])("%s", async (_, ask, message) => {
    using trainer = xorTrainer("cpu");
    await expect(ask(trainer)).rejects.toThrow(message);
  });

  test("targets that don't fit, and a model without parameters", async () => {
    using trainer = xorTrainer("cpu");
    const wide = Dataset.from({ features: [[1, 2]], labels: [[1, 2]] });
    await expect(trainer.explainStep(wide)).rejects.toThrow(/the model puts out 1 numbers/);
    const bare = sequential({ input: [1] }, [(x) => ops.tanh(x)]);
    using idle = new Trainer(bare, { device: device("cpu"), loss: meanSquaredError(), optimizer: sgd() });
    const numbers = Dataset.from({ features: [[1]], labels: Float32Array.of(0.5) });
    await expect(idle.explainStep(numbers)).rejects.toThrow(/no parameters to train\. Add a dense layer/);
  });
});
