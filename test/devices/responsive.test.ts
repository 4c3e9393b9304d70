// @module-tag slow
import { expect, test } from "vitest";
import type { Backend, DeviceBuffer } from "../../src/backends/backend.js";
import type { Values } from "../../src/core/dtype.js";
import { Dataset } from "../../src/data/index.js";
import { adam, dense, sequential, softmaxCrossEntropy, Trainer } from "../../src/index.js";
import { openDevice } from "../../src/node.js";
import { BACKENDS, useDevices } from "./backends.js";

const device = useDevices();

// Epochs of 40 steps that take some milliseconds each, on wasm a tenth of one. Turns are counted, not timed: a thread
// that is held all the while has none.
test.each(BACKENDS)("a long training on %s lets other work of the thread have its turn", async (backend) => {
  const rows = 40 * 64;
  const data = Dataset.from({
    features: new Float32Array(rows * 256).fill(0.5),
    labels: new Uint32Array(rows),
    shape: [256],
  });
  const model = sequential({ input: [256] }, [dense(64, { activation: "relu" }), dense(2)]);
  using trainer = new Trainer(model, { device: device(backend), loss: softmaxCrossEntropy(), optimizer: adam() });
  await trainer.fit(data, { epochs: 1, batchSize: 64 });
  let turns = 0;
  let training = true;
  const count = () => {
    turns++;
    if (training) setImmediate(count);
  };
  setImmediate(count);
  await trainer.fit(data, { epochs: backend === "wasm" ? 100 : 1, batchSize: 64 });
  training = false;
  expect(turns).toBeGreaterThan(3);
});

// 12 MiB of features in parts of 1 MiB at most, whole or in windows of 7.5 and 4.5 MiB.
test.each([
  [undefined, 12],
  [2 ** 23, 8 + 5],
])("large data (at most %s bytes a buffer) are written a part at a time", async (limit, parts) => {
  const rows = 4096;
  const features = new Float32Array(rows * 768).fill(0.5);
  const data = Dataset.from({ features, labels: new Uint32Array(rows), shape: [768] });
  const cpu = await openDevice({ backend: "cpu", maxBufferBytes: limit });
  let turn = 0;
  const turnsOfParts: number[] = [];
  const waits: number[] = [];
  const watched = new Proxy(cpu, {
    get(target, name: keyof Backend) {
      if (name === "done") return async () => waits.push(turnsOfParts.length);
      const value = Reflect.get(target, name, target);
      if (name !== "write") return typeof value === "function" ? value.bind(target) : value;
      return (buffer: DeviceBuffer, values: Values, start?: number) => {
        expect(values.byteLength).toBeLessThanOrEqual(2 ** 20);
        if (buffer.label === "features") turnsOfParts.push(turn);
        target.write(buffer, values, start);
      };
    },
  });
  const model = sequential({ input: [768] }, [dense(2)]);
  using trainer = new Trainer(model, { device: watched, loss: softmaxCrossEntropy(), optimizer: adam() });
  let working = true;
  const count = () => {
    turn++;
    if (working) setImmediate(count);
  };
  setImmediate(count);
  await trainer.evaluate(data);
  working = false;
  cpu.dispose();
  expect(turnsOfParts).toHaveLength(parts);
  expect(new Set(turnsOfParts).size).toBe(parts); // each in a turn of its own
  // Until the driver has cleared a large buffer; windows are small ones.
  expect(waits).toEqual(limit === undefined ? [1] : []);
});
