import { expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import { adam, dense, sequential, softmaxCrossEntropy, Trainer } from "../../src/index.js";
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
