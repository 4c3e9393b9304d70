import axe from "axe-core";
import type { Page } from "playwright-core";
import { rests, trainTo } from "./playground.js";

/** Violations of axe's rules. The page must have been opened with `bypassCSP`. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const { violations } = await page.evaluate(() => (globalThis as unknown as { axe: typeof axe }).axe.run());
  return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

/** Goes to an address within the page. */
async function go(page: Page, hash: string): Promise<void> {
  await page.evaluate((to) => {
    location.hash = to;
  }, hash);
  const data = new URLSearchParams(hash.slice(1)).get("data");
  if (data) await page.waitForFunction((name) => globalThis.playground.settings.value.data === name, data);
  await rests(page);
}

/** Shows the panels below those of the first look. */
async function further(page: Page): Promise<void> {
  await page.locator("#further").scrollIntoViewIfNeeded();
  await page.locator(".histograms li").first().waitFor();
}

const TABLE = [
  "size,kind,taste",
  ...Array.from({ length: 40 }, (_, i) => `${i % 7 ? i : ""},${"abc"[i % 3]},${i % 2 ? "sweet" : "sour"}`),
].join("\n");

/** Every view of the page, by name: how it comes to be shown, in whatever language. */
export const VIEWS: Record<string, (page: Page) => Promise<unknown>> = {
  async "points of a plane"(page) {
    await go(page, "#data=spirals&rows=100");
    await trainTo(page, 3);
    await further(page);
  },
  async "earlier trainings compared"(page) {
    await page.evaluate(() => globalThis.playground.change({ layers: [{ units: 3, activation: "relu" }] }));
    await rests(page);
    await trainTo(page, 3);
    await page.locator(".earlier li").waitFor();
  },
  async "a field that can't be used"(page) {
    const field = page.locator("#settings input").first();
    await field.fill("fast");
    await field.press("Tab");
    await page.locator("#settings .bad").waitFor();
  },
  async "a lesson"(page) {
    await go(page, "#lesson=xor");
    await page.locator("#lesson tbody").waitFor();
    await page.locator("#lesson summary").first().click();
  },
  async "points drawn by hand"(page) {
    await go(page, "#data=byHand");
    await page.locator(".board").waitFor();
  },
  async "numbers to predict"(page) {
    await go(page, "#data=diabetes");
    await trainTo(page, 2);
    await further(page);
    await page.locator("#estimates canvas, #estimates svg").first().waitFor();
  },
  async "a table of the visitor's"(page) {
    await go(page, "#data=own");
    await page.locator("#data input[type=file]").setInputFiles({
      name: "flowers.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(TABLE),
    });
    await page.locator(".columns label").first().waitFor();
    await rests(page);
    await trainTo(page, 2);
  },
  async "a table that is refused, with much to say"(page) {
    await page.locator("#data input[type=file]").setInputFiles({
      name: "ragged.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(`a,b\n${"1\n".repeat(60)}`),
    });
    await page.locator(".failure:not([hidden])").waitFor();
  },
  async "images to bring or to fetch"(page) {
    await go(page, "#data=mnist");
    await page.locator("#data input[type=file]").waitFor({ state: "attached" });
  },
  async "digits, and why one was mistaken"(page) {
    await go(page, "#data=digits");
    await trainTo(page, 2);
    await further(page);
    await page.locator(".confusion .wrong").first().click();
    await page.locator("button.why").first().click();
    await page.locator(".because").waitFor();
  },
  async "a digit that was drawn"(page) {
    await page.locator("#draw-digit .board").focus();
    for (const key of [" ", ...Array(12).fill("ArrowDown"), " "]) await page.keyboard.press(key);
    await page.locator(".says").waitFor();
  },
  async "inside a step, a number worked out"(page) {
    await go(page, "#data=xor");
    await further(page);
    await page.locator(".sections button").nth(3).click();
    await page.locator(".values-table button").first().click();
    await page.locator(".one .equation").waitFor();
  },
  async "a program to take away"(page) {
    await page.locator("#share button").nth(1).click();
    await page.locator("#share textarea").waitFor();
  },
  async "another device beside it"(page) {
    await page.locator("#beside button:enabled").last().click();
    await page.locator(".devices tbody td").first().waitFor();
  },
};
