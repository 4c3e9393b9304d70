// @module-tag slow
import { readFile } from "node:fs/promises";
import {
  activation,
  decodeModel,
  dense,
  dropout,
  encodeModel,
  lstm,
  reshape,
  sequential,
  sgd,
  softmaxCrossEntropy,
  Trainer,
} from "neuromotor";
import { iris } from "neuromotor/data";
import { openDevice } from "neuromotor/node";
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { cliJson } from "../cli/command-line.js";
import {
  choose,
  chooseData,
  lastPoint,
  parametersOf,
  press,
  rests,
  runProgram,
  trainTo,
  usePlayground,
} from "./playground.js";

const playground = usePlayground();

test("an address holds all settings, and the same training begins from it", async () => {
  const page = await playground.open();
  await chooseData(page, "Moons");
  await choose(page, { Points: "120", Noise: "0.2", Optimizer: "rmsprop", Momentum: "0.5", "Longest gradient": "2" });
  await choose(page, { "Learning rate over time": "stepDecay", "First weights": "heNormal", "Run on": "wasm" });
  await press(page, "Layer 1: one neuron more");
  await rests(page);
  await trainTo(page, 5);
  const [settings, hash] = await page.evaluate(() => [globalThis.playground.settings.value, location.hash] as const);
  expect(hash.length).toBeLessThan(2000);
  const other = await playground.open({ hash });
  expect(await other.evaluate(() => globalThis.playground.settings.value)).toEqual(settings);
  await trainTo(other, 5);
  expect(await parametersOf(other)).toEqual(await parametersOf(page));
});

test("an address that makes no sense gives the settings that are suggested", async () => {
  const page = await playground.open({ hash: "#data=iris&layers=0-tanh-0&optimizer=magic&batchSize=-3&rows=1e9" });
  const { data, layers, optimizer, batchSize } = await page.evaluate(() => globalThis.playground.settings.value);
  expect([data, optimizer, batchSize, layers.length]).toEqual(["iris", "adam", 16, 1]);
});

test("the program runs in Node and gives the page's numbers", async () => {
  const page = await playground.open();
  await chooseData(page, "Spirals");
  await trainTo(page, 4);
  await choose(page, { "Learning rate": "0.004" });
  await trainTo(page, 9);
  await page.locator("#further").scrollIntoViewIfNeeded();
  await press(page, "TypeScript");
  const source = await page.getByLabel("To copy").inputValue();
  expect(source).toContain("if (epoch === 4) control.learningRate = 0.004;");
  const { loss, accuracy } = await runProgram(source);
  const { heldOut } = await lastPoint(page);
  expect(accuracy).toBe(heldOut!.score);
  expect(loss).toBeCloseTo(heldOut!.loss, 5);
});

test("the command line gives the page's numbers", async () => {
  const page = await playground.open();
  await chooseData(page, "Iris");
  await trainTo(page, 20);
  await page.locator("#further").scrollIntoViewIfNeeded();
  await press(page, "Command line");
  const command = await page.getByLabel("To copy").inputValue();
  expect(command).toMatch(/^npx neuromotor train iris /);
  const { loss, accuracy } = await cliJson(...command.split(" ").slice(2));
  const { heldOut } = await lastPoint(page);
  expect(accuracy).toBe(heldOut!.score);
  expect(loss).toBeCloseTo(heldOut!.loss, 5);
});

test("the model is downloaded as files that the library reads", async () => {
  const page = await playground.open();
  await trainTo(page, 2);
  const files = await page.evaluate(async () => {
    const { json, safetensors } = await globalThis.playground.ask("files", undefined);
    return { json, safetensors: [...safetensors] };
  });
  const model = decodeModel({ json: files.json, safetensors: Uint8Array.from(files.safetensors) });
  const values = [...model.parameters().values()].map((parameter) => [...parameter.values]);
  expect(values).toEqual(await parametersOf(page));
  await page.locator("#further").scrollIntoViewIfNeeded();
  for (const [name, text] of [
    ["model.json", '"neuromotor-model"'],
    ["model.safetensors", '"dense.weight"'],
    ["report.html", "<!doctype html>"],
  ]) {
    const [download] = await Promise.all([page.waitForEvent("download"), press(page, name)]);
    expect(download.suggestedFilename()).toBe(name);
    expect(await readFile((await download.path())!, "utf8")).toContain(text);
  }
  await press(page, "Address");
  expect(await page.getByLabel("To copy").inputValue()).toBe(page.url());
  // The text that is shown to copy is of the training as it is.
  await press(page, "TypeScript");
  expect(await page.getByLabel("To copy").inputValue()).toContain("epochs: 2,");
  await trainTo(page, 3);
  const source = page.getByLabel("To copy");
  await expect.poll(() => source.inputValue()).toContain("epochs: 3,");
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await press(page, "Copy");
  await page.getByText("Copied.").waitFor();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(await source.inputValue());
});

/** The page's model as the files that it downloads. */
async function filesOf(page: Page) {
  const { json, safetensors } = await page.evaluate(async () => {
    const files = await globalThis.playground.ask("files", location.hash);
    return { json: files.json, safetensors: [...files.safetensors] };
  });
  return named(json, Uint8Array.from(safetensors));
}

/** A model's two files, as a field for files takes them. */
const named = (json: string, safetensors: Uint8Array) => [
  { name: "model.json", mimeType: "application/json", buffer: Buffer.from(json) },
  { name: "model.safetensors", mimeType: "application/octet-stream", buffer: Buffer.from(safetensors) },
];

const field = (page: Page) => page.locator("#share input[type=file]");

test("a model that was downloaded brings its settings back, goes on to the bit, and the run's report is a page", async () => {
  const page = await playground.open();
  await chooseData(page, "Iris");
  await choose(page, { Optimizer: "rmsprop", "Batch size": "8" });
  await trainTo(page, 3);
  await choose(page, { "Learning rate": "0.005" });
  await trainTo(page, 4);
  await press(page, "One step");
  await rests(page);
  const [middle, curve] = [await parametersOf(page), await page.evaluate(() => globalThis.playground.curve.value)];
  const files = await filesOf(page);
  await trainTo(page, 7);
  const end = await parametersOf(page);
  const report = await page.evaluate(() => globalThis.playground.ask("report", "en"));
  expect(report).toMatch(/^<!doctype html>/);
  expect(report).toMatch(/of 45 rows are right/);

  const other = await playground.open({ hash: "#data=moons" });
  await other.locator("#further").scrollIntoViewIfNeeded();
  await field(other).setInputFiles(files.slice(0, 1));
  await other.getByText("Choose both files together").waitFor();
  await field(other).setInputFiles(files);
  await other.waitForFunction(() => globalThis.playground.info.value?.classNames.length === 3);
  await rests(other);
  const settings = (of: Page) => of.evaluate(() => globalThis.playground.settings.value);
  expect(await settings(other)).toEqual(await settings(page));
  expect(await parametersOf(other)).toEqual(middle);
  expect(await other.evaluate(() => globalThis.playground.curve.value)).toEqual(curve);
  const { step, firstStep } = await other.evaluate(() => ({
    step: globalThis.playground.frame.value!.step,
    firstStep: globalThis.playground.info.value!.firstStep,
  }));
  expect([step, firstStep]).toEqual([4 * 14 + 1, 4 * 14 + 1]);
  expect(await other.getByRole("button", { name: "One step back" }).isDisabled()).toBe(true);
  await trainTo(other, 7);
  expect(await parametersOf(other)).toEqual(end);
  // The way back ends where the model came from.
  await other.evaluate(() => globalThis.playground.seek(0));
  await rests(other);
  expect(await parametersOf(other)).toEqual(middle);
  await other.locator("#further").scrollIntoViewIfNeeded();
  await press(other, "TypeScript");
  const source = await other.getByLabel("To copy").inputValue();
  expect(source).toContain("if (epoch === 3) control.learningRate = 0.005;");
});

test("a model of another program is dropped on the page: its layers are shown, and it is trained on", async () => {
  const device = await openDevice({ backend: "wasm" });
  const model = sequential({ input: [4], seed: 3 }, [
    dense(10, { name: "first" }),
    activation("relu"),
    dropout(0.1),
    dense(5, { activation: "tanh", initializer: "heNormal" }),
    dense(3, { name: "answer" }),
  ]);
  const options = { device, loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0.03, momentum: 0.8 }) };
  using trainer = new Trainer(model, options);
  await trainer.fit(await iris(), { epochs: 2 });
  const { training } = await trainer.snapshot();
  const { json, safetensors } = encodeModel(model, training);
  const page = await playground.open();
  const drop = (files: readonly (readonly [name: string, bytes: readonly number[]])[]) =>
    page.evaluate((given) => {
      const dataTransfer = new DataTransfer();
      for (const [name, bytes] of given) dataTransfer.items.add(new File([Uint8Array.from(bytes)], name));
      document.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    }, files);
  const files = [
    ["flowers.json", [...Buffer.from(json)]],
    ["flowers.safetensors", [...safetensors]],
  ] as const;
  await drop(files);
  await page.getByRole("alert").filter({ hasText: "these data need one that takes 2 and gives 1" }).waitFor();
  await chooseData(page, "Iris");
  await drop(files);
  await page.waitForFunction(() => globalThis.playground.info.value?.isOfOtherWeights);
  await rests(page);
  const { layers, optimizer, learningRate, numbers } = await page.evaluate(() => globalThis.playground.settings.value);
  expect(layers).toEqual([
    { units: 10, activation: "relu", dropout: 0.1 },
    { units: 5, activation: "tanh" },
  ]);
  expect([optimizer, learningRate, numbers]).toEqual(["sgd", 0.03, { momentum: 0.8 }]);
  const values = [...model.parameters().values()].map((parameter) => [...parameter.values]);
  expect(await parametersOf(page)).toEqual(values);
  await trainTo(page, 3);
  expect(await parametersOf(page)).not.toEqual(values);
  expect((await lastPoint(page)).loss).toBeGreaterThan(0);
  await page.locator("#further").scrollIntoViewIfNeeded();
  await press(page, "TypeScript");
  const source = (await page.getByLabel("To copy").inputValue()).replace(
    'loadModel("model.json")',
    "decodeModel(globalThis.files)",
  );
  Object.assign(globalThis, { files: { json, safetensors } });
  const { heldOut } = await lastPoint(page);
  const { loss } = await runProgram(`import { decodeModel } from "neuromotor";\n${source}`);
  expect(loss).toBeCloseTo(heldOut!.loss, 5);
  expect(await page.getByRole("button", { name: "Command line" }).count()).toBe(0);
  // Of a layer that the page hasn't, it says so, and stays as it is.
  const long = encodeModel(sequential({ input: [4] }, [reshape([4, 1]), lstm(3), dense(3)]));
  await drop([
    ["other.json", [...Buffer.from(long.json)]],
    ["other.safetensors", [...long.safetensors]],
  ]);
  await page.getByRole("alert").filter({ hasText: "It has a layer lstm" }).waitFor();
  await trainTo(page, 4);
  device.dispose();
});
