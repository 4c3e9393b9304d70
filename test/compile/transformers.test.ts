import { expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import {
  adam,
  dense,
  embedding,
  gru,
  type Layer,
  layerNorm,
  lstm,
  positionalEmbedding,
  rnn,
  sequential,
  Trainer,
  tokenCrossEntropy,
  transformerBlock,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";

const [VOCABULARY, TIME, FEATURES, BATCH] = [9, 6, 8, 4];

const network = (blocks: readonly Layer[], time = TIME) =>
  sequential({ input: [time] }, [
    embedding(VOCABULARY, FEATURES),
    positionalEmbedding(time),
    ...blocks,
    layerNorm(),
    dense(VOCABULARY),
  ]);

const block = () => transformerBlock({ heads: 2, causal: true });

const ids = (rows: number, time = TIME) => Uint32Array.from({ length: rows * time }, (_, i) => (i * 5) % VOCABULARY);
const labels = (rows: number, time = TIME) =>
  Array.from({ length: rows }, (_, row) => [...ids(rows, time).subarray(row * time, (row + 1) * time)]);

async function launchesOf(blocks: readonly Layer[], time = TIME) {
  const device = await openDevice({ backend: "wasm" });
  using trainer = new Trainer(network(blocks, time), { device, loss: tokenCrossEntropy(), optimizer: adam() });
  const { launches } = await trainer.profile(
    Dataset.from({ features: ids(8, time), labels: labels(8, time), shape: [time] }),
    {
      batchSize: BATCH,
      repeats: 1,
    },
  );
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

test.each([
  ["rnn", rnn],
  ["gru", gru],
  ["lstm", lstm],
] as const)("%s takes 6 launches a step, whatever the length", async (_, layer) => {
  const deep = (count: number) => Array.from({ length: count }, () => layer(FEATURES, { returnSequences: true }));
  for (const time of [3, 30]) {
    const [one, two] = [await launchesOf(deep(1), time), await launchesOf(deep(2), time)];
    expect(two.length - one.length).toBe(6);
  }
});

test("a step of four blocks is traced, compiled and done within a second of CPU", async () => {
  const device = await openDevice({ backend: "cpu" });
  const stepOf = async (blocks: readonly Layer[]) => {
    using trainer = new Trainer(network(blocks), { device, loss: tokenCrossEntropy(), optimizer: adam() });
    const before = process.cpuUsage();
    await trainer.trainStep({ features: ids(2), labels: labels(2) });
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1e6;
  };
  await stepOf([block()]); // loads what is loaded when it is used
  expect(await stepOf([block(), block(), block(), block()])).toBeLessThan(1);
});
