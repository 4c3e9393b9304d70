import { expect, test } from "vitest";
import { normalOf } from "../../src/backends/cpu/noise.js";
import { NOISE_DEVIATION, philox, RandomStream } from "../../src/core/random.js";
import { Dataset } from "../../src/data/index.js";
import {
  ArgumentError,
  dense,
  gaussianNoise,
  meanSquaredError,
  ops,
  sequential,
  sgd,
  Trainer,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";

const device = useDevices();
const DRAWS = 20_000;

test("noise is distributed as a normal number is", () => {
  const random = new RandomStream(5, 4);
  const block = new Uint32Array(4);
  const draws = Array.from({ length: DRAWS }, () => {
    for (let lane = 0; lane < 4; lane++) block[lane] = random.nextWord();
    return normalOf(block) / NOISE_DEVIATION;
  });
  const mean = draws.reduce((sum, x) => sum + x, 0) / DRAWS;
  const variance = draws.reduce((sum, x) => sum + x * x, 0) / DRAWS;
  expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(DRAWS));
  expect(Math.abs(variance - 1)).toBeLessThan((4 * Math.SQRT2) / Math.sqrt(DRAWS));
  // Shares of a normal distribution below so many deviations, each within four of the share's own.
  for (const [below, share] of [
    [-2.326348, 0.01],
    [-1.281552, 0.1],
    [0, 0.5],
    [0.67449, 0.75],
    [1.644854, 0.95],
    [3.090232, 0.999],
  ]) {
    const found = draws.filter((x) => x < below).length / DRAWS;
    expect(Math.abs(found - share)).toBeLessThan(4 * Math.sqrt((share * (1 - share)) / DRAWS) + 0.0005);
  }
});

test.each([
  [[0, 0, 0, 0], -48],
  [[0xffffffff, 0xffffffff, 0xffffffff, 0], 48],
  [[1, 0x80000000, 3, 0x00008000], -43.5],
  [[0, 0, 0, 0x80000000], -48.5],
])("counts heads and adds a fraction: %j", (words, expected) => {
  expect(normalOf(Uint32Array.from(words))).toBe(expected);
});

test("blocks of other counters are other numbers", () => {
  const block = new Uint32Array(4);
  const draws = Array.from({ length: 100 }, (_, i) => {
    philox([i, 0, 4, 0], [1, 0], block);
    return normalOf(block);
  });
  expect(new Set(draws).size).toBe(100);
});

test.each(BACKENDS)("gaussianNoise disturbs training alone, on %s", async (backend) => {
  const data = Dataset.from({ features: new Float32Array(40), labels: new Float32Array(10), shape: [4] });
  const model = sequential({ input: [4], seed: 1 }, [gaussianNoise(0.5), dense(1, { bias: false })]);
  const setup = { device: device(backend), loss: meanSquaredError(), optimizer: sgd({ learningRate: 1e-9 }) };
  using trainer = new Trainer(model, setup);
  const { epochs, stepLosses } = await trainer.fit(data, { epochs: 3, batchSize: 5, recordSteps: true });
  expect(epochs[0].loss).toBeGreaterThan(0); // the features are zeros: all of it is noise
  expect(new Set(stepLosses).size).toBe(6); // of each step its own
  expect(await trainer.evaluate(data)).toEqual({ loss: 0 });
});

test("refuses deviations that are none, and is nothing at 0", () => {
  const x = ops.variable("x", [3]);
  expect(ops.noise(x, 0)).toBe(x);
  for (const deviation of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
    expect(() => gaussianNoise(deviation)).toThrow(ArgumentError);
    expect(() => ops.noise(x, deviation)).toThrow(ArgumentError);
  }
});
