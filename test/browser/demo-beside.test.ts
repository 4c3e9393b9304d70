// @module-tag slow
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { choose, chooseData, lastPoint, press, rests, trainTo, usePlayground } from "./playground.js";

const playground = usePlayground();

/** A row of the table of devices, without its title. */
const row = (page: Page, title: string) =>
  page.locator(".devices tr", { has: page.getByRole("rowheader", { name: title, exact: true }) }).locator("td");

/** Waits until a row says something of every device. */
async function said(page: Page, title: string): Promise<string[]> {
  const cells = row(page, title);
  await expect.poll(() => cells.allInnerTexts(), { timeout: 60_000 }).not.toContain("…");
  return cells.allInnerTexts();
}

/** Waits until all devices are at a step. */
const at = (page: Page, step: number) =>
  expect
    .poll(() => row(page, "Step").allInnerTexts(), { timeout: 60_000 })
    .toEqual(Array(3).fill(step.toLocaleString("en")));

test("the same training runs on other devices beside it, to the same numbers but for rounding", async () => {
  const page = await playground.open();
  await chooseData(page, "Iris");
  await choose(page, { "Run on": "wasm" });
  await trainTo(page, 2);
  await choose(page, { "Learning rate": "0.005" });
  await trainTo(page, 4);
  await page.locator("#further").scrollIntoViewIfNeeded();
  const beside = page.locator("#beside");
  await beside.getByRole("button", { name: "WebGPU" }).click();
  await beside.getByRole("button", { name: "CPU (plain)" }).click();
  expect(await beside.getByRole("button", { name: "CPU (WebAssembly)" }).isDisabled()).toBe(true);
  await at(page, 4 * 7);
  expect(await beside.locator("thead th").allInnerTexts()).toEqual(["CPU (WebAssembly)", "WebGPU", "CPU (plain)"]);
  const [own, ...others] = await said(page, "Largest difference of a weight");
  expect(own).toBe("");
  for (const each of others) expect(Number(each.replace("E", "e").replace("−", "-"))).toBeLessThan(1e-4);
  const losses = await said(page, "Loss");
  expect(Number(losses[0])).toBeCloseTo((await lastPoint(page)).loss, 6);
  for (const loss of losses) expect(Number(loss)).toBeCloseTo(Number(losses[0]), 4);
  for (const launches of await said(page, "Launches a step")) expect(Number(launches)).toBeGreaterThan(2);
  // They follow, there and back, and end with the training.
  await trainTo(page, 9);
  await at(page, 9 * 7);
  await page.evaluate(() => globalThis.playground.seek(10));
  await rests(page);
  await at(page, 10);
  await said(page, "Largest difference of a weight");
  await press(page, "WebGPU");
  await press(page, "CPU (plain)");
  expect(await beside.locator("table").count()).toBe(0);
});
