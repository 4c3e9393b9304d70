import { expect, test } from "vitest";
import { KEEPS_MEMORIES, type MemoryInUse, memoryOf } from "../browser/memory.js";
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
  const counts: MemoryInUse[] = [];
  for (let minute = 1; minute <= MINUTES; minute++) {
    await page.waitForTimeout(60_000);
    counts.push(await count());
    expect(await page.evaluate(() => globalThis.playground.status.value)).toBe("training");
  }
  console.log(counts.map((each) => JSON.stringify(each)).join("\n"));
  // Curves grow to their full number of points and are thinned out again: the least of some minutes tells.
  const least = (part: keyof MemoryInUse, from: number) =>
    Math.min(...counts.slice(from, from + 3).map((each) => each[part]));
  const growth = (part: keyof MemoryInUse) => least(part, MINUTES - 3) - least(part, WARM - 1);
  expect(growth("engine")).toBe(0);
  expect(growth("worker")).toBeLessThan(2 * MEGABYTE);
  expect(growth("page")).toBeLessThan(2 * MEGABYTE);
  await press(page, "Pause");
  await rests(page);
  const step = await page.evaluate(() => globalThis.playground.frame.value!.step);
  await page.evaluate((to) => globalThis.playground.seek(to), Math.floor(step / 3));
  await rests(page);
  expect(await page.evaluate(() => globalThis.playground.frame.value!.step)).toBe(Math.floor(step / 3));
}, 900_000);
