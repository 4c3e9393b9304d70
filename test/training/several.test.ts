// @module-tag slow
import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import type { WebgpuBackend } from "../../src/backends/webgpu/backend.js";
import { Dataset } from "../../src/data/index.js";
import {
  adam,
  add,
  apply,
  batchNorm,
  checkGradients,
  checkParity,
  concatenate,
  decodeModel,
  dense,
  dropout,
  encodeModel,
  input,
  type Model,
  meanSquaredError,
  model,
  multiply,
  type Prediction,
  residual,
  type Scores,
  sequential,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
  type TrainerOptions,
} from "../../src/index.js";
import { BACKENDS, useDevices, useOpenDevice } from "../devices/backends.js";
import { expectClose } from "../tolerance.js";

/*
 * Models of several inputs and outputs: what training, evaluation and everything else makes of them.
 */
const device = useDevices();
const open = useOpenDevice();

const ROWS = 21;
const number = (i: number) => Math.sin(i * i + 1);
const list = (count: number, seed: number) => Array.from({ length: count }, (_, i) => number(seed + i));
const rowsOf = (size: number, seed: number) => Array.from({ length: ROWS }, (_, row) => list(size, seed + row * size));

const left = rowsOf(4, 1);
const right = rowsOf(4, 500);
const kinds = left.map(([x]) => ["low", "mid", "high"][Math.floor((x + 1) * 1.49)]);
const data = Dataset.from({
  features: { left, right, size: rowsOf(2, 900) },
  labels: {
    same: left.map(([x], row) => (x * right[row][0] > 0 ? 1 : 0)),
    kind: kinds,
    gap: left.map(([x], i) => [x - right[i][1], x]),
  },
  weights: left.map((_, row) => 1 + (row % 3)),
});

/** A siamese pair with a shared tower, a gate, a block with state, and three outputs. */
function network(options: { rate?: number; norm?: boolean } = {}): Model {
  const { rate = 0, norm = true } = options;
  const [a, b, size] = [input([4], { name: "left" }), input([4], { name: "right" }), input([2], { name: "size" })];
  const tower = dense(6, { activation: "tanh", name: "tower" });
  const [one, other] = [apply(tower, a), apply(tower, b)];
  const gate = apply(multiply(), apply(dense(6, { activation: "sigmoid" }), size), one);
  const layers = [dense(12, { activation: "gelu" }), ...(norm ? [batchNorm()] : []), dropout(rate), dense(12)];
  const h = apply(residual(layers), apply(concatenate(), gate, other));
  return model({
    inputs: [a, b, size],
    outputs: {
      kind: apply(dense(3), h),
      same: apply(dense(1), apply(add(), one, other)),
      gap: apply(dense(2), h),
    },
    seed: 7,
  });
}

const setup: Omit<TrainerOptions, "device"> = {
  loss: {
    kind: softmaxCrossEntropy({ classWeights: [1, 2, 1] }),
    same: sigmoidCrossEntropy(),
    gap: meanSquaredError(),
  },
  lossWeights: { gap: 0.5 },
  optimizer: adam({ learningRate: 0.02 }),
  metrics: { kind: ["accuracy"], same: ["accuracy"], gap: ["rootMeanSquaredError"] },
};
const trained = (net: Model, on: Backend) => new Trainer(net, { device: on, ...setup });
const parametersOf = ({ model: net }: Trainer) =>
  [...net.parameters()].map(([name, { values }]) => [name, [...values]]);

test("scores are named after the outputs, and the loss is their weighted sum", async () => {
  using trainer = trained(network(), device("cpu"));
  const scores = await trainer.evaluate(data);
  expect(Object.keys(scores)).toEqual([
    "loss",
    "kind_loss",
    "same_loss",
    "gap_loss",
    "kind_accuracy",
    "same_accuracy",
    "gap_rootMeanSquaredError",
  ]);
  const { loss, kind_loss, same_loss, gap_loss, gap_rootMeanSquaredError: rmse } = scores;
  expect(loss).toBeCloseTo(kind_loss + same_loss + 0.5 * gap_loss, 6);
  expect(rmse ** 2).toBeCloseTo(gap_loss, 6);
  expect([...trainer.scores.keys()]).toEqual(Object.keys(scores));
});

test("each output's scores are those of a model that ends there", async () => {
  using whole = trained(network(), device("cpu"));
  const scores = await whole.evaluate(data);
  const { outputs } = await whole.predict(data);
  for (const name of ["kind", "same", "gap"] as const) {
    const labels = data.withLabels(name);
    const own = outputs![name];
    const alone = Dataset.from({ ...labels, features: own.values, shape: own.shape.slice(1) });
    using trainer = new Trainer(sequential({ input: own.shape.slice(1) }, [(x) => x]), {
      device: device("cpu"),
      loss: (setup.loss as Record<string, never>)[name],
      optimizer: adam(),
    });
    expect((await trainer.evaluate(alone)).loss).toBeCloseTo(scores[`${name}_loss`], 6);
  }
});

describe.each(BACKENDS)("on %s", (backend) => {
  test("training agrees with the plain reference", async () => {
    const run = async (on: Backend) => {
      using trainer = trained(network(), on);
      const { epochs, stepLosses } = await trainer.fit(data, { epochs: 3, batchSize: 8, recordSteps: true });
      return { steps: [...stepLosses!], last: epochs.at(-1)!, parameters: trainer.model.parameters() };
    };
    const [own, plain] = [await run(device(backend)), await run(device("cpu"))];
    const terms = 9 * 64;
    expectClose(own.steps, plain.steps, { terms, functions: ["exponential", "root", "division"] });
    expect(own.steps[0]).toBeGreaterThan(own.steps.at(-1)!);
    for (const [name, { values }] of own.parameters) {
      expectClose(values, plain.parameters.get(name)!.values, { terms, functions: ["root", "division"], what: name });
    }
    expect(Object.keys(own.last)).toEqual(Object.keys(plain.last));
  });

  test("micro-batches sum up to the whole batch's step", async () => {
    const run = async (microBatchSize?: number) => {
      using trainer = trained(network({ norm: false }), device(backend));
      await trainer.fit(data, { epochs: 2, batchSize: 8, microBatchSize });
      return trainer.model.parameters();
    };
    const [parts, whole] = [await run(3), await run()];
    for (const [name, { values }] of parts) {
      expectClose(values, whole.get(name)!.values, { terms: 6 * 64, functions: ["root", "division"], what: name });
    }
  });

  test("windows give the same bits", async () => {
    const limited = await open({ backend, maxBufferBytes: 2048 });
    const more = data.take(Array.from({ length: 200 }, (_, row) => (row * 5) % ROWS));
    const run = async (on: Backend) => {
      using trainer = trained(network({ rate: 0.3 }), on);
      await trainer.fit(more, { epochs: 2, batchSize: 4 });
      const { outputs } = await trainer.predict(more, { batchSize: 4 });
      return [parametersOf(trainer), await trainer.evaluate(more, { batchSize: 4 }), [...outputs!.gap.values]];
    };
    expect(await run(limited)).toEqual(await run(device(backend)));
  });

  test("a saved training goes on to the same bits", async () => {
    const once = trained(network({ rate: 0.3 }), device(backend));
    await once.fit(data, { epochs: 4, batchSize: 8 });
    const first = trained(network({ rate: 0.3 }), device(backend));
    await first.fit(data, { epochs: 2, batchSize: 8 });
    const loaded = decodeModel(encodeModel(first.model, await first.training(true)));
    using second = new Trainer(loaded, { device: device(backend) });
    await second.fit(data, { epochs: 2, batchSize: 8 });
    expect(parametersOf(second)).toEqual(parametersOf(once));
    expect(await second.evaluate(data)).toEqual(await once.evaluate(data));
    once.dispose();
    first.dispose();
  });

  test("steps one by one give the bits of a fit", async () => {
    const fit = trained(network(), device(backend));
    const batch = data.take([3, 1, 4, 5, 9]);
    const { epochs } = await fit.fit(batch, { epochs: 2, batchSize: 5, shuffle: false });
    using steps = trained(network(), device(backend));
    const scores: Scores[] = [await steps.trainStep(batch), await steps.trainStep(batch)];
    expect(scores.map(({ loss }) => loss)).toEqual(epochs.map(({ loss }) => loss));
    expect(parametersOf(steps)).toEqual(parametersOf(fit));
    fit.dispose();
  });

  test("predictions of few rows and of many are the same", async () => {
    using trainer = trained(network(), device(backend));
    const few = await trainer.predict(data);
    const many = await trainer.predict(data, { batchSize: 4 });
    expect(few.shape).toEqual([ROWS, 6]);
    for (const name of ["kind", "same", "gap"]) {
      expect(few.outputs![name].shape).toEqual(many.outputs![name].shape);
      expectClose(few.outputs![name].values, many.outputs![name].values, { terms: 64, what: name });
    }
    const features = { size: rowsOf(2, 900), right, left };
    expect((await trainer.predict(features)).values).toEqual(few.values);
    const { outputs } = await trainer.predict(features, { probabilities: true });
    const sums = Array.from({ length: ROWS }, (_, row) =>
      outputs!.kind.values.subarray(3 * row, 3 * row + 3).reduce((a, b) => a + b, 0),
    );
    expectClose(sums, new Array(ROWS).fill(1), { terms: 8, functions: ["exponential", "division"] });
  });
});

test("a lost device is opened again, and the training goes on to the same bits", async () => {
  const on = (await open({ backend: "webgpu" })) as WebgpuBackend;
  const run = async (losing: boolean) => {
    using trainer = trained(network(), on);
    const lose = { onEpoch: ({ epoch }: { epoch: number }) => void (losing && epoch === 2 && on.device.destroy()) };
    const { epochs } = await trainer.fit(data, { epochs: 4, batchSize: 8, callbacks: [lose] });
    return [parametersOf(trainer), epochs.map(({ loss }) => loss)];
  };
  expect(await run(true)).toEqual(await run(false));
});

test("heads of weight 1 are fused like a single one", async () => {
  const shapes = [["kind"], ["kind", "sort"]] as const;
  const [one, two] = await Promise.all(
    shapes.map(async (names) => {
      const x = input([8]);
      const h = apply(dense(8, { activation: "relu" }), x);
      const outputs = Object.fromEntries(names.map((name) => [name, apply(dense(3), h)]));
      const net = model({ inputs: x, outputs });
      const labels = Object.fromEntries(names.map((name) => [name, kinds]));
      const rows = Dataset.from({ features: rowsOf(8, 3), labels });
      const loss = Object.fromEntries(names.map((name) => [name, softmaxCrossEntropy()]));
      using trainer = new Trainer(net, {
        device: await open({ backend: "webgpu" }),
        loss,
        optimizer: adam(),
        metrics: ["accuracy"],
      });
      return (await trainer.kernels(rows, { batchSize: 8 })).length;
    }),
  );
  expect([one, two]).toEqual([6, 10]); // product, head, two gradients more, and their sum
});

test("gradients and parity are checked by output", async () => {
  expect((await checkGradients(network())).ok).toBe(true);
  for (const backend of ["wasm", "webgpu"] as const) {
    const report = await checkParity(network({ norm: false }), { device: device(backend) });
    expect(report.ok, String(report)).toBe(true);
  }
});

test("a step is explained with each output's loss", async () => {
  using trainer = trained(network(), device("cpu"));
  const explanation = await trainer.explainStep(data.take([0, 1, 2]));
  const names = explanation.steps.map(({ name }) => name);
  for (const name of [
    "features.left",
    "targets.kind",
    "loss.kind.rows",
    "loss.kind",
    "loss.same",
    "loss.gap",
    "loss",
    "tower.weight.gradient",
    "residual.dense.weight.next",
  ]) {
    expect(names).toContain(name);
  }
  const [kind, same, gap] = ["kind", "same", "gap"].map((name) => explanation.get(`loss.${name}`).values[0]);
  expect(explanation.loss).toBeCloseTo(kind + same + 0.5 * gap, 5);
  expect(explanation.get("loss").equation).toBe("L = loss.kind + loss.same + 0.5 * loss.gap");
  expect(explanation.format()).toContain("tower.activation");
});

test("a training that diverges names the tensor", async () => {
  const bad = Dataset.from({
    features: { left, right, size: rowsOf(2, 900) },
    labels: { kind: kinds, same: left.map(() => 1), gap: left.map(() => [3e38, -3e38]) },
  });
  using trainer = trained(network({ norm: false }), device("cpu"));
  await expect(trainer.fit(bad, { epochs: 1 })).rejects.toThrow(
    /epoch 1, step 1: the first tensor with NaN or infinity is loss\.gap/,
  );
});

test("a profile and a search for a rate take them", async () => {
  using trainer = trained(network(), device("cpu"));
  const before = parametersOf(trainer);
  expect((await trainer.findLearningRate(data, { batchSize: 8, steps: 20 })).losses.length).toBeGreaterThan(2);
  expect(parametersOf(trainer)).toEqual(before);
});

test("named parts stay together through splits, folds and weights", () => {
  const { train, test: held } = data.split({ test: 1 / 3, seed: 2 });
  expect([train.rows, held.rows]).toEqual([14, 7]);
  const row = data.take([5]);
  expect([...row.features]).toEqual([...left[5], ...right[5], ...list(2, 910)].map(Math.fround));
  expect([...row.withLabels("gap").labels]).toEqual([left[5][0] - right[5][1], left[5][0]].map(Math.fround));
  const kind = row.withLabels("kind");
  expect(kind.classNames![kind.labels[0]]).toBe(kinds[5]);
  expect(Dataset.from({ ...data, weights: undefined }).withLabels("kind").classNames).toEqual(["high", "low", "mid"]);
  expect(data.outputs!.map(({ name, labelKind }) => [name, labelKind])).toEqual([
    ["same", "integers"],
    ["kind", "classes"],
    ["gap", "numbers"],
  ]);
});

test("a single input and output may have names, or none", async () => {
  const x = input([4], { name: "left" });
  const net = model({ inputs: x, outputs: { kind: apply(dense(3), x) } });
  using trainer = new Trainer(net, {
    device: device("cpu"),
    loss: { kind: softmaxCrossEntropy() },
    optimizer: adam(),
    metrics: { kind: ["accuracy"] },
  });
  const named = await trainer.evaluate(data);
  expect(Object.keys(named)).toEqual(["loss", "accuracy"]);
  const plain = await trainer.evaluate(Dataset.from({ features: left, labels: kinds, weights: data.weights }));
  expect(plain).toEqual(named);
  const { outputs, shape }: Prediction = await trainer.predict(left);
  expect([outputs, shape]).toEqual([undefined, [ROWS, 3]]);
});
