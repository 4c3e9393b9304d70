// @module-tag slow
import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import {
  adam,
  apply,
  decodeModel,
  dense,
  embedding,
  encodeModel,
  input,
  type Model,
  model,
  positionalEmbedding,
  Trainer,
  tokenCrossEntropy,
  transformerBlock,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";

/* An encoder and a decoder that sees what it read. */

const device = useDevices();
const [IDS, TIME, FEATURES] = [6, 4, 16];

/** Writes what it reads backwards, each place given the ones before: 0 begins. */
function network(): Model {
  const read = input([TIME], { name: "read", dtype: "u32" });
  const written = input([TIME], { name: "written", dtype: "u32" });
  const mask = input([TIME], { name: "mask" });
  const placed = (ids: typeof read) =>
    apply(positionalEmbedding(TIME), apply(embedding(IDS, FEATURES, { initializer: "randomNormal" }), ids));
  const encoded = apply(transformerBlock({ heads: 2, masked: true }), placed(read), mask);
  const decoder = transformerBlock({ heads: 2, causal: true, across: true, masked: true });
  const decoded = apply(decoder, placed(written), encoded, mask);
  return model({ inputs: [read, written, mask], outputs: apply(dense(IDS), decoded), seed: 2 });
}

const ROWS = 64;
const read = Array.from({ length: ROWS }, (_, row) =>
  Array.from({ length: TIME }, (_, t) => 1 + ((row * 7 + t * t * (1 + (row % 5))) % (IDS - 1))),
);
const features = {
  read: Uint32Array.from(read.flat()),
  written: Uint32Array.from(read.flatMap((ids) => [0, ...ids.toReversed().slice(0, -1)])),
  mask: new Float32Array(ROWS * TIME).fill(1),
};
const shape = { read: [TIME], written: [TIME], mask: [TIME] };
const data = Dataset.from({ features, labels: read.map((ids) => ids.toReversed()), shape });

describe.each(BACKENDS)("an encoder and a decoder on %s", (backend) => {
  test("learn to write backwards what they read", async () => {
    const loss = tokenCrossEntropy();
    using trainer = new Trainer(network(), { device: device(backend), loss, optimizer: adam({ learningRate: 0.01 }) });
    const epochs = backend === "wasm" ? 40 : 3;
    const { epochs: records } = await trainer.fit(data, { epochs, batchSize: 16, seed: 1 });
    expect(records.at(-1)!.loss).toBeLessThan(backend === "wasm" ? 0.3 : records[0].loss);
  });
});

test("what the mask hides of the sequence that is read changes nothing", async () => {
  const loss = tokenCrossEntropy();
  using trainer = new Trainer(network(), { device: device("wasm"), loss, optimizer: adam() });
  const of = async (hidden: number) => {
    const ids = Uint32Array.of(1, 2, hidden, 3);
    const rows = { read: ids, written: Uint32Array.of(0, 3, 2, 1), mask: Float32Array.of(1, 1, 0, 1) };
    const { values } = await trainer.predict(Dataset.from({ features: rows, labels: [[0, 0, 0, 0]], shape }));
    return [...values];
  };
  expect(await of(5)).toEqual(await of(4));
});

test("a saved block keeps its options", async () => {
  const made = network();
  const bytes = await encodeModel(made);
  const again = await decodeModel(bytes);
  expect(again.summary()).toBe(made.summary());
});

test("inputs that are missing or too many are named", () => {
  const x = input([TIME, FEATURES]);
  const outputs = apply(transformerBlock({ heads: 2, across: true }), x);
  expect(() => model({ inputs: x, outputs })).toThrow(/another where across is true.*got 1 inputs/);
  expect(() => transformerBlock({ heads: 2, masked: 1 as never })).toThrow(/masked must be true or false/);
});
