import { describe, expect, test } from "vitest";
import { compile } from "../../src/compile/compile.js";
import { Dataset, iris } from "../../src/data/index.js";
import { ancestors } from "../../src/graph/tensor.js";
import {
  ArgumentError,
  adam,
  clipByGlobalNorm,
  dense,
  dropout,
  type FitOptions,
  meanSquaredError,
  sequential,
  sgd,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { trainingGraph } from "../../src/training/graphs.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { irisNetwork, sines } from "../fixtures.js";
import { expectClose } from "../tolerance.js";

const device = useDevices({ guards: true });
const ROWS = 23;
const weights = Float32Array.from({ length: ROWS }, (_, row) => 0.5 + (row % 3));
const features = sines(ROWS * 3, 2);
const classes = Dataset.from({ features, labels: Uint32Array.from({ length: ROWS }, (_, row) => row % 4), weights });
const numbers = Dataset.from({ features, labels: Float32Array.from(features.subarray(0, ROWS)), weights });

const network = (outputs: number) =>
  sequential({ input: [3], seed: 3 }, [dense(6, { activation: "tanh" }), dense(outputs)]);
const recipes = {
  "softmax cross-entropy, accuracy": { data: classes, outputs: 4, loss: softmaxCrossEntropy(), metrics: ["accuracy"] },
  "mean squared error": { data: numbers, outputs: 1, loss: meanSquaredError(), metrics: ["meanSquaredError"] },
};

describe.each(BACKENDS)("micro-batches on %s", (backend) => {
  // 10: the last part is short. 23 in batches of 16: so is the last batch, which leaves its second part without a row.
  test.each(
    Object.entries(recipes).flatMap(([name, recipe]) =>
      [
        [23, 1],
        [23, 10],
        [16, 8],
      ].map(([batchSize, microBatchSize]) => ({ name, recipe, batchSize, microBatchSize })),
    ),
  )("$batchSize rows in parts of $microBatchSize make the same steps: $name", async (given) => {
    const { data, outputs, loss, metrics } = given.recipe;
    const run = async (options: FitOptions) => {
      const model = network(outputs);
      const gradients = [clipByGlobalNorm(0.5)];
      const setup = { device: device(backend), loss, metrics, optimizer: sgd({ learningRate: 0.5 }), gradients };
      using trainer = new Trainer(model, setup);
      const history = await trainer.fit(data, { epochs: 1, batchSize: given.batchSize, seed: 2, ...options });
      return { model, record: history.epochs[0] };
    };
    const [whole, parts] = [await run({}), await run({ microBatchSize: given.microBatchSize })];
    // Two steps, each with sums over the rows and over the features.
    const conditioning = { terms: 2 * (ROWS + 6), functions: ["hyperbolic"] as const, summed: 8 };
    for (const [name, { values }] of parts.model.parameters()) {
      expectClose(values, whole.model.parameters().get(name)!.values, conditioning);
    }
    for (const name of ["loss", ...metrics]) {
      const of = (record: typeof whole.record) => Float32Array.of((record as unknown as Record<string, number>)[name]);
      expectClose(of(parts.record), of(whole.record), conditioning);
    }
  });

  test("with dropout and momentum, two fits of 2 epochs go on like one of 4, to the bit", async () => {
    const data = await iris();
    const run = async (...epochs: number[]) => {
      const model = irisNetwork({ rate: 0.5 });
      const optimizer = adam({ learningRate: 0.01 });
      using trainer = new Trainer(model, { device: device(backend), loss: softmaxCrossEntropy(), optimizer });
      for (const count of epochs) await trainer.fit(data, { epochs: count, batchSize: 50, microBatchSize: 20 });
      return [...model.parameters()].map(([name, { values }]) => [name, [...values]]);
    };
    const once = await run(4);
    expect(await run(2, 2)).toEqual(once);
    expect(once).not.toEqual(await run(3));
  });
});

const shapes = {
  rows: 4096,
  features: [{ name: "features", shape: [64] }],
  targets: [{ shape: [], dtype: "u32" as const }],
  order: 4096,
  batch: 1024,
  steps: 4,
};
const recipe = () => ({
  model: sequential({ input: [64] }, [dense(512, { activation: "relu" }), dropout(0.5), dense(10)]),
  heads: [{ name: "", outputs: 10, loss: softmaxCrossEntropy(), weight: 1, metrics: [], targets: 10 }],
  optimizer: adam(),
});

test.each([false, true])(
  "a batch takes the memory of its part, and of gradients and their sums; fused: %s",
  (fused) => {
    const scratch = (options: { batch?: number; microBatch?: number }) => {
      const outputs = trainingGraph(recipe(), { ...shapes, ...options });
      const { buffers } = compile("training", outputs.roots, { fused });
      return buffers.reduce((sum, { kind, length }) => sum + (kind === "scratch" ? length : 0), 0);
    };
    const [all, part, split] = [{}, { batch: 128 }, { microBatch: 128 }].map(scratch);
    // Beside those of its part: the sums so far, what is added, and the new sums.
    expect(split).toBeLessThan(part + 3 * recipe().model.parameterCount);
    expect(split).toBeLessThan(all / 3);
  },
);

test("each micro-batch draws a dropout mask of its own", () => {
  const outputs = trainingGraph(recipe(), { ...shapes, microBatch: 256 });
  const layers = ancestors(outputs.roots).flatMap(({ op, attributes }) =>
    op.name === "dropout" ? [attributes.layer] : [],
  );
  expect(new Set(layers).size).toBe(4);
  expect(layers).toHaveLength(8); // forward and backward
});

test("refuses micro-batches that are none, or too many", async () => {
  using trainer = new Trainer(network(4), { device: device("cpu"), loss: softmaxCrossEntropy(), optimizer: sgd() });
  for (const microBatchSize of [0, -1, 1.5, Number.NaN]) {
    await expect(trainer.fit(classes, { microBatchSize })).rejects.toThrow(ArgumentError);
  }
  const many = Dataset.from({ features: new Float32Array(3 * 600), labels: new Uint32Array(600) });
  await expect(trainer.fit(many, { batchSize: 600, microBatchSize: 2 })).rejects.toThrow(
    "300 micro-batches of 2; at most 64",
  );
});
