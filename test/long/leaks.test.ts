import { readdirSync } from "node:fs";
import { setTimeout as after } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { iris } from "../../src/data/index.js";
import { adam, softmaxCrossEntropy, Trainer } from "../../src/index.js";
import { openDevice } from "../../src/node.js";
import { BACKENDS } from "../devices/backends.js";
import { irisNetwork } from "../fixtures.js";
import { type Living, rounds, watch } from "../training/leaks.js";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

/** Of everything in this process, in MB. */
function megabytes(): number {
  collectGarbage();
  return process.memoryUsage().rss / 2 ** 20;
}

describe.each(BACKENDS)("on %s", (backend) => {
  test("2,000 fits, steps and predictions are flat: on the device, and in the process's memory", {
    timeout: 3_600_000,
  }, async () => {
    const device = await openDevice({ backend });
    const living = watch(device);
    const seen: Living[] = [];
    const memory: number[] = [];
    await rounds(device, 3000, (round) => {
      seen.push({ ...living });
      if (round % 250 === 249) memory.push(megabytes());
    });
    for (const each of seen) expect(each).toEqual(seen[0]);
    expect(living).toEqual({ buffers: 0, programs: 0 });
    // 2,000 rounds after 1,000, within which Dawn takes what it keeps: 16 kB a round would show.
    expect(memory.at(-1)! - memory[3]).toBeLessThan(32);
    device.dispose();
  });
});

test.runIf(process.platform === "linux")(
  "100 devices opened, trained on and disposed leave no threads",
  { timeout: 3_600_000 },
  async () => {
    const data = (await iris()).take([0, 60, 120]);
    const threads: number[] = [];
    for (let cycle = 0; cycle < 100; cycle++) {
      const device = await openDevice({ backend: "webgpu" });
      const trainer = new Trainer(irisNetwork(), { device, loss: softmaxCrossEntropy(), optimizer: adam() });
      await trainer.fit(data, { epochs: 1 });
      await trainer.predict(data);
      trainer.dispose();
      device.dispose();
      collectGarbage();
      await after(20); // Dawn frees it at a later turn
      threads.push(readdirSync("/proc/self/task").length);
    }
    expect(threads.at(-1)! - threads[9]).toBeLessThan(10);
  },
);
