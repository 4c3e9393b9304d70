// @module-tag slow
import { expect, test } from "vitest";
import { choose, chooseData, lastPoint, press, rests, trainTo, usePlayground } from "./playground.js";

/* The network and the settings of its training, as they are changed on the page. */

const playground = usePlayground();

test("layers are added, widened and removed, and parameters counted", async () => {
  const page = await playground.open();
  const parameters = () => page.evaluate(() => globalThis.playground.info.value!.parameters);
  expect(await parameters()).toBe(2 * 16 + 16 + 16 * 16 + 16 + 16 + 1);
  await press(page, "Layer 1: one neuron more");
  await rests(page);
  expect(await parameters()).toBe(2 * 17 + 17 + 17 * 16 + 16 + 16 + 1);
  await press(page, "Layer 2: one neuron less");
  await rests(page);
  await press(page, "Remove layer 1");
  await rests(page);
  expect(await parameters()).toBe(2 * 15 + 15 + 15 + 1);
  await press(page, "+ Add a layer");
  await rests(page);
  const second = page.getByRole("group", { name: "Layer 2" });
  await second.getByLabel("Neurons").fill("3");
  await second.getByLabel("Neurons").press("Enter");
  await rests(page);
  await second.getByLabel("Activation").selectOption("relu");
  await rests(page);
  await second.getByLabel("Dropout").fill("0.2");
  await second.getByLabel("Dropout").press("Enter");
  await rests(page);
  expect(await page.evaluate(() => globalThis.playground.settings.value.layers)).toEqual([
    { units: 15, activation: "tanh" },
    { units: 3, activation: "relu", dropout: 0.2 },
  ]);
  await trainTo(page, 2);
  expect((await lastPoint(page)).loss).toBeGreaterThan(0);
});

test("layers of all kinds are put in and taken out on the picture itself", async () => {
  const page = await playground.open({ hash: "#data=spirals&layers=15-tanh-0_3-relu-0.2" });
  const insert = async (column: number, kind: string) => {
    await press(page, `A new layer after column ${column} of the picture`);
    await press(page, kind);
    await rests(page);
  };
  await insert(2, "fully connected");
  await page.waitForFunction(() => globalThis.playground.info.value!.layers.length === 4);
  await press(page, "Layer 3: take it out");
  await page.waitForFunction(() => globalThis.playground.info.value!.layers.length === 3);
  await press(page, "Layer 1: take it out");
  await page.waitForFunction(() => globalThis.playground.info.value!.layers.length === 2);
  const layers = () => page.evaluate(() => globalThis.playground.settings.value.layers);
  expect(await layers()).toEqual([{ units: 15, activation: "tanh" }]);
  // Dropout and norms have no neurons: they are bars between columns, put in and taken out there, too.
  await insert(2, "Dropout");
  await insert(2, "layer norm");
  expect(await layers()).toEqual([
    { units: 15, activation: "tanh", dropout: 0.2 },
    { kind: "layerNorm", units: 2, activation: "linear" },
  ]);
  expect(await page.locator(".mark").allInnerTexts()).toEqual(["Dropout 0.2", "layer norm"]);
  await trainTo(page, 1);
  await press(page, "Layer 1: no dropout");
  await press(page, "Layer 2: take it out");
  await rests(page);
  expect(await layers()).toEqual([{ units: 15, activation: "tanh", dropout: 0 }]);
  // A list that isn't used closes with a key.
  await press(page, "A new layer after column 1 of the picture");
  await page.keyboard.press("Escape");
  expect(await page.locator(".insert li").count()).toBe(0);
  await chooseData(page, "Digits");
  await insert(1, "convolution");
  await insert(2, "pool (largest)");
  expect(await page.locator(".mark").allInnerTexts()).toEqual(["pool (largest) 2"]);
  expect((await layers()).map(({ kind }) => kind ?? "dense")).toEqual(["conv2d", "maxPool2d", "dense"]);
  await trainTo(page, 1);
  await press(page, "Layer 2: take it out");
  await rests(page);
  expect((await layers()).map(({ kind }) => kind ?? "dense")).toEqual(["conv2d", "dense"]);
});

test("every optimizer and setting trains, and earlier trainings are compared by what differs", async () => {
  const page = await playground.open();
  await chooseData(page, "Iris");
  const optimizers = ["sgd", "rmsprop", "adagrad", "adadelta", "adam", "adamw", "adamax", "nadam", "lion"];
  const losses = new Set<number>();
  for (const optimizer of optimizers) {
    await choose(page, { Optimizer: optimizer });
    await trainTo(page, 2);
    losses.add((await lastPoint(page)).loss);
  }
  expect(losses.size).toBe(optimizers.length);
  expect(await page.locator(".earlier li").last().innerText()).toBe("optimizer: NAdam (now Lion)");
  await choose(page, { Optimizer: "sgd", Momentum: "0.9", "Weight decay": "0.001", "Longest gradient": "1" });
  await choose(page, { "Learning rate over time": "stepDecay", "First weights": "heNormal", "Batch size": "8" });
  await trainTo(page, 2);
  losses.add((await lastPoint(page)).loss);
  expect(losses.size).toBe(optimizers.length + 1);
  const { numbers, clipNorm, schedule } = await page.evaluate(() => globalThis.playground.settings.value);
  expect({ numbers, clipNorm, schedule }).toEqual({
    numbers: { momentum: 0.9, weightDecay: 0.001 },
    clipNorm: 1,
    schedule: "stepDecay",
  });
});
