// @module-tag slow
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { adam, type BackendName, dense, sequential, sigmoidCrossEntropy, Trainer } from "neuromotor";
import { Standardiser, xor } from "neuromotor/data";
import { openDevice } from "neuromotor/node";
import { expect, test } from "vitest";
import { expectClose } from "../tolerance.js";
import { choose, chooseData, lastPoint, parametersOf, press, rests, trainTo, usePlayground } from "./playground.js";
import { violations } from "./views.js";

const playground = usePlayground();

/** For what a busy machine is slow with. */
const PATIENCE = { timeout: 60_000 };

const XOR = { "Batch size": "3", Seed: "7" };
/** Two steps an epoch, the second of them with a single row. */
const EPOCHS = 300;

/** The training of the page, with the library in Node. */
async function trainedInNode(backend: BackendName): Promise<Float32Array[]> {
  const device = await openDevice({ backend });
  try {
    const data = await xor();
    const model = sequential({ input: [2], seed: 7 }, [dense(6, { activation: "tanh" }), dense(1)]);
    const [loss, optimizer] = [sigmoidCrossEntropy(), adam({ learningRate: 0.05 })];
    using trainer = new Trainer(model, { device, loss, optimizer });
    await trainer.fit(Standardiser.fit(data).apply(data), { epochs: EPOCHS, batchSize: 3, seed: 7 });
    return [...model.parameters().values()].map(({ values }) => values);
  } finally {
    device.dispose();
  }
}

// A trained parameter is the sum of its first value and an update per step; these functions are on an update's way.
const conditioning = {
  terms: 1 + EPOCHS * 2,
  functions: ["hyperbolic", "exponential", "root", "division"],
} as const;

test.each(["wasm", "webgpu", "cpu"] as const)(
  "%s: XOR is learned to 100 %, with the numbers of Node",
  async (backend) => {
    const page = await playground.open();
    await chooseData(page, "XOR");
    await choose(page, { ...XOR, "Run on": backend });
    await trainTo(page, EPOCHS);
    expect(await page.locator("#epoch").innerText()).toBe(String(EPOCHS));
    expect(await page.locator("#score-train").innerText()).toBe("100%");
    const inPage = await parametersOf(page);
    for (const other of new Set([backend, "cpu"] as const)) {
      const inNode = await trainedInNode(other);
      expect(inPage).toHaveLength(inNode.length);
      for (const [i, values] of inNode.entries()) {
        expectClose(inPage[i], values, { what: `parameter ${i}, Node on ${other}`, ...conditioning });
      }
    }
  },
);

test("without WebGPU the page says so and learns on the CPU: spirals without noise to 97 % held out", async () => {
  const page = await playground.open({ gpu: false });
  expect(await page.locator("#device").innerText()).toBe("Device: CPU (WebAssembly)");
  expect(await page.locator(".advice").innerText()).toMatch(/Chrome.*Safari.*Firefox/);
  await choose(page, { Noise: "0" });
  await trainTo(page, 300);
  expect((await lastPoint(page)).heldOut!.score).toBeGreaterThanOrEqual(0.97);
  const shown = await page.locator("#score-held-out").innerText();
  expect(Number.parseFloat(shown)).toBeGreaterThanOrEqual(97);
});

test.each([
  ["Iris", 45, "auto"],
  ["Wine", 53, "auto"],
  ["Tumours", 171, "auto", "breastCancer"],
  ["Digits", 539, "wasm"],
  ["Digits", 539, "webgpu"],
])("%s is learned on %i rows held out, on %s", async (name, rows, backend, data?: string) => {
  const page = await playground.open();
  await chooseData(page, name, data);
  await choose(page, { "Run on": backend });
  await trainTo(page, 30);
  const { info, heldOut } = await page.evaluate(() => {
    const { info, curve } = globalThis.playground;
    return { info: info.value!, heldOut: curve.value.at(-1)!.heldOut! };
  });
  expect(info.heldOutRows).toBe(rows);
  expect(heldOut.score).toBeGreaterThanOrEqual(name === "Digits" ? 0.95 : 0.93);
});

test("a step is one step, an epoch ends where it ends, and the way back leads to the same bits", async () => {
  const page = await playground.open();
  const step = () => page.evaluate(() => globalThis.playground.frame.value!.step);
  const perEpoch = await page.evaluate(() => globalThis.playground.info.value!.stepsPerEpoch);
  await press(page, "One step");
  await rests(page);
  expect(await step()).toBe(1);
  await press(page, "One epoch");
  await rests(page);
  expect(await step()).toBe(perEpoch);

  await trainTo(page, 20);
  const end = await parametersOf(page);
  const curve = await page.evaluate(() => globalThis.playground.curve.value);
  await page.evaluate((to) => globalThis.playground.seek(to), 20 * perEpoch - 50);
  await rests(page);
  expect(await step()).toBe(20 * perEpoch - 50);
  expect(await parametersOf(page)).not.toEqual(end);
  await press(page, "One step back");
  await rests(page);
  expect(await step()).toBe(20 * perEpoch - 51);
  await page.evaluate((to) => globalThis.playground.seek(to), 20 * perEpoch);
  await rests(page);
  expect(await parametersOf(page)).toEqual(end);
  expect(await page.evaluate(() => globalThis.playground.curve.value)).toEqual(curve);
});

test("a rate changed on the way holds from the next epoch on, and again after the way back", async () => {
  const page = await playground.open();
  const perEpoch = await page.evaluate(() => globalThis.playground.info.value!.stepsPerEpoch);
  await trainTo(page, 5);
  await press(page, "One step");
  await rests(page);
  await choose(page, { "Learning rate": "0.003" });
  await trainTo(page, 10);
  const end = await parametersOf(page);
  await page.evaluate((to) => globalThis.playground.seek(to), 2 * perEpoch + 3);
  await rests(page);
  await page.evaluate((to) => globalThis.playground.seek(to), 10 * perEpoch);
  await rests(page);
  expect(await parametersOf(page)).toEqual(end);
  // Without the change it would be elsewhere.
  await press(page, "Start again");
  await choose(page, { "Learning rate": "0.01" });
  await trainTo(page, 10);
  expect(await parametersOf(page)).not.toEqual(end);
});

test("a rate changed while it trains holds from the next epoch on, and the training's past knows of it", async () => {
  const page = await playground.open();
  await press(page, "Train");
  await page.waitForFunction(() => globalThis.playground.frame.value!.epoch > 2);
  const field = page.getByLabel("Learning rate", { exact: true });
  await field.fill("0.002");
  await field.press("Tab");
  await page.waitForFunction(() => globalThis.playground.frame.value!.rates.length === 2);
  const at = await page.evaluate(() => globalThis.playground.frame.value!.rates[1].epoch);
  await page.waitForFunction((epoch) => globalThis.playground.frame.value!.epoch > epoch + 1, at);
  expect(await page.evaluate(() => globalThis.playground.status.value)).toBe("training");
  await press(page, "Pause");
  await rests(page);
  const end = await page.evaluate(() => globalThis.playground.frame.value!.step);
  const parameters = await parametersOf(page);
  for (const step of [1, end]) {
    await page.evaluate((to) => globalThis.playground.seek(to), step);
    await rests(page);
  }
  expect(await parametersOf(page)).toEqual(parameters);
  // Without the change it would be elsewhere.
  await page.getByLabel("Learning rate", { exact: true }).fill("0.01");
  await press(page, "Start again");
  await rests(page);
  await page.evaluate((to) => globalThis.playground.seek(to), end);
  await rests(page);
  expect(await parametersOf(page)).not.toEqual(parameters);
});

test("training goes on until it is paused, and is faster without a speed", async () => {
  const page = await playground.open();
  await press(page, "Train");
  await page.waitForFunction(() => globalThis.playground.frame.value!.step > 40);
  await press(page, "Pause");
  await rests(page);
  const held = await page.evaluate(() => globalThis.playground.frame.value!.step);
  await page.waitForTimeout(300);
  expect(await page.evaluate(() => globalThis.playground.frame.value!.step)).toBe(held);
  await choose(page, { Speed: "3" });
  await press(page, "Train");
  await page.waitForFunction((from) => globalThis.playground.frame.value!.step > from, held);
  await press(page, "Pause");
  await rests(page);
});

test("fields that can't be used are refused in words", async () => {
  const page = await playground.open();
  const before = await page.evaluate(() => globalThis.playground.settings.value);
  for (const [label, value, message] of [
    ["Batch size", "2.5", "Write a whole number from 1 to 4096."],
    ["Learning rate", "fast", "Write a number from 0 to 1000000."],
    ["Held out", "", "Write a number from 0 to 0.9."],
  ]) {
    const field = page.getByLabel(label, { exact: true });
    await field.fill(value);
    await field.press("Tab");
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    expect(await page.getByRole("alert").filter({ hasText: message }).count()).toBe(1);
    await field.fill(label === "Batch size" ? "16" : label === "Held out" ? "0,3" : "0.01");
    await field.press("Tab");
    expect(await field.getAttribute("aria-invalid")).toBe("false");
  }
  expect(await page.evaluate(() => globalThis.playground.settings.value)).toEqual(before);
});

test("a training that diverges says so and what to do, and the next one works", async () => {
  const page = await playground.open();
  await page.evaluate(() => {
    const { layers } = globalThis.playground.settings.value;
    globalThis.playground.change({ layers: layers.map((layer) => ({ ...layer, activation: "linear" as const })) });
  });
  await rests(page);
  await choose(page, { Optimizer: "sgd", "Learning rate": "1000000" });
  await press(page, "Train");
  await page
    .getByRole("alert")
    .filter({ hasText: /diverged.*Lower the learning rate/s })
    .waitFor();
  await page.getByLabel("Learning rate", { exact: true }).fill("0.1");
  await press(page, "Start again");
  await rests(page);
  expect(await page.getByRole("alert").filter({ hasText: "diverged" }).isVisible()).toBe(false);
  await trainTo(page, 2);
});

/** Addresses of views, and what is there once they are. */
const FURTHER_VIEWS = [
  ["#lesson=neuron", "#lesson tbody"],
  ["#data=digits", "#draw-digit"],
  ["#data=own", ".file"],
] as const;

test.each([360, 768, 1280])("%i px wide, the page has no violation of axe's rules and fits", async (width) => {
  for (const colorScheme of ["light", "dark"] as const) {
    const locale = colorScheme === "light" ? "en-US" : "es-ES";
    const page = await playground.open({ viewport: { width, height: 740 }, colorScheme, locale, bypassCSP: true });
    expect(await page.evaluate(() => document.documentElement.lang)).toBe(locale.slice(0, 2));
    await trainTo(page, 3);
    await page.locator("#further").scrollIntoViewIfNeeded();
    await page.locator(".histograms li").first().waitFor();
    await page.evaluate(() => scrollTo(0, 0));
    expect(await violations(page)).toEqual([]);
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    expect(await page.locator("button.primary").isVisible()).toBe(true);
    const box = (await page.locator("button.primary").boundingBox())!;
    expect(box.y + box.height).toBeLessThanOrEqual(740);
    // A lesson, with points to draw; a digit to draw; a table to bring: narrow and dark, wide and light.
    const isNarrow = width === 360;
    const further = width === 768 || isNarrow !== (colorScheme === "dark") ? [] : FURTHER_VIEWS;
    for (const [hash, shown] of further) {
      await page.evaluate((each) => {
        location.hash = each;
      }, hash);
      await page.locator(shown).first().waitFor();
      await rests(page);
      expect(await violations(page), hash).toEqual([]);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBe(0);
    }
    await page.context().close();
  }
});

/** Chunks of the WASM engine: the module, and the backend that runs it. */
const ENGINE = /^(assembly|backend)-/;

test("the first load is at most 120 kB, compressed, before data and the WASM engine; charts come with the first epoch", async () => {
  const fetched = new Set<string>();
  const page = await playground.open({}, (each) =>
    each.on("response", (response) => fetched.add(new URL(response.url()).pathname)),
  );
  const kilobytes = async () => {
    const files = await readdir(join(playground.folder, "assets"));
    const taken = files.filter((file) => [...fetched].some((path) => path.endsWith(file)) && !ENGINE.test(file));
    const sizes = taken.map(async (file) => gzipSync(await readFile(join(playground.folder, "assets", file))).length);
    return { taken, sum: (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0) / 1000 };
  };
  const first = await kilobytes();
  expect(first.taken.some((file) => file.startsWith("worker"))).toBe(true);
  expect(first.taken.some((file) => file.startsWith("plot"))).toBe(false);
  expect(first.sum).toBeLessThanOrEqual(120);
  expect(first.sum).toBeGreaterThan(50);
  await trainTo(page, 2);
  await page.locator(".plot canvas").first().waitFor();
  const then = await kilobytes();
  expect(then.sum, then.taken.join()).toBeLessThanOrEqual(134);
});

test("the confusion matrix counts the rows held out, and shows those of a cell", async () => {
  const page = await playground.open();
  await chooseData(page, "Digits");
  await trainTo(page, 5);
  const total = async () =>
    (await page.locator(".confusion td").allInnerTexts()).reduce((sum, cell) => sum + Number(cell), 0);
  await page.locator("#further").scrollIntoViewIfNeeded();
  await expect.poll(total, PATIENCE).toBe(539);
  await page.locator(".confusion .wrong").first().click();
  const said = await page.locator(".images small").first().innerText();
  expect(said).toMatch(/^Taken for (\d) \([\d.]+%\); it is (?!\1)\d\.$/);
});

test("dead neurons and exploding gradients are said in words", async () => {
  const page = await playground.open();
  const words = page.locator(".words li");
  await page.locator("#further").scrollIntoViewIfNeeded();
  await expect.poll(() => words.allInnerTexts(), PATIENCE).toEqual([expect.stringContaining("Nothing is wrong")]);
  await choose(page, { "First weights": "zeros" });
  await expect.poll(() => words.first().innerText(), PATIENCE).toMatch(/^Layer 1: 16 of 16 neurons put out the same/);
  await page.evaluate(() => {
    location.hash = "#data=diabetes&optimizer=sgd&learningRate=5&layers=8-linear-0";
  });
  await page.waitForFunction(() => globalThis.playground.settings.value.data === "diabetes");
  await rests(page);
  await page.evaluate(() => globalThis.playground.seek(3));
  await expect
    .poll(() => words.first().innerText(), PATIENCE)
    .toBe("Layer 1: gradients are huge. Lower the learning rate, or cut gradients.");
});
