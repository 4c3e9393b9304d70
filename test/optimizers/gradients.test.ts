import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import {
  adam,
  clipByGlobalNorm,
  clipByValue,
  dense,
  type GradientRule,
  gru,
  l1Penalty,
  l2Penalty,
  lstm,
  maxNorm,
  meanSquaredError,
  multiHeadAttention,
  type Optimizer,
  sequential,
  sgd,
  Trainer,
} from "../../src/index.js";
import { loadModel, saveModel } from "../../src/node.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { regression, useFolder } from "../fixtures.js";
import { expectClose } from "../tolerance.js";

const device = useDevices({ guards: true });
const folder = useFolder().path();
const { rows: ROWS, data, network } = regression;
const RATE = 0.125;

/** Parameters before, and what one step of plain descent subtracts from them for each unit of rate. */
async function step(backend: (typeof BACKENDS)[number], gradients: GradientRule[]) {
  const model = network();
  const isBias = ([name]: [string, unknown]) => !name.endsWith("weight");
  // Biases begin at 0, of which a penalty would take nothing.
  const biases = [...model.parameters()].filter(isBias);
  model.setParameters(
    new Map(biases.map(([name, { values }]) => [name, { values: values.map((_, i) => (i + 1) / 4) }])),
  );
  const start = new Map([...model.parameters()].map(([name, { values }]) => [name, values.slice()]));
  const setup = { loss: meanSquaredError(), optimizer: sgd({ learningRate: RATE }), gradients };
  using trainer = new Trainer(model, { device: device(backend), ...setup });
  await trainer.fit(data, { epochs: 1, batchSize: ROWS });
  const slopes = [...model.parameters()].map(([name, { values }]) => {
    const before = start.get(name)!;
    return [name, values.map((value, i) => (before[i] - value) / RATE)] as const;
  });
  return { start, slopes: new Map(slopes) };
}

// A slope is the difference of two parameters below 8, over the rate.
const conditioning = { terms: 4 * ROWS, summed: 8 / RATE };

describe.each(BACKENDS)("gradients on %s", (backend) => {
  test.each([
    ["l1Penalty", l1Penalty(0.5), (w: number) => 0.5 * Math.sign(w)],
    ["l2Penalty", l2Penalty(0.25), (w: number) => 0.25 * w],
  ] as const)("%s adds its slope to weights, and nothing to biases", async (_, rule, slope) => {
    const [plain, ruled] = [await step(backend, []), await step(backend, [rule])];
    for (const [name, values] of ruled.slopes) {
      const start = plain.start.get(name)!;
      const expected = plain.slopes
        .get(name)!
        .map((value, i) => value + (name.endsWith("weight") ? slope(start[i]) : 0));
      expectClose(values, expected, { ...conditioning, what: name });
    }
  });

  test("clipByValue clamps every element", async () => {
    const [plain, clipped] = [await step(backend, []), await step(backend, [clipByValue(0.5)])];
    const all = [...plain.slopes.values()].flatMap((values) => [...values]);
    expect(all.some((value) => Math.abs(value) > 0.6) && all.some((value) => Math.abs(value) < 0.4)).toBe(true);
    for (const [name, values] of clipped.slopes) {
      const expected = plain.slopes.get(name)!.map((value) => Math.min(Math.max(value, -0.5), 0.5));
      expectClose(values, expected, { ...conditioning, what: name });
    }
  });

  test("rules are applied in their order", async () => {
    const { start, slopes } = await step(backend, [clipByValue(1e-3), l2Penalty(1)]);
    for (const [name, values] of slopes) {
      const weights = start.get(name)!;
      const least = name.endsWith("weight") ? weights : weights.map(() => 0);
      values.forEach((value, i) => {
        expect(Math.abs(value - least[i]), name).toBeLessThan(1.1e-3);
      });
    }
  });

  test("a saved training goes on with them, to the bit", async () => {
    const gradients = [l1Penalty(1e-3), l2Penalty(1e-2), clipByGlobalNorm(0.5), clipByValue(0.1)];
    const setup = {
      device: device(backend),
      loss: meanSquaredError(),
      optimizer: adam({ learningRate: 0.01 }),
      gradients,
    };
    const [whole, part] = [network(), network()];
    using uninterrupted = new Trainer(whole, setup);
    await uninterrupted.fit(data, { epochs: 5, batchSize: 5, seed: 2 });
    using first = new Trainer(part, setup);
    await first.fit(data, { epochs: 2, batchSize: 5, seed: 2 });
    await saveModel(first, join(folder, backend), { optimizer: true });
    const loaded = await loadModel(join(folder, backend));
    using resumed = new Trainer(loaded, { device: device(backend) });
    await resumed.fit(data, { epochs: 3, batchSize: 5, seed: 2 });
    expect(loaded.parameters()).toEqual(whole.parameters());
  });
});

test("a rule of one's own must be given again to a loaded model", async () => {
  const halve: GradientRule = { config: { rule: "halve" }, apply: (gradients) => gradients };
  const setup = { device: device("cpu"), loss: meanSquaredError(), optimizer: sgd() };
  using trainer = new Trainer(network(), { ...setup, gradients: [halve] });
  await saveModel(trainer, join(folder, "own"));
  const loaded = await loadModel(join(folder, "own"));
  expect(() => new Trainer(loaded, { device: device("cpu") })).toThrow(/gradients must be a list/);
  new Trainer(loaded, { device: device("cpu"), gradients: [halve] }).dispose();
});

test.each([clipByValue, clipByGlobalNorm, l1Penalty, l2Penalty])("%o refuses what is no number above 0", (rule) => {
  for (const value of [0, -1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => rule(value)).toThrow(
      `${rule.name}: ${rule.name.endsWith("Penalty") ? "factor" : "limit"} must be a finite number above 0, got ${value}.`,
    );
  }
});

test("a trainer refuses what are no rules", () => {
  const setup = { device: device("cpu"), loss: meanSquaredError(), optimizer: sgd() };
  for (const gradients of [clipByValue(1), [clipByValue], "clip"]) {
    expect(() => new Trainer(network(), { ...setup, gradients: gradients as never })).toThrow(/must be a list/);
  }
});

test("penalties and the largest norm are for all weights of recurrent layers and attention, and for no bias", async () => {
  const features = Float32Array.from({ length: 4 * 6 }, (_, i) => Math.sin(i));
  const rows = Dataset.from({ features, labels: [[1], [2], [3], [4]], shape: [3, 2] });
  const trained = async (gradients: GradientRule[], optimizer: Optimizer) => {
    const layers = [gru(4, { returnSequences: true }), multiHeadAttention({ heads: 2 }), lstm(2), dense(1)];
    const model = sequential({ input: [3, 2], seed: 1 }, layers);
    const setup = { loss: meanSquaredError(), optimizer, gradients };
    using trainer = new Trainer(model, { device: device("cpu"), ...setup });
    await trainer.fit(rows, { epochs: 1, batchSize: 4 });
    return [...model.parameters()].map(([name, { values }]) => ({ name, values: [...values] }));
  };
  const plain = await trained([], sgd({ learningRate: 0.1 }));
  for (const changed of [
    await trained([l2Penalty(0.5)], sgd({ learningRate: 0.1 })),
    await trained([], maxNorm(sgd({ learningRate: 0.1 }), 0.01)),
  ]) {
    for (const [i, { name, values }] of changed.entries()) {
      if (/bias$/i.test(name)) expect(values, name).toEqual(plain[i].values);
      else expect(values, name).not.toEqual(plain[i].values);
    }
  }
});
