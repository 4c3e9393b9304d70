// @module-tag slow
import { readdirSync } from "node:fs";
import { setTimeout as after } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import { adam, dense, sequential, softmaxCrossEntropy, Trainer } from "../../src/index.js";
import { openDevice } from "../../src/node.js";

const CYCLES = 8;
const threads = () => readdirSync("/proc/self/task").length;

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

test.runIf(process.platform === "linux")("a GPU device that was disposed leaves no threads behind", async () => {
  const data = Dataset.from({ features: [[0, 1], [1, 0]], labels: [0, 1] }); // biome-ignore format: short
  const cycle = async () => {
    const device = await openDevice({ backend: "webgpu" });
    const trainer = new Trainer(sequential({ input: [2] }, [dense(2)]), {
      device,
      loss: softmaxCrossEntropy(),
      optimizer: adam(),
    });
    await trainer.fit(data, { epochs: 1 });
    trainer.dispose();
    device.dispose();
    collectGarbage();
    await after(20); // Dawn frees it at a later turn
  };
  await cycle();
  const before = threads();
  for (let i = 0; i < CYCLES; i++) await cycle();
  expect(threads() - before).toBeLessThan(CYCLES); // each would leave two
});
