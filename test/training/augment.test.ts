import { type Augmentation, Dataset } from "neuromotor/data";
import { afterAll, describe, expect, test } from "vitest";
import { RandomStream, Stream } from "../../src/core/random.js";
import { augmentEpoch, augmentImage } from "../../src/data/augmentation/augment.js";
import {
  ArgumentError,
  adam,
  decodeModel,
  dense,
  encodeModel,
  openDevice,
  sequential,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { openDevice as openNode } from "../../src/node.js";

const SHAPE = [8, 8, 1];
const rows = 24;
const features = Float32Array.from({ length: rows * 64 }, (_, i) => ((i * 37) % 64) / 64);
const data = Dataset.from({ features, shape: SHAPE, labels: Uint32Array.from({ length: rows }, (_, i) => i % 3) });
const all: Augmentation = { shift: 2, rotate: 15, scale: 0.2, elastic: 1, flip: true, noise: 0.1, cutout: 3 };

const image = Float32Array.from({ length: 64 }, (_, i) => i + 1);
const changed = (augment: Augmentation, row = 0) => {
  const out = new Float32Array(64);
  augmentImage(image, out, SHAPE, augment, new RandomStream(1, Stream.augmentation, 0, row));
  return out;
};
const many = (augment: Augmentation) => Array.from({ length: 50 }, (_, row) => changed(augment, row));

describe("an image", () => {
  test("without anything to do stays as it is", () => expect(changed({})).toEqual(image));

  test("is mirrored half of the time", () => {
    const mirrored = Float32Array.from(image, (_, i) => image[i - (i % 8) + 7 - (i % 8)]);
    const count = many({ flip: true }).filter((out) => {
      if (out.every((value, i) => value === image[i])) return false;
      expect(out).toEqual(mirrored);
      return true;
    }).length;
    expect(count).toBeGreaterThan(12);
    expect(count).toBeLessThan(38);
  });

  test("is moved by so many pixels at most, zeros behind it", () => {
    for (const out of many({ shift: 1 })) {
      // A pixel in the middle keeps within a column and a row of where it was.
      expect(Math.abs(out[27] - image[27])).toBeLessThanOrEqual(9.001);
    }
    expect(many({ shift: 3 }).some((out) => out[0] === 0)).toBe(true);
  });

  test("is turned and scaled about its middle", () => {
    const spot = new Float32Array(81);
    spot[40] = 1;
    for (let row = 0; row < 20; row++) {
      const out = new Float32Array(81);
      const random = new RandomStream(2, Stream.augmentation, 0, row);
      augmentImage(spot, out, [9, 9, 1], { rotate: 180, scale: 0.5 }, random);
      expect(out[40]).toBeCloseTo(1, 6);
    }
  });

  test("is bent, gets noise and holes", () => {
    expect(changed({ elastic: 1 })).not.toEqual(image);
    const noises = many({ noise: 2 }).flatMap((out) => [...out].map((value, i) => value - image[i]));
    const mean = noises.reduce((a, b) => a + b) / noises.length;
    expect(Math.abs(mean)).toBeLessThan(0.15);
    expect(Math.sqrt(noises.reduce((sum, value) => sum + value ** 2, 0) / noises.length)).toBeCloseTo(2, 0);
    for (const out of many({ cutout: 3 })) {
      const holes = out.filter((value) => value === 0).length;
      expect(holes).toBeGreaterThan(0);
      expect(holes).toBeLessThanOrEqual(9);
    }
  });
});

test("a row's image depends on seed, epoch and row alone", async () => {
  const epoch = async (number: number, seed = 1) => {
    const out = new Float32Array(features.length);
    await augmentEpoch({ images: features, out, shape: SHAPE, augment: all, seed, epoch: number });
    return out;
  };
  const first = await epoch(0);
  expect(await epoch(0)).toEqual(first);
  expect(await epoch(1)).not.toEqual(first);
  expect(await epoch(0, 2)).not.toEqual(first);
  const row = new Float32Array(64);
  augmentImage(features.subarray(5 * 64, 6 * 64), row, SHAPE, all, new RandomStream(1, Stream.augmentation, 0, 5));
  expect(first.subarray(5 * 64, 6 * 64)).toEqual(row);
});

describe("training", () => {
  const devices = [openDevice({ backend: "cpu" }), openDevice({ backend: "wasm" })];
  afterAll(async () => {
    for (const device of devices) (await device).dispose();
  });
  const network = () => sequential({ input: [64], seed: 1 }, [dense(8, { activation: "tanh" }), dense(3)]);
  const weights = (trainer: Trainer) => [...trainer.model.parameters().values()].map(({ values }) => [...values]);
  const fit = { epochs: 4, batchSize: 7, seed: 5, augment: all };
  const trainerOn = async (device: Parameters<typeof openNode>[0] = { backend: "wasm" }, model = network()) =>
    new Trainer(model, {
      device: await openNode(device),
      loss: softmaxCrossEntropy(),
      optimizer: adam({ learningRate: 0.01 }),
    });

  test("sees other images in every epoch, the same on every backend", async () => {
    const seen: number[][][] = [];
    for (const opening of devices) {
      const trainer = new Trainer(network(), {
        device: await opening,
        loss: softmaxCrossEntropy(),
        optimizer: adam({ learningRate: 0.01 }),
      });
      const { epochs } = await trainer.fit(data, fit);
      seen.push([epochs.map(({ loss }) => loss), ...weights(trainer)]);
      trainer.dispose();
    }
    const [cpu, wasm] = seen.map((each) => each.flat());
    for (const [i, value] of cpu.entries()) expect(Math.abs(value - wasm[i])).toBeLessThan(1e-5);
    const plain = await trainerOn();
    await plain.fit(data, { ...fit, augment: undefined });
    expect(weights(plain)).not.toEqual(seen[1].slice(1));
    plain.device.dispose();
  });

  test("in windows, in two calls and resumed: the same bits", async () => {
    const whole = await trainerOn();
    await whole.fit(data, fit);
    const windows = await trainerOn({ backend: "wasm", maxBufferBytes: 4096 });
    await windows.fit(data, fit);
    expect(weights(windows)).toEqual(weights(whole));

    const parts = await trainerOn();
    await parts.fit(data, { ...fit, epochs: 2 });
    const files = encodeModel(parts.model, await parts.training(true));
    await parts.fit(data, { ...fit, epochs: 2 });
    expect(weights(parts)).toEqual(weights(whole));

    const loaded = decodeModel(files);
    const resumed = new Trainer(loaded, { device: whole.device });
    await resumed.fit(data, { ...fit, epochs: 2 });
    expect(weights(resumed)).toEqual(weights(whole));
    for (const trainer of [whole, windows, parts]) trainer.device.dispose();
  });

  test("validation and evaluation see the images as they are", async () => {
    const trainer = await trainerOn();
    const { epochs } = await trainer.fit(data, { ...fit, epochs: 1, validation: data });
    expect((await trainer.evaluate(data)).loss).toBeCloseTo(epochs[0].validation!.loss, 6);
    trainer.device.dispose();
  });

  test.each<[string, object, RegExp]>([
    ["an unknown option", { rotated: 10 }, /augment: there is no option "rotated"\. Did you mean rotate\?/],
    ["a negative shift", { shift: -1 }, /shift must be a number, 0 or more/],
    ["a flip that isn't yes or no", { flip: 1 }, /flip must be true or false/],
    ["a scale of 1", { scale: 1 }, /scale must be below 1/],
  ])("%s is refused", async (_, augment, message) => {
    const trainer = await trainerOn();
    await expect(trainer.fit(data, { epochs: 1, augment })).rejects.toThrow(ArgumentError);
    await expect(trainer.fit(data, { epochs: 1, augment })).rejects.toThrow(message);
    trainer.device.dispose();
  });

  test("data that aren't images are refused", async () => {
    const flat = Dataset.from({ features, shape: [64], labels: data.labels });
    const trainer = await trainerOn();
    await expect(trainer.fit(flat, fit)).rejects.toThrow(/images \[height, width, channels\], but samples are \[64\]/);
    trainer.device.dispose();
  });
});
