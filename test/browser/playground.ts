import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { preview } from "vite";
import { afterAll, afterEach, beforeAll, expect, inject, vi } from "vitest";
import { launchChromium } from "./chromium.js";
import { builtOnce, configFor } from "./playground-folder.js";

/** Message of Playwright where service workers are blocked: they would fetch the whole page in each test. */
const BLOCKED = "Service Worker registration blocked by Playwright";

/** Options of `open`: what else the browser lacks. */
interface OpenOptions extends BrowserContextOptions {
  /** Whether the page has `navigator.gpu`; true. */
  gpu?: boolean;
  /** Text after the page's address. */
  hash?: string;
  /** Code that runs in the worker before its own. */
  worker?: string;
}

/**
 * The playground as `npm run build:demo` makes it, in a browser, for the tests of a file. Whatever goes wrong in a page,
 * seen or unseen by its user, fails the test; so does a request to another host.
 */
export function usePlayground() {
  let browser: Browser;
  let url: string;
  const folder = inject("playground");
  let problems: string[] = [];
  const cleanups: (() => Promise<unknown>)[] = [];

  beforeAll(async () => {
    await builtOnce(folder);
    const server = await preview({ ...configFor(folder), preview: { port: 0 } });
    cleanups.push(() => server.close());
    url = server.resolvedUrls!.local[0];
    browser = await launchChromium();
    cleanups.push(() => browser.close());
  }, 300_000);

  afterAll(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });

  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    const found = problems;
    problems = [];
    expect(found).toEqual([]);
  });

  return {
    /** Opens the page and waits until a training is ready. @param before - what is done to the page before it loads */
    async open(options: OpenOptions = {}, before?: (page: Page) => unknown): Promise<Page> {
      const { gpu = true, hash = "", worker, ...rest } = options;
      const usual = { locale: "en-US", viewport: { width: 1280, height: 900 }, serviceWorkers: "block" } as const;
      const context = await browser.newContext({ ...usual, ...rest });
      if (worker !== undefined) {
        await context.route("**/assets/worker-*.js", async (route) => {
          const response = await route.fetch();
          await route.fulfill({ response, body: `${worker}\n${await response.text()}` });
        });
      }
      if (!gpu) await context.addInitScript(() => delete (Navigator.prototype as { gpu?: GPU }).gpu);
      const page = await context.newPage();
      page.on("pageerror", (error) => problems.push(`page error: ${error.message}`));
      page.on("console", (message) => {
        if (message.text() === BLOCKED) return;
        if (["error", "warning"].includes(message.type()))
          problems.push(`console ${message.type()}: ${message.text()}`);
      });
      page.on("request", (request) => {
        const { protocol, origin } = new URL(request.url());
        if (/^https?:/.test(protocol) && origin !== new URL(url).origin)
          problems.push(`another host: ${request.url()}`);
      });
      page.on("requestfailed", (request) => problems.push(`not loaded: ${request.url()}`));
      page.on("response", (response) => {
        if (!response.ok()) problems.push(`status ${response.status()}: ${response.url()}`);
      });
      await before?.(page);
      await page.goto(url + hash);
      await rests(page);
      return page;
    },
    /** Forgets problems that a test expects. */
    expectProblem(text: RegExp): void {
      expect(problems.some((problem) => text.test(problem))).toBe(true);
      problems = problems.filter((problem) => !text.test(problem));
    },
    get folder() {
      return join(folder, "built");
    },
  };
}

/** Waits until the training at hand rests: made, paused, or where it was to go; or until the page waits for data. */
export const rests = (page: Page) =>
  page.waitForFunction(() => ["resting", "waiting"].includes(globalThis.playground?.status.value), null, {
    timeout: 100_000,
  });

/** Presses a button of the transport, by its name in English. */
export const press = (page: Page, name: string) => page.getByRole("button", { name, exact: true }).click();

/** Fills in fields by their labels, and leaves them. */
export async function choose(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(fields)) {
    const field = page.getByLabel(label, { exact: true });
    const select = (await field.evaluate((element) => element.tagName)) === "SELECT";
    await (select ? field.selectOption(value) : field.fill(value));
    if (!select) await field.press("Tab");
    await rests(page);
  }
}

/** Chooses data by their name in English. @param data - their name in settings, where it is another */
export async function chooseData(page: Page, name: string, data = name.toLowerCase()): Promise<void> {
  await page.getByRole("radio", { name, exact: true }).check();
  await page.waitForFunction((each) => globalThis.playground.settings.value.data === each, data);
  await rests(page);
}

/** Trains until so many epochs are over. */
export async function trainTo(page: Page, epoch: number): Promise<void> {
  await page.evaluate((until) => globalThis.playground.play(until), epoch);
  await rests(page);
}

/** Runs a program that the page wrote. @returns the scores that it prints */
export async function runProgram(source: string) {
  const file = fileURLToPath(new URL(`written-by-the-page-${process.pid}.mjs`, import.meta.url));
  await writeFile(file, source);
  const log = vi.spyOn(console, "log").mockImplementation(() => {});
  try {
    await import(/* @vite-ignore */ `${file}?${programs++}`);
    return JSON.parse(String(log.mock.calls.at(-1)![0]));
  } finally {
    log.mockRestore();
    await rm(file);
  }
}

let programs = 0;

/** The parameters that the page shows, layer by layer. */
export const parametersOf = (page: Page) =>
  page.evaluate(() =>
    globalThis.playground.frame.value!.weights.flatMap(({ weight, bias }) => [[...weight], [...bias]]),
  );

/** Scores of the last epoch, as the page has them. */
export const lastPoint = (page: Page) => page.evaluate(() => globalThis.playground.curve.value.at(-1)!);
