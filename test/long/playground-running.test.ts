import { expect, test } from "vitest";
import { KEEPS_MEMORIES, memoryOf } from "../browser/memory.js";
import { press, rests, usePlayground } from "../browser/playground.js";

const playground = usePlayground();

const MINUTES = 10;
/** Until snapshots and curves have their full number. */
const WARM = 4;
const MEGABYTE = 2 ** 20;

test("ten minutes of training leave memory as it was, and every step can still be gone back to", async () => {
  const page = await playground.open({ hash: "#data=spirals&backend=wasm", worker: KEEPS_MEMORIES });
  const count = await memoryOf(page);
  await press(page, "Train");
  const counts = [];
  for (let minute = 1; minute <= MINUTES; minute++) {
    await page.waitForTimeout(60_000);
    counts.push(await count());
    expect(await page.evaluate(() => globalThis.playground.status.value)).toBe("training");
  }
  console.log(counts.map((each) => JSON.stringify(each)).join("\n"));
  const [first, last] = [counts[WARM - 1], counts.at(-1)!];
  expect(last.engine).toBe(first.engine);
  expect(last.worker - first.worker).toBeLessThan(2 * MEGABYTE);
  expect(last.page - first.page).toBeLessThan(2 * MEGABYTE);
  await press(page, "Pause");
  await rests(page);
  const step = await page.evaluate(() => globalThis.playground.frame.value!.step);
  await page.evaluate((to) => globalThis.playground.seek(to), Math.floor(step / 3));
  await rests(page);
  expect(await page.evaluate(() => globalThis.playground.frame.value!.step)).toBe(Math.floor(step / 3));
}, 900_000);
