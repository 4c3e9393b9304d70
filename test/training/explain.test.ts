import { describe, expect, test } from "vitest";
import { Dataset, xor } from "../../src/data/index.js";
import {
  adam,
  type BackendName,
  clipByGlobalNorm,
  dense,
  dropout,
  exponentialDecay,
  type Model,
  meanAbsoluteError,
  meanSquaredError,
  ops,
  sequential,
  sgd,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import mlp from "../golden/mlp.json" with { type: "json" };
import golden from "../golden/xor.json" with { type: "json" };
import { expectClose, expectEqual } from "../tolerance.js";

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
      const conditioning = { terms: 8, functions: ["exponential", "division"] as const, argument: 2, summed: 0.1 };
      expectClose(explanation.get(name).values, values, { what: name, ...conditioning });
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
  const conditioning = { terms: 48, functions: ["exponential", "division"] as const, argument: 4 };
  expectClose(explanation.get("dense_2.preactivation").values, firstStep.logits.flat(), conditioning);
  layers.forEach((layer, i) => {
    expectClose(explanation.get(`${layer}.weight.gradient`).values, firstStep.dW[i].flat(), conditioning);
    expectClose(explanation.get(`${layer}.bias.gradient`).values, firstStep.db[i], conditioning);
  });
});

test("the equations of the notebook's network are the textbook's", async () => {
  using trainer = xorTrainer("cpu");
  const { steps } = await trainer.explainStep(await xor());
  expect(steps.flatMap(({ equation }) => equation ?? [])).toEqual([
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

describe("masks of dropout", () => {
  const data = Dataset.from({ features: [[1], [2], [3]], labels: Float32Array.of(0.5, 3, 1) });
  const layers = [dense(4, { activation: "relu" }), dropout(0.5), dense(4), dropout(0.25), dense(1)];
  const build = () =>
    new Trainer(sequential({ input: [1], seed: 4 }, layers), {
      device: device("cpu"),
      loss: meanSquaredError(),
      optimizer: sgd(),
    });
  const maskOf = async (trainer: Trainer, seed?: number) => {
    const { values } = (await trainer.explainStep(data, seed === undefined ? undefined : { seed })).get("dropout.mask");
    return [...values];
  };

  test("hold 0 or what keeps the mean", async () => {
    using trainer = build();
    const explanation = await trainer.explainStep(data);
    expect(new Set(explanation.get("dropout.mask").values)).toEqual(new Set([0, 2]));
    expect(new Set(explanation.get("dropout_1.mask").values)).toEqual(new Set([0, Math.fround(1 / 0.75)]));
  });

  test("are of the seed that was asked for, else of the fit at work, else of the model", async () => {
    using trainer = build();
    const masks: number[][] = [];
    const onEpoch = async () => void masks.push(await maskOf(trainer), await maskOf(trainer, 9));
    await trainer.fit(data, { epochs: 1, seed: 9, callbacks: [{ onEpoch }] });
    expect(masks[0]).toEqual(masks[1]);
    expect(await maskOf(trainer)).toEqual(await maskOf(trainer, trainer.model.seed));
    expect(await maskOf(trainer)).not.toEqual(masks[0]);
  });
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
    ["no data", (trainer) => trainer.explainStep(undefined as unknown as Dataset), /needs a Dataset, as Dataset.from/],
    [
      "features of another shape",
      (trainer) => trainer.explainStep(Dataset.from({ features: [[1, 2, 3]], labels: [0] })),
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
