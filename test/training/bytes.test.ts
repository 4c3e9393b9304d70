// @module-tag slow
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Backend, BackendName, DeviceBuffer } from "../../src/backends/backend.js";
import { checkGuards } from "../../src/backends/buffers.js";
import { bytesOf } from "../../src/data/exact.js";
import { Dataset } from "../../src/data/index.js";
import {
  adam,
  conv2d,
  dense,
  dropout,
  type FitOptions,
  flatten,
  type Layer,
  sequential,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";
import { featureData } from "../../src/training/features.js";
import { together } from "../../src/training/together/together.js";
import { BACKENDS } from "../devices/backends.js";
import { withoutTime } from "../fixtures.js";

const ROWS = 52; // the last batch of 8 has 4
const PIXELS = 6 * 6 * 3;

/** Pixels at the border that are 0 in all images. */
const BORDER = 30;
const pixels = Uint8Array.from({ length: ROWS * PIXELS }, (_, i) =>
  i % PIXELS < BORDER ? 0 : (i * 151 + (i >> 3) * 29) & 255,
);
const labels = Uint32Array.from({ length: ROWS }, (_, row) => pixels[row * PIXELS + BORDER] % 3);
const asBytes = Dataset.from({ features: pixels, labels, shape: [6, 6, 3], scale: 1 / 255 });
const asNumbers = Dataset.from({
  features: Float32Array.from(pixels, (byte) => byte / 255),
  labels,
  shape: [6, 6, 3],
});

/** Writes down how many bytes are written to variables of features. */
function watched(device: Backend): { device: Backend; written: () => number } {
  let bytes = 0;
  const write = device.write.bind(device);
  device.write = (buffer: DeviceBuffer, values, start) => {
    if (buffer.label === "features") bytes += values.byteLength;
    write(buffer, values, start);
  };
  const written = () => {
    const sofar = bytes;
    bytes = 0;
    return sofar;
  };
  return { device, written };
}

type Named = [name: string, layers: () => Layer[]];
const NETWORKS: Named[] = [
  ["convolution", () => [conv2d(4, 3, { padding: "same", activation: "relu" }), flatten(), dropout(0.2), dense(3)]],
  ["dense", () => [flatten(), dense(4, { activation: "tanh" }), dense(3)]],
  ["wider", () => [flatten(), dense(12, { activation: "tanh" }), dense(3)]],
];

function trainerOf(device: Backend, layers: Layer[], seed = 3) {
  const model = sequential({ input: [6, 6, 3], seed }, layers);
  const optimizer = adam({ learningRate: 0.01 });
  return new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer, metrics: ["accuracy"] });
}

async function outcome(device: Backend, layers: Layer[], data: Dataset, options: FitOptions) {
  using trainer = trainerOf(device, layers);
  const { epochs } = await trainer.fit(data, { epochs: 2, batchSize: 8, ...options });
  return {
    epochs: epochs.map(withoutTime),
    parameters: trainer.model.parameters(),
    scores: await trainer.evaluate(data, { batchSize: 10 }),
    predicted: (await trainer.predict(data.features, { batchSize: 10 })).values,
  };
}

test("features of bytes are kept as such by parts of a data set and copies", () => {
  expect(new Set(pixels).size).toBe(256);
  expect(asBytes.features).toEqual(asNumbers.features);
  expect(bytesOf(asNumbers.features)).toBeUndefined();
  const { test } = asBytes.split({ test: 0.25, seed: 1 });
  for (const part of [asBytes, test, asBytes.take([5, 5, 0]), Dataset.from({ ...asBytes, weights: labels })]) {
    const bytes = new Uint8Array(bytesOf(part.features)!.buffer);
    expect(Float32Array.from(bytes, (byte) => byte / 255)).toEqual(part.features);
  }
  const odd = Dataset.from({
    features: pixels.subarray(0, 45),
    labels: [0, 1, 1, 0, 1],
    shape: [3, 3, 1],
    scale: 1 / 255,
  });
  expect(odd.features[7]).toBe(Math.fround(pixels[7] / 255));
  // A device has them as such where a row is whole words.
  const onDevice = ({ shape, features }: Dataset) =>
    featureData(sequential({ input: [...shape] }, [flatten(), dense(3)]), features);
  expect(onDevice(asBytes).data.features).toBe(bytesOf(asBytes.features));
  expect(onDevice(odd).data.features).toBe(odd.features);
  expect(bytesOf(asBytes.withFeatures(asBytes.features).features)).toBeUndefined();
});

test("a scale multiplies in float64 what it is given, and must be a number", () => {
  const halves = Dataset.from({ features: [[3], [2 ** 25 + 1]], labels: [1, 2], scale: 0.5 });
  expect([...halves.features]).toEqual([1.5, 2 ** 24]);
  expect(() => Dataset.from({ features: [[3]], labels: [1], scale: Number.NaN })).toThrow(/scale must be a number/);
  const features = { image: [[3]], age: [[40]] };
  expect([...Dataset.from({ features, labels: [1], scale: { age: 0.1 } }).features]).toEqual([3, 4]);
  expect([...Dataset.from({ features, labels: [1], scale: 2 }).features]).toEqual([6, 80]);
});

describe.each(BACKENDS)("on %s", (backend: BackendName) => {
  let roomy: ReturnType<typeof watched>;
  let small: ReturnType<typeof watched>;
  beforeAll(async () => {
    roomy = watched(await openDevice({ backend, guards: true }));
    small = watched(await openDevice({ backend, maxBufferBytes: 4700 }));
  });
  afterAll(() => {
    roomy.device.dispose();
    small.device.dispose();
  });

  test.each(NETWORKS)("%s: bytes train to the bits of numbers, and a quarter is uploaded", async (_, layers) => {
    const options = { validation: asBytes.take([1, 2, 3]) };
    const { device, written } = roomy;
    const numbers = await outcome(device, layers(), asNumbers, options);
    const uploaded = written();
    expect(await outcome(device, layers(), asBytes, options)).toEqual(numbers);
    // Training, evaluation and predictions have all features each; the validation part is bytes both times.
    expect(uploaded).toBe(3 * ROWS * PIXELS * 4 + 3 * PIXELS);
    expect(written()).toBe(3 * ROWS * PIXELS + 3 * PIXELS);
    await checkGuards(device);
  });

  test("so they do where the data lie in windows", async () => {
    const [, [, layers]] = NETWORKS;
    const whole = await outcome(roomy.device, layers(), asNumbers, {});
    small.written();
    expect(await outcome(small.device, layers(), asBytes, {})).toEqual(whole);
    expect(small.written()).toBe(4 * ROWS * PIXELS); // two epochs, an evaluation, predictions
  });

  test("so they do in micro-batches, at random changes, step by step and side by side", async () => {
    const [[, layers]] = NETWORKS;
    const { device } = roomy;
    for (const options of [{ microBatchSize: 3 }, { augment: { shift: 1 } }]) {
      const numbers = await outcome(device, layers(), asNumbers, options);
      expect(await outcome(device, layers(), asBytes, options)).toEqual(numbers);
    }
    const whole = await outcome(device, layers(), asNumbers, {});
    const replicas = [3, 4].map((seed) => trainerOf(device, layers(), seed));
    await together(replicas, (trainer) => trainer.fit(asBytes, { epochs: 2, batchSize: 8 }));
    expect(replicas[0].model.parameters()).toEqual(whole.parameters);
    const [stepped, alike] = [asBytes, asNumbers].map((data) => ({ data, trainer: trainerOf(device, layers()) }));
    for (const { data, trainer } of [stepped, alike]) {
      await trainer.trainStep(data.take([1, 2, 3, 4]));
      await trainer.trainStep(data.take([9, 8]));
      await trainer.sync();
    }
    expect(stepped.trainer.model.parameters()).toEqual(alike.trainer.model.parameters());
    await checkGuards(device);
    for (const trainer of [...replicas, stepped.trainer, alike.trainer]) trainer.dispose();
  });
});
