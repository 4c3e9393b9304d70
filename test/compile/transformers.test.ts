import { expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import {
  adam,
  dense,
  embedding,
  type Layer,
  layerNorm,
  positionalEmbedding,
  sequential,
  Trainer,
  tokenCrossEntropy,
  transformerBlock,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";

const [VOCABULARY, TIME, FEATURES, BATCH] = [9, 6, 8, 4];

const network = (blocks: readonly Layer[]) =>
  sequential({ input: [TIME] }, [
    embedding(VOCABULARY, FEATURES),
    positionalEmbedding(TIME),
    ...blocks,
    layerNorm(),
    dense(VOCABULARY),
  ]);

const block = () => transformerBlock({ heads: 2, causal: true });

const ids = (rows: number) => Uint32Array.from({ length: rows * TIME }, (_, i) => (i * 5) % VOCABULARY);
const labels = (rows: number) =>
  Array.from({ length: rows }, (_, row) => [...ids(rows).subarray(row * TIME, (row + 1) * TIME)]);

async function launchesOf(blocks: readonly Layer[]) {
  const device = await openDevice({ backend: "wasm" });
  using trainer = new Trainer(network(blocks), { device, loss: tokenCrossEntropy(), optimizer: adam() });
  const { launches } = await trainer.profile(Dataset.from({ features: ids(8), labels: labels(8), shape: [TIME] }), {
    batchSize: BATCH,
    repeats: 1,
  });
  return launches.map(({ label }) => label);
}

test("a transformer block takes 22 launches a step, of 26 that it may", async () => {
  const [one, two] = [await launchesOf([block()]), await launchesOf([block(), block()])];
  expect(two.length - one.length).toBe(22);
});

test("grouped keys take as many", async () => {
  const grouped = () => transformerBlock({ heads: 2, keyHeads: 1, causal: true });
  const [one, two] = [await launchesOf([grouped()]), await launchesOf([grouped(), grouped()])];
  expect(two.length - one.length).toBe(22);
});

test("a step of four blocks is traced and compiled within a second of CPU", async () => {
  const device = await openDevice({ backend: "cpu" });
  const blocks = [block(), block(), block(), block()];
  using trainer = new Trainer(network(blocks), { device, loss: tokenCrossEntropy(), optimizer: adam() });
  const before = process.cpuUsage();
  await trainer.trainStep({ features: ids(2), labels: labels(2) });
  const { user, system } = process.cpuUsage(before);
  expect((user + system) / 1e6).toBeLessThan(1);
});
