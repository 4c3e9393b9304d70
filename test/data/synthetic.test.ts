import {
  blobs,
  breastCancer,
  checkerboard,
  circles,
  type Dataset,
  moons,
  type SyntheticOptions,
  spirals,
  syntheticDigits,
  wine,
} from "neuromotor/data";
import { describe, expect, test } from "vitest";
import { ArgumentError } from "../../src/core/errors.js";
import { adam, dense, type Layer, openDevice, sequential, softmaxCrossEntropy, Trainer } from "../../src/index.js";

const makers: [string, (options?: SyntheticOptions) => Dataset, classes: number][] = [
  ["moons", moons, 2],
  ["circles", circles, 2],
  ["spirals", spirals, 2],
  ["blobs", blobs, 3],
  ["checkerboard", checkerboard, 2],
];

describe.each(makers)("%s", (name, make, classes) => {
  test("are so many points of equal classes, the same for a seed", () => {
    const data = make({ rows: 120, seed: 3 });
    expect([data.name, data.rows, data.shape, data.classes, data.labelKind]).toEqual([
      name,
      120,
      [2],
      classes,
      "classes",
    ]);
    const counts = new Array<number>(classes).fill(0);
    for (const label of data.labels) counts[label]++;
    expect(new Set(counts).size).toBe(1);
    expect(make({ rows: 120, seed: 3 }).features).toEqual(data.features);
    expect(make({ rows: 120, seed: 4, noise: 0.1 }).features).not.toEqual(data.features);
  });

  test("refuse what is out of range, and unknown options", () => {
    for (const bad of [{ rows: 0 }, { rows: 1.5 }, { noise: -1 }, { seed: -1 }])
      expect(() => make(bad)).toThrow(ArgumentError);
    expect(() => make({ n_samples: 5 } as never)).toThrow(/no option "n_samples"/);
  });
});

test("points lie where they are said to", () => {
  const radius = ({ features }: Dataset, row: number) => Math.hypot(features[row * 2], features[row * 2 + 1]);
  const round = circles({ rows: 50, noise: 0 });
  for (const [row, label] of round.labels.entries()) expect(radius(round, row)).toBeCloseTo(label === 0 ? 1 : 0.5, 6);
  const board = checkerboard({ rows: 400 });
  for (const [row, label] of board.labels.entries()) {
    const [x, y] = [board.features[row * 2], board.features[row * 2 + 1]];
    expect((Math.floor((x + 1) * 2) + Math.floor((y + 1) * 2)) % 2).toBe(label);
  }
  expect(spirals({ classes: 5, rows: 10 }).classes).toBe(5);
  expect(() => checkerboard({ fields: 1 })).toThrow(/fields must be 2 or more/);
});

test("drawn digits are images of ten classes; the first of more rows are the same", async () => {
  const few = await syntheticDigits({ rows: 30, seed: 2 });
  expect([few.shape, few.classes, [...few.labels.slice(0, 12)]]).toEqual([
    [28, 28, 1],
    10,
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1],
  ]);
  const more = await syntheticDigits({ rows: 40, seed: 2 });
  expect(more.features.subarray(0, few.features.length)).toEqual(few.features);
  expect((await syntheticDigits({ rows: 30, seed: 3 })).features).not.toEqual(few.features);
  expect(few.features.every((pixel) => pixel >= 0 && pixel <= 1)).toBe(true);
  const ink = few.features.reduce((sum, pixel) => sum + pixel, 0) / few.features.length;
  expect(ink).toBeGreaterThan(0.08);
  expect(ink).toBeLessThan(0.3);
  await expect(syntheticDigits({ rows: -1 })).rejects.toThrow(ArgumentError);
});

test("wine and breastCancer", async () => {
  const [wines, tumours] = [await wine(), await breastCancer()];
  expect([wines.rows, wines.shape, wines.classNames]).toEqual([178, [13], ["0", "1", "2"]]);
  expect([tumours.rows, tumours.shape, tumours.classNames]).toEqual([569, [30], ["benign", "malignant"]]);
});

test("drawn digits need a hidden layer", async () => {
  const { train, test: held } = (await syntheticDigits({ rows: 4000, seed: 1 })).split({ test: 0.25, stratify: true });
  const device = await openDevice({ backend: "wasm" });
  const accuracy = async (hidden: Layer[]) => {
    const model = sequential({ input: [784], seed: 1 }, [...hidden, dense(10)]);
    const optimizer = adam({ learningRate: 2e-3 });
    const trainer = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer, metrics: ["accuracy"] });
    await trainer.fit(train, { epochs: 10, batchSize: 50 });
    const scores = await trainer.evaluate(held);
    trainer.dispose();
    return scores.accuracy!;
  };
  const [linear, deep] = [
    await accuracy([]),
    await accuracy([dense(128, { activation: "relu" }), dense(64, { activation: "relu" })]),
  ];
  device.dispose();
  expect(linear).toBeLessThan(0.92);
  expect(deep).toBeGreaterThan(linear + 0.05);
  expect(deep).toBeGreaterThan(0.92);
});
