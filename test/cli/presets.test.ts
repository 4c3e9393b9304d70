import { describe, expect, test } from "vitest";
import { describePresets, settingsFor, settingsFrom } from "../../src/cli/settings/resolve.js";
import { FormatError } from "../../src/index.js";
import { cli } from "./command-line.js";

const digits = { sample: "digits", rows: 1797 };
const iris = { sample: "iris", rows: 150 };
const file = { sample: undefined, rows: 1000 };

test("nothing asked for: the preset of the data set, whole", () => {
  expect(settingsFor(digits, {})).toMatchObject({
    layers: [32],
    learningRate: 0.01,
    weightDecay: 1e-4,
    schedule: "cosineAnnealing",
    validation: 0.1,
    test: 0.2,
    earlyStopping: 0,
    scale: "none",
  });
  expect(settingsFor(iris, {})).toMatchObject({ weightDecay: 0.02, earlyStopping: 20, epochs: 200, scale: "standard" });
  expect(settingsFor(file, {})).toMatchObject({ layers: [32], weightDecay: 1e-3, earlyStopping: 15 });
});

describe("a recipe of the command line's own has nothing of the preset's", () => {
  test.each([
    { optimizer: "sgd", learningRate: 1 },
    { layers: [32, 16] },
    { activation: "tanh" as const },
    { dropout: 0.2 },
    { loss: "hinge" },
    { gamma: 2 },
    { learningRate: 0.1 },
    { maxNorm: 3 },
    { clipNorm: 1 },
    { schedule: "stepDecay" },
    { initializer: "heUniform" },
  ])("%j", (asked) => {
    const settings = settingsFor(digits, asked);
    expect(settings.weightDecay).toBeUndefined(); // the optimizer's own
    expect(settings).toMatchObject({ schedule: "constant", ...asked, epochs: 30, batchSize: 32 });
  });

  test("L2 that was asked for alone is no reason for a schedule", () => {
    expect(settingsFor(digits, { weightDecay: 0.1 })).toMatchObject({ weightDecay: 0.1, schedule: "constant" });
  });
});

test("what changes no recipe leaves it as it is", () => {
  const preset = settingsFor(digits, {});
  const asked = { epochs: 5, batchSize: 64, validation: 0, test: 0.5 };
  expect(settingsFor(digits, asked)).toEqual({ ...preset, ...asked });
});

test("a number of epochs is trained whole, unless early stopping was asked for", () => {
  expect(settingsFor(iris, { epochs: 50 })).toMatchObject({ epochs: 50, earlyStopping: 0, weightDecay: 0.02 });
  expect(settingsFor(iris, { epochs: 50, earlyStopping: 7 })).toMatchObject({ epochs: 50, earlyStopping: 7 });
  expect(settingsFor(iris, { layers: [4] })).toMatchObject({ epochs: 200, earlyStopping: 20 });
});

test("--preset none takes the defaults of the settings", () => {
  const settings = settingsFor(iris, { preset: "none" });
  expect(settings).toMatchObject({ layers: [32], optimizer: "adam", epochs: 100, validation: 0, earlyStopping: 0 });
  expect([settings.learningRate, settings.weightDecay, settings.loss]).toEqual([undefined, undefined, undefined]);
  expect(settingsFor(digits, { preset: "none" }).scale).toBe("none"); // pixels stay pixels
  expect(settingsFor(file, { preset: "iris" })).toMatchObject({ layers: [16, 8], weightDecay: 0.02 });
});

test("an optimizer has a rate that suits it", () => {
  expect(settingsFor(iris, { optimizer: "sgd" }).learningRate).toBe(0.05);
  expect(settingsFor(iris, { optimizer: "sgd", learningRate: 1 }).learningRate).toBe(1);
  expect(settingsFor(iris, { optimizer: "nadam" }).learningRate).toBe(0.01);
  expect(settingsFor(iris, { optimizer: "sgd", preset: "none" }).learningRate).toBeUndefined();
});

test("few rows are all trained on, unless parts were asked for", () => {
  expect(settingsFor({ sample: undefined, rows: 12 }, {})).toMatchObject({ test: 0, validation: 0, earlyStopping: 0 });
  expect(settingsFor({ sample: undefined, rows: 12 }, { test: 0.5 })).toMatchObject({ test: 0.5, validation: 0 });
});

test("nothing but settings of the model is kept", () => {
  expect(settingsFor(iris, { backend: "cpu", target: "x" } as never)).toEqual(settingsFor(iris, {}));
});

test("help tells the presets as options, and of --preset none", async () => {
  const { stdout } = await cli("train", "--help");
  expect(stdout).toContain(describePresets());
  expect(describePresets()).toMatch(
    /^ {2}iris +--layers 16,8 --activation relu --lr 0\.01 --epochs 200 .* --early-stopping 20$/m,
  );
  expect(stdout).toMatch(/--preset <name> .*none/);
});

describe("settings of saved models", () => {
  // As 0.1.0 saved them.
  const before = {
    dropout: 0,
    optimizer: "adam",
    momentum: 0,
    schedule: "cosine",
    test: 0.2,
    standardise: false,
    layers: [32, 16],
    activation: "relu",
    l2: 0.0001,
    learningRate: 0.01,
    epochs: 30,
    batchSize: 32,
    validation: 0.1,
    patience: 0,
    loss: "categoricalFocal",
    lossOptions: { gamma: 3 },
  };

  test("of the first release have their present names", () => {
    expect(settingsFrom(before, "model")).toMatchObject({
      layers: [32, 16],
      weightDecay: 1e-4,
      schedule: "cosineAnnealing",
      scale: "none",
      earlyStopping: 0,
      gamma: 3,
      learningRate: 0.01,
    });
    expect(settingsFrom({ ...before, standardise: true, patience: 7 }, "model")).toMatchObject({
      scale: "standard",
      earlyStopping: 7,
    });
  });

  test("are what they were", () => {
    const settings = settingsFor(digits, { dropout: 0.1, earlyStopping: 3, maxNorm: 2 });
    expect(settingsFrom(JSON.parse(JSON.stringify(settings)), "model")).toEqual(settings);
  });

  test.each([
    ["schedule", "waves"],
    ["layers", "many"],
    ["epochs", -1],
    ["optimizer", null],
    ["learningRate", {}],
  ])("%s %j is refused", (name, value) => {
    const damaged = () => settingsFrom({ ...before, [name]: value }, "model");
    expect(damaged).toThrow(FormatError);
    expect(damaged).toThrow(new RegExp(`model.json has the setting ${name} .* must be`));
  });
});
