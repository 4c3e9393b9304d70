// @module-tag slow
import { decodeModel } from "neuromotor";
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
  const [download] = await Promise.all([page.waitForEvent("download"), press(page, "model.safetensors")]);
  expect(download.suggestedFilename()).toBe("model.safetensors");
});

test("a model that was downloaded is brought back, and the run's report is a page", async () => {
  const page = await playground.open();
  await chooseData(page, "Iris");
  await trainTo(page, 5);
  const [end, { json, safetensors }] = [
    await parametersOf(page),
    await page.evaluate(async () => {
      const files = await globalThis.playground.ask("files", undefined);
      return { json: files.json, safetensors: [...files.safetensors] };
    }),
  ];
  const report = await page.evaluate(() => globalThis.playground.ask("report", "en"));
  expect(report).toMatch(/^<!doctype html>/);
  expect(report).toMatch(/of 45 rows are right/);
  await press(page, "Start again");
  await rests(page);
  expect(await parametersOf(page)).not.toEqual(end);
  await page.locator("#further").scrollIntoViewIfNeeded();
  const files = page.locator("#share input[type=file]");
  const jsonFile = { name: "model.json", mimeType: "application/json", buffer: Buffer.from(json) };
  const weights = { name: "model.safetensors", mimeType: "application/octet-stream", buffer: Buffer.from(safetensors) };
  await files.setInputFiles([jsonFile]);
  await page.getByText("Choose both files together").waitFor();
  await files.setInputFiles([jsonFile, weights]);
  await page.waitForFunction(() => globalThis.playground.status.value === "opening");
  await rests(page);
  expect(await parametersOf(page)).toEqual(end);
  // Another network's weights don't fit.
  await press(page, "Layer 1: one neuron more");
  await rests(page);
  await files.setInputFiles([jsonFile, weights]);
  await page
    .getByRole("alert")
    .filter({ hasText: /dense\.weight/ })
    .waitFor();
});
