// @module-tag slow
import { expect, test } from "vitest";
import { KEEPS_MEMORIES, memoryOf } from "./memory.js";
import { chooseData, rests, trainTo, usePlayground } from "./playground.js";

const playground = usePlayground();

const MEGABYTE = 2 ** 20;
/** Trainings until all code is there and compiled. */
const BEFORE = 3;

test("ten trainings in a row leave memory as it was", async () => {
  const page = await playground.open({ hash: "#data=digits&backend=wasm", worker: KEEPS_MEMORIES });
  const count = await memoryOf(page);
  const counts = [];
  for (let training = 1; training <= 10; training++) {
    await page.evaluate((seed) => globalThis.playground.change({ seed }), training);
    await rests(page);
    await trainTo(page, 2);
    // Every other is of other data, with another network.
    await chooseData(page, training % 2 === 1 ? "Iris" : "Digits");
    await trainTo(page, 1);
    if (training % 2 === 0) counts.push(await count());
  }
  const [first, last] = [counts[Math.ceil(BEFORE / 2) - 1], counts.at(-1)!];
  expect(first.engine).toBeGreaterThan(0);
  expect(last.engine).toBe(first.engine);
  expect(last.worker - first.worker).toBeLessThan(MEGABYTE);
  expect(last.page - first.page).toBeLessThan(MEGABYTE);
});
