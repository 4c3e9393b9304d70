import { setTimeout as after } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import { waitForGpu } from "../../src/node/wait-for-gpu.js";

/** Turns of the event loop until `work` is done, where something asks for news at each, as Dawn does. */
async function turnsUntil(work: Promise<unknown>): Promise<number> {
  let turns = 0;
  let done = false;
  const ask = () => {
    turns++;
    if (!done) setImmediate(ask);
  };
  ask();
  await work;
  done = true;
  return turns;
}

test("a process that waits for the GPU sleeps", async () => {
  const restless = await turnsUntil(after(60));
  const patient = await turnsUntil(waitForGpu(after(60)));
  expect(patient).toBeLessThan(restless / 4);
});

test("one that waits no longer doesn't", async () => {
  await waitForGpu(after(20));
  const restless = await turnsUntil(after(40));
  const patient = await turnsUntil(waitForGpu(after(40)));
  expect(restless).toBeGreaterThan(4 * patient);
});

test("several wait at the same time, and each gets its own", async () => {
  const failure = new Error("lost");
  const works = [
    waitForGpu(after(15, "slow")),
    waitForGpu(Promise.resolve("fast")),
    waitForGpu(Promise.reject(failure)),
  ];
  expect(await Promise.allSettled(works)).toEqual([
    { status: "fulfilled", value: "slow" },
    { status: "fulfilled", value: "fast" },
    { status: "rejected", reason: failure },
  ]);
});

test("however many wait one after the other, one sleeps at a turn", async () => {
  await after(5); // what an earlier wait left has ended
  const scheduled = vi.spyOn(globalThis, "setImmediate");
  for (let i = 0; i < 50; i++) await waitForGpu(Promise.resolve(i)); // all within a turn
  expect(scheduled).toHaveBeenCalledTimes(1);
  scheduled.mockRestore();
});
