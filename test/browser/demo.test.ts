// @module-tag slow
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { adam, type BackendName, dense, sequential, sigmoidCrossEntropy, Trainer } from "neuromotor";
import { xor } from "neuromotor/data";
import { openDevice } from "neuromotor/node";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { build, createServer, type InlineConfig, preview } from "vite";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { useFolder } from "../fixtures.js";
import { expectClose } from "../tolerance.js";
import { launchChromium } from "./chromium.js";

const folder = useFolder().path();
let config: InlineConfig;
let browser: Browser;
/** The demo as `npm run demo` serves it, and as `vite build` makes it. */
const urls: { served?: string; built?: string } = {};
const cleanups: (() => Promise<unknown>)[] = [];
/** Errors of any page, seen or unseen by its user. */
let problems: string[] = [];

beforeAll(async () => {
  config = {
    configFile: fileURLToPath(new URL("../../demo/vite.config.ts", import.meta.url)),
    cacheDir: join(folder, "cache"), // as on a first visit, and apart from a demo that runs already
    build: { outDir: join(folder, "built") },
    logLevel: "error",
  };
  browser = await launchChromium();
  cleanups.push(() => browser.close());
  const server = await createServer(config);
  cleanups.push(() => server.close());
  await server.listen();
  urls.served = server.resolvedUrls!.local[0];
  await build(config);
  const built = await preview(config);
  cleanups.push(() => built.close());
  urls.built = built.resolvedUrls!.local[0];
});

afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

afterEach(async () => {
  for (const context of browser.contexts()) await context.close();
  const found = problems;
  problems = [];
  expect(found).toEqual([]);
});

async function open(from: keyof typeof urls, options: BrowserContextOptions & { gpu?: boolean } = {}): Promise<Page> {
  const { gpu = true, ...rest } = options;
  const context = await browser.newContext(rest);
  if (!gpu) await context.addInitScript(() => delete (Navigator.prototype as { gpu?: GPU }).gpu);
  const page = await context.newPage();
  page.on("pageerror", (error) => problems.push(`page error: ${error.message}`));
  page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) problems.push(`console ${message.type()}: ${message.text()}`);
  });
  page.on("requestfailed", (request) => problems.push(`not loaded: ${request.url()}`));
  page.on("response", (response) => {
    if (!response.ok()) problems.push(`status ${response.status()}: ${response.url()}`);
  });
  await page.goto(urls[from]!);
  await page.getByText(/^Device: /).waitFor();
  return page;
}

const status = (page: Page) => page.locator("#status");

async function choose(page: Page, fields: Record<string, string>): Promise<void> {
  for (const [label, value] of Object.entries(fields)) {
    const field = page.getByLabel(label, { exact: true });
    const select = (await field.evaluate((element) => element.tagName)) === "SELECT";
    await (select ? field.selectOption(value) : field.fill(value));
  }
}

async function train(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Train" }).click();
  await status(page)
    .filter({ hasText: /^(Done|Ended)/ })
    .waitFor();
  expect(await page.getByRole("alert").allInnerTexts()).toEqual([]); // hidden ones don't count
  expect(await status(page).innerText()).toMatch(/^Done/);
}

const parametersIn = (page: Page) =>
  page.evaluate(() => [...neuromotor!.model.parameters()].map(([name, { values }]) => ({ name, values: [...values] })));

// Two steps an epoch, the second of them with a single row.
const EPOCHS = 300;
const BATCH = 3;
const form = {
  Data: "xor",
  "Hidden layers": "4",
  Activation: "tanh",
  Optimizer: "adam",
  "Learning rate": "0.05",
  "Batch size": String(BATCH),
  Epochs: String(EPOCHS),
  Seed: "7",
};

/** The same training in Node. */
async function trainedInNode(backend: BackendName) {
  const device = await openDevice({ backend });
  try {
    const model = sequential({ input: [2], seed: 7 }, [dense(4, { activation: "tanh" }), dense(1)]);
    using trainer = new Trainer(model, {
      device,
      loss: sigmoidCrossEntropy(),
      optimizer: adam({ learningRate: 0.05 }),
    });
    await trainer.fit(await xor(), { epochs: EPOCHS, batchSize: BATCH, seed: 7 });
    return [...model.parameters()].map(([name, { values }]) => ({ name, values }));
  } finally {
    device.dispose();
  }
}

// A trained parameter is the sum of its first value and an update per step; these functions are on an update's way.
const conditioning = {
  terms: 1 + EPOCHS * Math.ceil(4 / BATCH),
  functions: ["hyperbolic", "exponential", "root", "division"],
} as const;

test.each(["served", "built"] as const)("the %s demo learns XOR on WebGPU, with the numbers of Node", async (from) => {
  const page = await open(from);
  expect(await page.evaluate(() => "gpu" in navigator)).toBe(true);
  await choose(page, { "Run on": "webgpu", ...form });
  await train(page);

  expect(await page.locator("#device").innerText()).toMatch(/^Device: WebGPU on .*swiftshader/i);
  expect(await page.locator("#advice").isVisible()).toBe(false);
  expect(await page.locator("#epoch").innerText()).toBe(`${EPOCHS} of ${EPOCHS}`);
  expect(await page.locator("#accuracy").innerText()).toBe("100%");
  expect(await page.locator("#result-text").innerText()).toContain("4 of 4 rows right");
  const answers = page.locator("#result-table tbody tr td:last-child");
  expect(await answers.allInnerTexts()).toEqual(["0", "1", "1", "0"]);

  const inBrowser = await parametersIn(page);
  for (const backend of ["webgpu", "wasm", "cpu"] as const) {
    const inNode = await trainedInNode(backend);
    expect(inBrowser.map(({ name }) => name)).toEqual(inNode.map(({ name }) => name));
    inNode.forEach(({ name, values }, i) => {
      expectClose(inBrowser[i].values, values, { what: `${name}, Node on ${backend}`, ...conditioning });
    });
  }
});

test("the suggested settings learn XOR", async () => {
  const page = await open("served");
  await train(page);
  expect(await page.locator("#result-text").innerText()).toContain("4 of 4 rows right");
});

test("without WebGPU the page says what to do and learns on the CPU", async () => {
  const page = await open("served", { gpu: false });
  const advice = page.locator("#advice");
  expect(await advice.innerText()).toMatch(/Chrome.*Safari.*Firefox/);
  for (const backend of ["auto", "webgpu"]) {
    await choose(page, { "Run on": backend, ...form });
    await train(page);
    expect(await advice.innerText()).toMatch(/training goes on with the CPU/);
    expect(await page.locator("#device").innerText()).toMatch(/^Device: CPU/);
    expect(await page.locator("#result-text").innerText()).toContain("4 of 4 rows right");
  }
  const inNode = await trainedInNode("cpu");
  (await parametersIn(page)).forEach(({ name, values }, i) => {
    expectClose(values, inNode[i].values, { what: name, ...conditioning });
  });
  await choose(page, { "Run on": "cpu" });
  await advice.waitFor({ state: "hidden" }); // whoever asks for the CPU needs no advice
});

test.each(["webgpu", "wasm", "cpu"])("%s: pause holds the epochs, resume goes on, stop ends", async (backend) => {
  const page = await open("served");
  await choose(page, { "Run on": backend, ...form, Epochs: "1000000" });
  const epochs = () => page.evaluate(() => Number.parseInt(document.getElementById("epoch")!.innerText, 10));
  const past = (epoch: number) =>
    page.waitForFunction((least) => Number.parseInt(document.getElementById("epoch")!.innerText, 10) > least, epoch);
  await page.getByRole("button", { name: "Train" }).click();
  await past(0);
  await page.getByRole("button", { name: "Pause" }).click();
  await status(page).filter({ hasText: "Paused" }).waitFor();
  // True once the epoch in hand is over and the counter has stood still for 30 frames; a million epochs take longer.
  await page.evaluate(async () => {
    const text = () => document.getElementById("epoch")!.innerText;
    let seen = text();
    for (let still = 0; still < 30; still++) {
      await new Promise(requestAnimationFrame);
      if (text() !== seen) still = 0;
      seen = text();
    }
  });
  expect(await status(page).innerText()).toBe("Paused.");
  const held = await epochs();
  await page.getByRole("button", { name: "Resume" }).click();
  await past(held);
  await page.getByRole("button", { name: "Stop" }).click();
  await status(page)
    .filter({ hasText: /^Stopped after \d+ epochs/ })
    .waitFor();
  expect(await epochs()).toBeLessThan(1000000);
  expect(await page.evaluate(() => neuromotor!.history!.stopped)).toBe(true);
  expect(await page.getByRole("button", { name: "Train" }).isEnabled()).toBe(true);
});

const refused = [
  ["Hidden layers", "16, x", /Hidden layers: “16, x” isn’t a list/],
  ["Hidden layers", "0", /Hidden layers: “0” isn’t a list/],
  ["Learning rate", "0", /Learning rate: it can’t be “0”/],
  ["Learning rate", "0,05", /with a point for decimals/],
  ["Batch size", "2.5", /Batch size: it can’t be “2.5”. Write a whole number from 1 up/],
  ["Epochs", "", /Epochs: it is empty/],
] as const;

test("fields that can't be used are refused in words, and the form stays as it is", async () => {
  const page = await open("served");
  const alert = page.getByRole("alert");
  for (const [label, value, message] of refused) {
    const fields = { ...form, [label]: value };
    await choose(page, fields);
    await page.getByRole("button", { name: "Train" }).click();
    await alert.filter({ hasText: message }).waitFor();
    const field = page.getByLabel(label, { exact: true });
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    expect(await field.evaluate((element) => element === document.activeElement)).toBe(true);
    expect(await page.locator("[aria-invalid]").count()).toBe(1);
    for (const [other, expected] of Object.entries(fields)) {
      expect(await page.getByLabel(other, { exact: true }).inputValue()).toBe(expected);
    }
  }
  // Mended, it trains, and the message is gone.
  await choose(page, { ...form, Epochs: "5" });
  await train(page);
});

test("a training that diverges says so and what to do", async () => {
  const page = await open("served");
  await choose(page, { ...form, Optimizer: "sgd", "Learning rate": "1e38", Activation: "linear" });
  await page.getByRole("button", { name: "Train" }).click();
  await page.getByRole("alert").waitFor();
  expect(await page.getByRole("alert").innerText()).toMatch(/diverged in epoch \d+.*Lower the learning rate/s);
  await status(page)
    .filter({ hasText: /^Ended/ })
    .waitFor();
  await choose(page, form);
  await train(page);
});

test.each([
  ["iris", 30],
  ["digits", 359],
])("%s ends with the confusion matrix of its %i test rows", async (name, rows) => {
  const page = await open("served", { viewport: { width: 375, height: 700 } });
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  expect(await overflow()).toBe(0);
  await choose(page, { Data: name });
  await train(page);
  expect(await overflow()).toBe(0);
  const cells = await page.locator("#result-table td").allInnerTexts();
  expect(cells.reduce((sum, cell) => sum + Number(cell), 0)).toBe(rows);
  const correct = await page.locator("#result-table td.right").allInnerTexts();
  expect(correct.reduce((sum, cell) => sum + Number(cell), 0) / rows).toBeGreaterThan(0.9);
  const chart = await page.locator("#loss-curve canvas").evaluate((canvas: HTMLCanvasElement) => {
    const { data } = canvas.getContext("2d")!.getImageData(0, 0, canvas.width, canvas.height);
    return data.some((value) => value > 0);
  });
  expect(chart).toBe(true);
});
