import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { characters, tinyshakespeare, tokenDataset } from "../../src/data/index.js";
import {
  adam,
  adamw,
  clipByGlobalNorm,
  cosineAnnealing,
  dense,
  dropout,
  embedding,
  gru,
  type Layer,
  layerNorm,
  linearWarmup,
  type Optimizer,
  positionalEmbedding,
  sequential,
  softmaxCrossEntropy,
  Trainer,
  transformerBlock,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";

/*
 * Models of text at the losses that are published for their size: tinyshakespeare by characters, the last tenth to validate
 * with. Seconds are those of both processors together.
 */

const dataDir = fileURLToPath(new URL("../../../shared/data/", import.meta.url));

interface Recipe {
  layers: (tokens: number) => Layer[];
  /** Tokens of a row, and from the beginning of a row to that of the next. */
  context: number;
  stride: number;
  batchSize: number;
  epochs: number;
  /** The most rows of an epoch. */
  rows?: number;
  warmup: number;
  minimum: number;
  optimizer: Optimizer;
}

async function validationLoss({
  layers,
  context,
  stride,
  batchSize,
  epochs,
  rows,
  ...recipe
}: Recipe): Promise<number> {
  const text = await tinyshakespeare({ dataDir });
  const tokenizer = characters(text);
  const ids = tokenizer.encode(text);
  const cut = Math.floor(ids.length * 0.9);
  const all = tokenDataset(ids.subarray(0, cut), { length: context, stride });
  const train = rows === undefined ? all : all.take(Array.from({ length: rows }, (_, row) => row));
  const validation = tokenDataset(ids.subarray(cut), { length: context });
  const { warmup, minimum, optimizer } = recipe;
  const period = epochs * Math.ceil(train.rows / batchSize) - warmup;
  const before = cosineAnnealing({ period, minimum, per: "step" });
  const model = sequential({ input: [context], seed: 1 }, layers(tokenizer.size));
  const device = await openDevice({ backend: "wasm" });
  try {
    using trainer = new Trainer(model, {
      ...{ device, optimizer, loss: softmaxCrossEntropy(), gradients: [clipByGlobalNorm(1)] },
      schedule: linearWarmup({ period: warmup, start: 0.01, before }),
    });
    const started = process.cpuUsage();
    await trainer.fit(train, { epochs, batchSize, seed: 1 });
    const { user, system } = process.cpuUsage(started);
    const { loss } = await trainer.evaluate(validation);
    const parameters = model.parameterCount.toLocaleString("en");
    console.log(`${parameters} parameters: ${loss.toFixed(4)}, ${((user + system) / 1e6).toFixed(0)} s of CPU`);
    return loss;
  } finally {
    device.dispose();
  }
}

/* nanoGPT's recipe for a laptop's CPU: 4 blocks of 4 heads, 128 wide, 2,000 steps of 12 rows of 64; 1.88 there. */
test("a transformer reaches 1.88 in 2,000 steps", { timeout: 7_200_000 }, async () => {
  const loss = await validationLoss({
    layers: (tokens) => [
      ...[embedding(tokens, 128), positionalEmbedding(64)],
      ...Array.from({ length: 4 }, () => transformerBlock({ heads: 4, causal: true })),
      ...[layerNorm(), dense(tokens)],
    ],
    ...{ context: 64, stride: 41, rows: 24_000, batchSize: 12, epochs: 1, warmup: 100, minimum: 1e-4 },
    optimizer: adamw({ learningRate: 1e-3, beta2: 0.99, weightDecay: 0.1 }),
  });
  expect(loss).toBeLessThan(1.88);
});

test("a GRU of 256 units reaches 1.60 in 10 epochs", { timeout: 7_200_000 }, async () => {
  const loss = await validationLoss({
    layers: (tokens) => [embedding(tokens, 64), gru(256, { returnSequences: true }), dropout(0.1), dense(tokens)],
    ...{ context: 128, stride: 128, batchSize: 16, epochs: 10, warmup: 100, minimum: 1e-5 },
    optimizer: adam({ learningRate: 4e-3 }),
  });
  expect(loss).toBeLessThan(1.6);
});
