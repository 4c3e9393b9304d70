import { fileURLToPath } from "node:url";
import { rests, withPlayground } from "./built-playground.mjs";

/*
 * Takes docs/playground.jpg, the README's picture: the page of today, in the middle of its first training.
 *
 *   node test/browser/picture.mjs
 */

const FILE = fileURLToPath(new URL("../../docs/playground.jpg", import.meta.url));
const EPOCHS = 60;

await withPlayground(async ({ browser, url }) => {
  const context = await browser.newContext({ viewport: { width: 1280, height: 790 }, serviceWorkers: "block" });
  const page = await context.newPage();
  await page.goto(url);
  await rests(page);
  await page.evaluate((until) => globalThis.playground.play(until), EPOCHS);
  await rests(page);
  await page.locator(".plot canvas").last().waitFor();
  await page.waitForTimeout(300); // for the charts' last drawing
  await page.screenshot({ path: FILE, type: "jpeg", quality: 75 });
});
