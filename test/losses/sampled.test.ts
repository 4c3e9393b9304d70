import { describe, expect, test } from "vitest";
import { compile } from "../../src/compile/compile.js";
import { RandomStream, Stream } from "../../src/core/random.js";
import { Dataset } from "../../src/data/index.js";
import {
  decodeModel,
  dense,
  embedding,
  encodeModel,
  flatten,
  type Loss,
  lstm,
  type SampledCrossEntropyOptions,
  sampledCrossEntropy,
  sequential,
  sgd,
  Trainer,
  tiedDense,
  tokenCrossEntropy,
} from "../../src/index.js";
import type { DataShapes } from "../../src/training/data-shapes.js";
import { trainingGraph } from "../../src/training/graphs.js";
import { headsOf } from "../../src/training/heads.js";
import { BACKENDS, useDevices } from "../devices/backends.js";

/* Cross-entropy over classes that are drawn, held against sums written out here. */

const ROWS = 3;
const TIME = 2;
const CLASSES = 11;
const FEATURES = 4;
const NONE = 2 ** 32 - 1;
const SEED = 5;

const ids = Uint32Array.from({ length: ROWS * TIME }, (_, i) => (i * 5) % CLASSES);
const labels = [
  [0, 3],
  [NONE, 10],
  [1, 0],
];
const data = Dataset.from({ features: ids, labels, shape: [TIME] });
const device = useDevices();

/** Ends in logits = vectors weightᵀ + bias, where vectors are those of the ids: all that is trained is written out here. */
const tied = () =>
  sequential({ input: [TIME], seed: 3 }, [embedding(CLASSES, FEATURES), tiedDense("embedding", { bias: true })]);

/** Chances of the classes, as the docstring says it. */
const chancesOf = (distribution: SampledCrossEntropyOptions["distribution"]) => {
  const weights = Array.from({ length: CLASSES }, (_, i) =>
    distribution === "uniform" ? 1 : typeof distribution === "object" ? distribution[i] : Math.log(1 + 1 / (1 + i)),
  );
  const sum = weights.reduce((a, b) => a + b);
  return weights.map((weight) => weight / sum);
};

/** The classes of the first step, by the words of the run's seed. */
function drawnOf(chances: number[], samples: number) {
  const random = new RandomStream(SEED, Stream.classes);
  return Array.from({ length: samples }, () => {
    let rest = random.nextWord() / 2 ** 32;
    const drawn = chances.findIndex((chance) => {
      rest -= chance;
      return rest < 0;
    });
    return drawn < 0 ? CLASSES - 1 : drawn;
  });
}

/** Loss, and what a step of rate 1 leaves of weight and bias of the logits, in float64. */
function expectedStep(
  vectors: Float32Array,
  weight: Float32Array,
  bias: Float32Array,
  { samples, distribution }: Required<Omit<SampledCrossEntropyOptions, "ignore">>,
) {
  const chances = chancesOf(distribution);
  const drawn = drawnOf(chances, samples);
  const known = labels.flat().flatMap((label, place) => (label === NONE ? [] : [{ label, place }]));
  const [newWeight, newBias] = [Float64Array.from(weight), Float64Array.from(bias)];
  let loss = 0;
  for (const { label, place } of known) {
    const x = Array.from({ length: FEATURES }, (_, k) => vectors[ids[place] * FEATURES + k]);
    const among = [label, ...drawn.filter((other) => other !== label)];
    const z = among.map(
      (j) =>
        x.reduce((sum, value, k) => sum + value * weight[j * FEATURES + k], bias[j]) - Math.log(samples * chances[j]),
    );
    const all = z.reduce((sum, value) => sum + Math.exp(value), 0);
    loss -= Math.log(Math.exp(z[0]) / all) / known.length;
    among.forEach((j, at) => {
      const slope = (Math.exp(z[at]) / all - Number(at === 0)) / known.length;
      newBias[j] -= slope;
      x.forEach((value, k) => {
        newWeight[j * FEATURES + k] -= slope * value;
      });
    });
  }
  return { loss, weight: newWeight, bias: newBias };
}

const transposed = (values: Float32Array) =>
  Float32Array.from(
    { length: CLASSES * FEATURES },
    (_, i) => values[(i % FEATURES) * CLASSES + Math.floor(i / FEATURES)],
  );

const given = { samples: 4, distribution: "logUniform" } as const;

test.each([
  ...BACKENDS.map((backend) => ({ backend, ...given })),
  { backend: "cpu", samples: 9, distribution: "uniform" } as const,
  { backend: "cpu", samples: 6, distribution: [1, 2, 3, 0.5, 0, 0, 2, 1, 1, 0, 4] } as const,
])("on $backend, $samples samples, $distribution: loss and step by float64", async ({ backend, ...options }) => {
  const net = sequential({ input: [TIME], seed: 3 }, [embedding(CLASSES, FEATURES), dense(CLASSES)]);
  const before = net.parameters();
  const at = (name: string) => before.get(name)!.values.slice();
  const [vectors, weight, bias] = [at("embedding.weight"), transposed(at("dense.weight")), at("dense.bias")];
  const loss = sampledCrossEntropy(options);
  using trainer = new Trainer(net, { device: device(backend), loss, optimizer: sgd({ learningRate: 1 }) });
  const { epochs } = await trainer.fit(data, { epochs: 1, batchSize: ROWS, seed: SEED, shuffle: false });
  const expected = expectedStep(vectors, weight, bias, options);
  expect(Math.abs(epochs[0].loss - expected.loss)).toBeLessThan(3e-6);
  await trainer.sync();
  const after = net.parameters();
  transposed(after.get("dense.weight")!.values).forEach((value, i) => {
    expect(Math.abs(value - expected.weight[i]), `weight ${i}`).toBeLessThan(2e-6);
  });
  after.get("dense.bias")!.values.forEach((value, i) => {
    expect(Math.abs(value - expected.bias[i]), `bias ${i}`).toBeLessThan(2e-6);
  });
});

test("evaluation is over all classes, and training learns them", async () => {
  const net = tied();
  const loss = sampledCrossEntropy({ samples: 5 });
  using trainer = new Trainer(net, { device: device("wasm"), loss, optimizer: sgd({ learningRate: 0.5 }) });
  using whole = new Trainer(net, { device: device("wasm"), loss: tokenCrossEntropy(), optimizer: sgd() });
  const first = (await trainer.evaluate(data)).loss;
  expect(first).toBe((await whole.evaluate(data)).loss);
  await trainer.fit(data, { epochs: 60, batchSize: 2, seed: SEED });
  expect((await trainer.evaluate(data)).loss).toBeLessThan(first / 2);
});

test("a step has no room for logits of all classes", () => {
  const classes = 5000;
  const shapes: DataShapes = {
    rows: 16,
    features: [{ name: "features", shape: [8], dtype: "u32" }],
    targets: [{ shape: [8], dtype: "u32" }],
    ...{ order: 16, batch: 16, steps: 1 },
  };
  const largest = (loss: Loss) => {
    const model = sequential({ input: [8], seed: 1 }, [embedding(classes, 4), dense(classes)]);
    const heads = headsOf(model, { loss });
    const { buffers } = compile("training", trainingGraph({ model, heads, optimizer: sgd() }, shapes).roots, {
      fused: true,
    });
    return Math.max(...buffers.map(({ length }) => length));
  };
  expect(largest(sampledCrossEntropy({ samples: 20 }))).toBe(classes * 4);
  expect(largest(tokenCrossEntropy())).toBe(16 * 8 * classes);
});

describe("what doesn't fit", () => {
  const train = (net: ReturnType<typeof tied>, loss: Loss, given = data) =>
    new Trainer(net, { device: device("cpu"), loss, optimizer: sgd() }).fit(given, { epochs: 1 });

  test("options", () => {
    expect(() => sampledCrossEntropy({ samples: 0 })).toThrow("samples");
    expect(() => sampledCrossEntropy({ distribution: [1, -2] })).toThrow("weight of 0 or more");
    expect(() => sampledCrossEntropy({ distribution: "zipf" as never })).toThrow("distribution");
  });

  test("as many samples as classes, weights of other classes, an end that is no product", async () => {
    expect(() => train(tied(), sampledCrossEntropy())).toThrow("draws 1024 of 11 classes");
    expect(() => train(tied(), sampledCrossEntropy({ samples: 4, distribution: [1, 2] }))).toThrow(
      "2 weights for 11 classes",
    );
    const bent = sequential({ input: [TIME] }, [embedding(CLASSES, 3), dense(CLASSES, { activation: "tanh" })]);
    await expect(train(bent, sampledCrossEntropy({ samples: 4 }))).rejects.toThrow("dense() without an activation");
  });

  test("of rows with one label each; saved and read again", async () => {
    const net = sequential({ input: [TIME], seed: 2 }, [embedding(CLASSES, 3), lstm(4), flatten(), dense(CLASSES)]);
    const single = Dataset.from({ features: ids, labels: Uint32Array.of(0, 4, 9), shape: [TIME] });
    const loss = sampledCrossEntropy({ samples: 5, distribution: "uniform" });
    using trainer = new Trainer(net, { device: device("cpu"), loss, optimizer: sgd() });
    const { epochs } = await trainer.fit(single, { epochs: 1 });
    expect(epochs[0].loss).toBeGreaterThan(0);
    const again = decodeModel(encodeModel(net, await trainer.training(false)));
    expect(again.training?.loss?.config).toEqual(loss.config);
    const far = Dataset.from({ features: ids, labels: Uint32Array.of(0, 4, 11), shape: [TIME] });
    await expect(train(net, loss, far)).rejects.toThrow("11");
  });
});
