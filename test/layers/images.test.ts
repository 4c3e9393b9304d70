import { describe, expect, test } from "vitest";
import { runTensors } from "../../src/checks/run.js";
import { gradientsOf } from "../../src/checks/weighted.js";
import { compile } from "../../src/compile/compile.js";
import { Dataset, imageDataset } from "../../src/data/index.js";
import { variable } from "../../src/graph/tensor.js";
import {
  activation,
  adam,
  adaptiveAveragePool2d,
  averagePool2d,
  batchNorm,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  cropping2d,
  decodeModel,
  dense,
  depthwiseConv2d,
  encodeModel,
  flatten,
  globalAveragePool2d,
  globalMaxPool2d,
  groupNorm,
  instanceNorm,
  type Layer,
  layerNorm,
  maxPool2d,
  meanSquaredError,
  permute,
  reshape,
  residual,
  rmsNorm,
  separableConv2d,
  sequential,
  softmaxCrossEntropy,
  Trainer,
  upsample2d,
  zeroPadding2d,
} from "../../src/index.js";
import { collect } from "../../src/ops/batch.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { SCOPE } from "./scope.js";

const device = useDevices();

const outputOf = (input: number[], ...layers: Layer[]) => sequential({ input }, layers).output;

describe("what a layer puts out for one sample", () => {
  test.each<[string, number[], Layer, number[]]>([
    ["conv2d without padding", [9, 8, 3], conv2d(5, 3), [7, 6, 5]],
    ["conv2d, same", [9, 8, 3], conv2d(5, [3, 4], { padding: "same", stride: 2 }), [5, 4, 5]],
    ["conv2d, padding on one side", [5, 5, 1], conv2d(2, 3, { padding: [1, 0, 2, 0] }), [4, 5, 2]],
    ["conv2d, dilation", [9, 9, 1], conv2d(2, 3, { dilation: [2, 3] }), [5, 3, 2]],
    ["conv1d", [11, 2], conv1d(3, 4, { stride: 2, padding: 1 }), [5, 3]],
    ["conv1d, before and after", [11, 2], conv1d(3, 4, { padding: [3, 0] }), [11, 3]],
    ["convTranspose2d", [4, 5, 3], convTranspose2d(2, 3, { stride: 2, padding: 1, outputPadding: 1 }), [8, 10, 2]],
    ["convTranspose2d, same", [4, 5, 3], convTranspose2d(2, 5, { stride: 3, padding: "same" }), [12, 15, 2]],
    ["convTranspose1d", [4, 3], convTranspose1d(2, 4, { stride: 2 }), [10, 2]],
    ["depthwiseConv2d", [6, 6, 3], depthwiseConv2d(3, { multiplier: 2 }), [4, 4, 6]],
    ["separableConv2d", [6, 6, 3], separableConv2d(7, 3, { padding: "same" }), [6, 6, 7]],
    ["maxPool2d", [7, 6, 3], maxPool2d(), [3, 3, 3]],
    ["averagePool2d", [7, 6, 3], averagePool2d(3, { stride: 2, padding: "same" }), [4, 3, 3]],
    ["globalAveragePool2d", [7, 6, 3], globalAveragePool2d(), [3]],
    ["globalMaxPool2d", [7, 6, 3], globalMaxPool2d(), [3]],
    ["adaptiveAveragePool2d", [7, 6, 3], adaptiveAveragePool2d([2, 4]), [2, 4, 3]],
    ["upsample2d", [3, 4, 2], upsample2d([2, 3]), [6, 12, 2]],
    ["zeroPadding2d", [3, 4, 2], zeroPadding2d([1, 2, 3, 4]), [6, 11, 2]],
    ["cropping2d", [5, 6, 2], cropping2d([1, 2]), [3, 2, 2]],
    ["reshape", [6], reshape([2, -1, 1]), [2, 3, 1]],
    ["permute", [5, 6, 2], permute([3, 1, 2]), [2, 5, 6]],
  ])("%s", (_, input, layer, output) => {
    expect(outputOf(input, layer)).toEqual(output);
  });
});

/** Values of one layer on one sample, by the CPU. */
async function valuesOf(input: number[], values: number[], layer: Layer): Promise<number[]> {
  using trainer = new Trainer(sequential({ input }, [layer]), {
    device: device("cpu"),
    loss: meanSquaredError(),
    optimizer: adam(),
  });
  return [...(await trainer.predict(Float32Array.from(values))).values];
}

test("upsampling repeats pixels, or takes values between them, centres half a pixel inside", async () => {
  const image = [1, 2, 3, 4];
  expect(await valuesOf([2, 2, 1], image, upsample2d())).toEqual([1, 1, 2, 2, 1, 1, 2, 2, 3, 3, 4, 4, 3, 3, 4, 4]);
  const row = await valuesOf([1, 2, 1], [0, 4], upsample2d([1, 2], { interpolation: "bilinear" }));
  expect(row).toEqual([0, 1, 3, 4]);
});

test("adaptive pools take windows that overlap where sizes don't divide", async () => {
  expect(await valuesOf([1, 5, 1], [1, 2, 3, 4, 5], adaptiveAveragePool2d([1, 2]))).toEqual([2, 4]);
});

// As torch.nn.MaxPool2d and AdaptiveMaxPool2d, which compare with > along rows of the image.
test.each(BACKENDS)("of equal pixels the first gets the gradient of a pool of maxima, on %s", async (backend) => {
  const x = variable("x", [1, 2, 2, 2]);
  const image = Float32Array.of(...[1, 5], ...[3, 5], ...[3, 5], ...[3, 0]);
  const first = Float32Array.of(...[0, 20], ...[10, 0], ...[0, 0], ...[0, 0]);
  for (const layer of [globalMaxPool2d(), maxPool2d(2)]) {
    const y = layer.forward(x, SCOPE);
    const gradients = gradientsOf({ y, weights: Float32Array.of(10, 20) }, [x]);
    const [dx] = await runTensors(device(backend), gradients, new Map([[x, image]]), { fused: true });
    expect(dx).toEqual(first);
  }
});

describe("bad input names the layer and the remedy", () => {
  test.each<[string, () => unknown, RegExp]>([
    [
      "a flat input",
      () => outputOf([784], conv2d(8, 3)),
      /conv2d "conv2d": input must be images .* got \[batch, 784\]\. Put reshape\(/,
    ],
    ["images without channels", () => outputOf([28, 28], maxPool2d()), /Put reshape\(\[28, 28, 1\]\) before it/],
    [
      "a kernel larger than the image",
      () => outputOf([4, 4, 1], conv2d(8, 5)),
      /doesn't fit images of \[4, 4\].* Use padding: "same"/,
    ],
    [
      "pools until nothing is left",
      () => outputOf([4, 4, 1], maxPool2d(), maxPool2d(), maxPool2d()),
      /"maxPool2d_2": .* fewer pools/,
    ],
    ["a stride of 0", () => conv2d(8, 3, { stride: 0 }), /conv2d: stride must be a whole number from 1 on.* got 0/],
    ["half a kernel", () => conv2d(8, 1.5), /conv2d: kernel must be/],
    ["no filters", () => conv2d(0, 3), /conv2d: filters must be a positive integer, got 0/],
    [
      "a word for padding",
      () => conv2d(8, 3, { padding: "full" as never }),
      /padding must be "same", "valid", a whole number/,
    ],
    [
      "groups that don't divide filters",
      () => conv2d(8, 3, { groups: 3 }),
      /8 filters can't be cut into 3 equal groups/,
    ],
    [
      "groups that don't divide channels",
      () => outputOf([5, 5, 3], conv2d(8, 3, { groups: 2 })),
      /3 channels can't be cut into 2/,
    ],
    ["pools that see padding only", () => maxPool2d(2, { padding: 2 }), /padding .* must be less than the window/],
    ["too much output padding", () => convTranspose2d(2, 3, { outputPadding: 1 }), /must be less than the stride/],
    ["images for conv1d", () => outputOf([5, 5, 1], conv1d(2, 3)), /conv1d "conv1d": input must be sequences/],
    ["cropping all", () => outputOf([4, 4, 1], cropping2d(2)), /nothing would be left.* Crop less/],
    [
      "a shape of other size",
      () => outputOf([10], reshape([3, 3])),
      /reshape "reshape": \[batch, 10\] has 10 elements/,
    ],
    ["axes that are missing", () => permute([1, 3]), /permute: must name each axis/],
    ["groups of channels that don't divide", () => outputOf([4, 4, 6], groupNorm(4)), /6 channels can't be cut into 4/],
    ["norms of a single feature", () => outputOf([1], layerNorm()), /layerNorm "layerNorm": .* Leave the layer out/],
    ["instances of one pixel", () => outputOf([1, 1, 4], instanceNorm()), /images of one pixel/],
    ["a negative epsilon", () => rmsNorm({ epsilon: -1 }), /rmsNorm: epsilon must be a small positive number/],
    [
      "another interpolation",
      () => upsample2d(2, { interpolation: "cubic" as never }),
      /"nearest" or "bilinear", got "cubic"/,
    ],
    ["a stride along time of 0", () => conv1d(2, 3, { stride: 0 }), /conv1d: stride must be a positive integer, got 0/],
    ["a stride that is no number", () => conv2d(2, 3, { stride: Number.NaN }), /conv2d: stride .* got NaN/],
    [
      "three margins along time",
      () => conv1d(2, 3, { padding: [1, 2, 3] as never }),
      /or \[before, after\], got \[1, 2, 3\]/,
    ],
    ["no padding at all", () => conv1d(2, 3, { padding: null as never }), /or \[before, after\], got null/],
    [
      "groups of a transposed convolution that don't divide channels",
      () => outputOf([4, 4, 3], convTranspose2d(4, 3, { groups: 2 })),
      /convTranspose2d "convTranspose2d": 3 channels can't be cut into 2/,
    ],
    [
      "a transposed convolution that leaves nothing",
      () => outputOf([1, 1, 1], convTranspose2d(2, 3, { padding: 2 })),
      /nothing would be left of \[1, 1\].* Use less padding/,
    ],
    [
      "bytes for fewer images than said",
      () =>
        imageDataset({ shape: [2, 2, 2], values: Uint8Array.of(1, 2) }, { shape: [2], values: Uint8Array.of(0, 1) }),
      /images of \[2, 2, 2\] are 8 bytes, got 2/,
    ],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(message);
  });
});

describe("images that don't fit the network name its first layer and the remedy", () => {
  const images = (shape: number[], pixel = (i: number) => (i % 7) / 7) =>
    Dataset.from({
      features: Float32Array.from({ length: 4 * shape.reduce((a, b) => a * b) }, (_, i) => pixel(i)),
      labels: [0, 1, 2, 0],
      shape,
    });
  const bytes = images([6, 6, 1], (i) => (i * 37) % 256);
  const using = async (work: (trainer: Trainer) => Promise<unknown>) => {
    const layers = [conv2d(2, 3, { name: "edges" }), flatten(), dense(3)];
    const [loss, optimizer] = [softmaxCrossEntropy(), adam()];
    using trainer = new Trainer(sequential({ input: [6, 6, 1] }, layers), { device: device("cpu"), loss, optimizer });
    await work(trainer);
  };

  test.each<[string, (trainer: Trainer) => Promise<unknown>, RegExp]>([
    [
      "another size",
      (it) => it.fit(images([7, 6, 1])),
      /\[rows, 6, 6, 1\], got \[rows, 7, 6, 1\]. Its first layer is conv2d "edges"/,
    ],
    [
      "other channels",
      (it) => it.predict(images([6, 6, 3])),
      /got \[rows, 6, 6, 3\]\. Its first layer is conv2d "edges"\. Give sequential/,
    ],
    [
      "bytes to train on",
      (it) => it.fit(bytes),
      /conv2d "edges": images have pixels from 0 to 255.* Divide them by 255/,
    ],
    ["bytes in batches", (it) => it.fit([bytes]), /Divide them by 255/],
    ["bytes to evaluate", (it) => it.evaluate(bytes), /Divide them by 255/],
    ["bytes to predict", (it) => it.predict(bytes), /Divide them by 255/],
    ["a list of another size", (it) => it.predict([[1, 2, 3]]), /got \[rows, 3\]\. Its first layer is conv2d "edges"/],
    [
      "a list of another height",
      (it) => it.predict([Array.from({ length: 5 }, () => Array.from({ length: 6 }, () => [1]))] as never),
      /got \[rows, 5, 6, 1\]\. Its first layer is conv2d "edges"/,
    ],
    [
      "a list of another number of rows",
      (it) => it.predict(new Float32Array(37)),
      /got \[rows, 37\]\. Its first layer/,
    ],
    ["bytes to predict, without labels", (it) => it.predict(bytes.features.slice()), /Divide them by 255/],
  ])("%s", async (_, work, message) => {
    await expect(using(work)).rejects.toThrow(message);
  });

  test("bytes for a residual that begins with a convolution", async () => {
    const layers = [residual([conv2d(1, 3, { padding: "same" })]), flatten(), dense(3)];
    const [loss, optimizer] = [softmaxCrossEntropy(), adam()];
    using trainer = new Trainer(sequential({ input: [6, 6, 1] }, layers), { device: device("cpu"), loss, optimizer });
    await expect(trainer.fit(bytes)).rejects.toThrow(/residual "residual": images have pixels from 0 to 255/);
  });

  test("rows of pixels, flat or in their shape, are images of the model's size", async () => {
    const pixels = Array.from({ length: 36 }, (_, i) => (i % 7) / 7);
    const lines = Array.from({ length: 6 }, (_, y) => pixels.slice(6 * y, 6 * y + 6).map((pixel) => [pixel]));
    await using(async (trainer) => {
      const { values } = await trainer.predict(Float32Array.from(pixels));
      expect((await trainer.predict([pixels])).values).toEqual(values);
      expect((await trainer.predict([lines] as never)).values).toEqual(values);
    });
  });

  test("the remedies work: divided by 255, or behind a batch norm", async () => {
    await using((trainer) =>
      trainer.fit(bytes.withFeatures(bytes.features.map((pixel) => pixel / 255)), { epochs: 1 }),
    );
    const layers = [batchNorm(), conv2d(2, 3), flatten(), dense(3)];
    const [loss, optimizer] = [softmaxCrossEntropy(), adam()];
    using trainer = new Trainer(sequential({ input: [6, 6, 1] }, layers), { device: device("cpu"), loss, optimizer });
    await trainer.fit(bytes, { epochs: 1 });
  });
});

/** A network of every layer here. */
const everything = () =>
  sequential({ input: [12, 10, 2], seed: 3 }, [
    zeroPadding2d([1, 0]),
    conv2d(4, 3, { padding: "same", stride: [1, 2], activation: "relu", bias: false }),
    groupNorm(2),
    depthwiseConv2d(3, { multiplier: 2, padding: 1 }),
    instanceNorm({ epsilon: 1e-4 }),
    maxPool2d(3, { stride: 2, padding: 1 }),
    conv2d(8, 3, { groups: 2, padding: [1, 0, 0, 1], dilation: [1, 1], activation: "tanh" }),
    averagePool2d([2, 1], { countPadding: true, padding: [1, 0] }),
    separableConv2d(6, 3, { padding: "same" }),
    convTranspose2d(4, 3, { stride: 2, outputPadding: 1 }),
    upsample2d(2, { interpolation: "bilinear" }),
    cropping2d(1),
    adaptiveAveragePool2d([3, 2]),
    permute([3, 1, 2]),
    reshape([4, 6]),
    layerNorm(),
    conv1d(5, 3, { padding: "same" }),
    convTranspose1d(4, 2, { stride: 2 }),
    rmsNorm(),
    batchNorm({ momentum: 0.3 }),
    reshape([8, 4, 1]),
    upsample2d(),
    globalAveragePool2d({ name: "mean" }),
    flatten(),
    dense(3),
  ]);

test("layers are saved in model.json with all that makes them", () => {
  const model = everything();
  const read = decodeModel(encodeModel(model));
  expect(read.summary()).toBe(model.summary());
  expect(read.layers.map(({ layer }) => JSON.stringify(layer.config))).toEqual(
    model.layers.map(({ layer }) => JSON.stringify(layer.config)),
  );
  expect([...read.parameters()]).toEqual([...model.parameters()]);
});

const data = Dataset.from({
  features: Float32Array.from({ length: 21 * 240 }, (_, i) => Math.sin(i * 1.3)),
  labels: Uint32Array.from({ length: 21 }, (_, row) => row % 3),
  shape: [12, 10, 2],
});

test.each(["webgpu", "wasm"] as const)(
  "a network of all of them trains on %s as on the CPU, in short batches too",
  async (name) => {
    const losses = await Promise.all(
      (["cpu", name] as const).map(async (backend) => {
        using trainer = new Trainer(everything(), {
          device: device(backend),
          loss: softmaxCrossEntropy(),
          optimizer: adam(),
        });
        return (await trainer.fit(data, { epochs: 2, batchSize: 8, recordSteps: true })).stepLosses!;
      }),
    );
    expect(losses[0]).toHaveLength(6);
    for (const [step, loss] of losses[0].entries()) {
      expect(Math.abs(losses[1][step] - loss)).toBeLessThanOrEqual(2e-5 * loss);
    }
  },
);

test("conv, pool, conv, pool, dense, dense with Adam takes at most 16 launches a step, and no patches", async () => {
  const model = sequential({ input: [12, 10, 2] }, [
    conv2d(4, 3, { padding: "same", activation: "relu" }),
    maxPool2d(),
    conv2d(8, 3, { padding: "same", activation: "relu" }),
    maxPool2d(),
    flatten(),
    dense(16, { activation: "relu" }),
    dense(3),
  ]);
  using trainer = new Trainer(model, { device: device("webgpu"), loss: softmaxCrossEntropy(), optimizer: adam() });
  const labels = (await trainer.kernels(data, { batchSize: 8 })).map(({ label }) => label);
  expect(labels.join("\n")).not.toMatch(/unfold|fold|transpose|takeBatch/);
  expect(labels.length, labels.join("\n")).toBeLessThanOrEqual(16);
});

const launches = async (layers: Layer[]) => {
  using trainer = new Trainer(sequential({ input: [12, 10, 2] }, [...layers, flatten(), dense(3)]), {
    device: device("webgpu"),
    loss: softmaxCrossEntropy(),
    optimizer: adam(),
  });
  return (await trainer.kernels(data, { batchSize: 8 })).map(({ label }) => label);
};

test("batch norm adds at most 4 launches a step", async () => {
  const convolution = () => conv2d(4, 3, { activation: "relu" });
  const without = await launches([convolution(), conv2d(4, 3), activation("relu")]);
  const normed = await launches([convolution(), conv2d(4, 3), batchNorm(), activation("relu")]);
  expect(normed.length - without.length, normed.join("\n")).toBeLessThanOrEqual(4);
});

test("batch norm in evaluation follows the product before it", () => {
  const model = sequential({ input: [12, 10, 2] }, [conv2d(4, 3), batchNorm(), activation("relu")]);
  const x = variable("x", [8, 12, 10, 2]);
  const [y] = model.trace([x], { training: false }, (name, shape) => variable(name, shape));
  const sink = collect(variable("rows", [...y.shape]), y);
  expect(compile("test", [sink], { fused: true }).launches.map(({ op }) => op)).toEqual(["matmul", "collect"]);
});

test("micro-batches of a batch norm count their own rows, and each changes the running statistics once", async () => {
  const runs = await Promise.all(
    (["cpu", "webgpu", "wasm"] as const).map(async (backend) => {
      const layers = [conv2d(3, 3, { bias: false }), batchNorm(), flatten(), dense(3)];
      const model = sequential({ input: [12, 10, 2], seed: 2 }, layers);
      using trainer = new Trainer(model, { device: device(backend), loss: softmaxCrossEntropy(), optimizer: adam() });
      await trainer.fit(data, { epochs: 1, batchSize: 8, microBatchSize: 3 });
      return model.parameters();
    }),
  );
  for (const name of ["batchNorm.mean", "batchNorm.variance"]) {
    const [expected, ...others] = runs.map((parameters) => parameters.get(name)!.values);
    expect(expected.some((value) => value !== 0 && value !== 1)).toBe(true);
    for (const values of others) {
      for (const [i, value] of expected.entries()) expect(Math.abs(values[i] - value)).toBeLessThanOrEqual(1e-4);
    }
  }
});
