import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { sizeOf } from "../../src/core/shape.js";
import { decodeSafetensors, encodeSafetensors } from "../../src/formats/safetensors.js";
import type { Tensor } from "../../src/graph/tensor.js";
import {
  activation,
  adadelta,
  adagrad,
  adam,
  adamax,
  adamw,
  bidirectional,
  constant,
  cosineAnnealing,
  decodeModel,
  dense,
  dropout,
  encodeModel,
  flatten,
  lion,
  nadam,
  type Optimizer,
  ops,
  parameterGroups,
  recurrent,
  registerLayer,
  residual,
  rmsprop,
  sequential,
  sgd,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { loadModel, saveModel } from "../../src/node.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { irisNetwork, irisSplit, parametersOf, useFolder } from "../fixtures.js";

const device = useDevices();
const folder = useFolder().path();

const network = () =>
  sequential({ input: [2, 2], seed: 5 }, [
    flatten(),
    dense(8, { initializer: "heNormal", name: "hidden" }),
    activation("tanh"),
    dropout(0.3),
    dense(3, { bias: false }),
  ]);

const optimizers: [string, () => Optimizer][] = [
  ["adam", () => adam({ learningRate: 0.01 })],
  ["sgd with momentum", () => sgd({ learningRate: 0.05, momentum: 0.9, dampening: 0.5 })],
  ["adamw", () => adamw({ learningRate: 0.01, amsgrad: true })],
  ["nadam", () => nadam({ learningRate: 0.01 })],
  ["adamax", () => adamax({ learningRate: 0.01 })],
  ["adagrad", () => adagrad({ learningRate: 0.05, learningRateDecay: 0.01 })],
  ["adadelta", () => adadelta()],
  ["lion", () => lion({ learningRate: 1e-3, weightDecay: 0.1 })],
  ["groups", () => parameterGroups(adamw, { learningRate: 0.01 }, [{ parameters: "bias", weightDecay: 0 }])],
  ["rmsprop", () => rmsprop({ learningRate: 0.01, centered: true, momentum: 0.5 })],
];

test("lists thousands deep in each other are refused by name", async () => {
  const directory = join(folder, "deep");
  await saveModel(irisNetwork(), directory);
  const file = join(directory, "model.json");
  const { checksums, ...json } = JSON.parse(await readFile(file, "utf8"));
  for (const field of ["version", "inputs", "nodes", "metadata"]) {
    const text = JSON.stringify({ ...json, [field]: "HERE" }).replace(
      '"HERE"',
      "[".repeat(50_000) + "]".repeat(50_000),
    );
    await writeFile(file, text);
    await expect(loadModel(directory)).rejects.toThrow(/model\.json has lists more than 200 deep/);
  }
});

test("setParameters takes a Map, and says so of anything else", () => {
  const model = irisNetwork();
  for (const given of [{}, { "dense.bias": { values: [0] } }, [], null, undefined, "dense.bias"]) {
    expect(() => model.setParameters(given as never)).toThrow(/setParameters: needs a Map, as parameters\(\) gives it/);
  }
});

describe.each(BACKENDS)("a checkpoint on %s", (backend) => {
  test.each(optimizers)("%s: resumed gives the bits of a run that was not interrupted", async (_, optimizer) => {
    const { train: data } = await irisSplit();
    const setup = { device: device(backend), loss: softmaxCrossEntropy(), schedule: cosineAnnealing({ period: 9 }) };

    const whole = irisNetwork();
    using uninterrupted = new Trainer(whole, { ...setup, optimizer: optimizer() });
    const expected = await uninterrupted.fit(data, { epochs: 6, batchSize: 16, seed: 3 });

    const directory = join(folder, `${backend} resume`);
    using first = new Trainer(irisNetwork(), { ...setup, optimizer: optimizer() });
    await first.fit(data, { epochs: 2, batchSize: 16, seed: 3 });
    await saveModel(first, directory, { optimizer: true });

    const loaded = await loadModel(directory);
    using resumed = new Trainer(loaded, { device: device(backend) });
    expect(resumed.epoch).toBe(2);
    const history = await resumed.fit(data, { epochs: 4, batchSize: 16, seed: 3 });
    expect(parametersOf(loaded)).toEqual(parametersOf(whole));
    expect(history.epochs.map(({ epoch, loss }) => [epoch, loss])).toEqual(
      expected.epochs.slice(2).map(({ epoch, loss }) => [epoch, loss]),
    );
  });
});

test("a model of every layer comes back as it was, with its metadata", async () => {
  const model = network();
  model.metadata = { classNames: ["a", "b", "ç"], nested: { mean: [1.5] } };
  const directory = join(folder, "plain");
  await saveModel(model, directory);
  expect((await readdir(directory)).sort()).toEqual(["model.json", "model.safetensors"]);
  const loaded = await loadModel(directory);
  expect(parametersOf(loaded)).toEqual(parametersOf(model));
  expect(loaded.summary()).toBe(model.summary());
  expect(loaded.metadata).toEqual(model.metadata);
  expect(loaded.training).toBeUndefined();
});

test("saving again replaces the files and leaves nothing else", async () => {
  const directory = join(folder, "again");
  const model = network();
  await saveModel(model, directory);
  model.setParameters(new Map([["dense.weight", { values: new Float32Array(24).fill(0.5) }]]));
  await saveModel(model, directory);
  expect((await loadModel(directory)).parameters().get("dense.weight")!.values).toEqual(new Float32Array(24).fill(0.5));
  expect(await readdir(directory)).toHaveLength(2);
});

test("cells and initializers of the user's own can't be saved, which nothing could be made of", () => {
  const cell = { gates: 1, step: ([z]: readonly Tensor[], [h]: readonly Tensor[]) => [ops.tanh(ops.add(z, h))] };
  const initializer = {
    config: { initializer: "mine" },
    values: (shape: readonly number[]) => new Float32Array(sizeOf(shape)),
  };
  const layers = [
    recurrent(3, cell),
    bidirectional(recurrent(3, cell)),
    dense(2, { initializer }),
    residual([dense(2, { biasInitializer: initializer })]),
    { config: { layer: "mine" }, forward: (x: Tensor) => x },
  ];
  for (const layer of layers) {
    const model = sequential({ input: [4, 2] }, [layer]);
    expect(() => encodeModel(model), layer.config.layer).toThrow(/function of your own.*registerLayer/);
  }
  const known = registerLayer({
    name: "ownCell",
    forward: (x, scope) => scope.call(recurrent(3, cell, { initializer }), x),
  });
  const model = sequential({ input: [4, 2], seed: 3 }, [known(), dense(2, { initializer: constant(2) })]);
  expect(decodeModel(encodeModel(model)).parameters()).toEqual(model.parameters());
});

test("functions of the user's own can't be saved, and the error says what to do", async () => {
  const model = sequential({ input: [2] }, [dense(2), (x) => x]);
  const directory = join(folder, "custom");
  await expect(saveModel(model, directory)).rejects.toThrow(/function of your own.*setParameters/s);
  await expect(readdir(directory)).rejects.toThrow("ENOENT");
  const square = {
    name: "square",
    forward: Math.abs,
    gradient: Math.sign,
    wgsl: { forward: "abs(x)", gradient: "sign(x)" },
  };
  expect(() => encodeModel(sequential({ input: [2] }, [dense(2, { activation: square })]))).toThrow(
    /function of your own/,
  );
});

describe("damaged files", () => {
  // Checksums find every damage; without them, as in older files, each shows by itself.
  const good = () => {
    const { json, safetensors } = encodeModel(network());
    return { json: JSON.stringify({ ...JSON.parse(json), checksums: undefined }, null, 2), safetensors };
  };
  const withJson = (changes: Record<string, unknown>) => {
    const { json, safetensors } = good();
    return { json: JSON.stringify({ ...JSON.parse(json), ...changes }), safetensors };
  };
  const withNodes = (...layers: unknown[]) =>
    withJson({
      nodes: layers.map((layer, place) => ({ layer, inputs: [place] })),
      outputs: [{ name: "", value: layers.length }],
    });
  const withTensors = (change: (tensors: ReturnType<typeof decodeSafetensors>["tensors"]) => void) => {
    const { json, safetensors } = good();
    const { tensors } = decodeSafetensors(safetensors);
    change(tensors);
    return { json, safetensors: encodeSafetensors(tensors) };
  };
  const f32 = (shape: number[], fill = 0) => ({
    dtype: "f32" as const,
    shape,
    values: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(fill),
  });

  test.each([
    ["JSON cut off", () => ({ ...good(), json: good().json.slice(0, 100) }), /model.json is not JSON/],
    ["JSON of something else", () => ({ ...good(), json: '{"name": "x"}' }), /doesn't describe a neuromotor model/],
    ["JSON that is a list", () => ({ ...good(), json: "[]" }), /doesn't describe a neuromotor model/],
    ["JSON null", () => ({ ...good(), json: "null" }), /doesn't describe/],
    ["a newer version", () => withJson({ version: 3 }), /format version 3.*Update neuromotor/],
    ["no nodes", () => withJson({ nodes: undefined }), /no lists of inputs, nodes and outputs/],
    ["an unknown layer", () => withNodes({ layer: "conv9" }), /There is no layer "conv9"/],
    ["a layer that is null", () => withNodes(null), /no lists of inputs, nodes/],
    ["negative units", () => withNodes({ layer: "dense", units: -1 }), /positive integer/],
    ["an input of text", () => withJson({ inputs: [{ name: "input", shape: "64" }] }), /input must be the shape/],
    ["bad training record", () => withJson({ training: { epoch: -1, step: 0 } }), /training record/],
    [
      "an optimizer that can't be",
      () => {
        const optimizer = { optimizer: "adam", learningRate: -1 };
        return withJson({ training: { epoch: 1, step: 1, learningRate: 0.1, optimizer } });
      },
      /learningRate must be a finite number, 0 or more, got -1/,
    ],
    ["metadata that is a list", () => withJson({ metadata: [] }), /metadata/],
    ["safetensors cut off", () => ({ ...good(), safetensors: good().safetensors.slice(0, -8) }), /safetensors/],
    ["an empty safetensors file", () => ({ ...good(), safetensors: new Uint8Array() }), /safetensors/],
    [
      "sizes far beyond the file's",
      () => withNodes({ layer: "flatten" }, { layer: "dense", units: 1e12, name: "hidden" }),
      /hidden.weight is \[4, 1000000000000\] in model.json and \[4, 8\]/,
    ],
    [
      "a missing parameter",
      () => withTensors((tensors) => void tensors.delete("hidden.bias")),
      /hidden.bias is missing/,
    ],
    ["another's parameter", () => withTensors((tensors) => void tensors.set("conv.weight", f32([1]))), /"conv.weight"/],
    [
      "another shape",
      () => withTensors((tensors) => void tensors.set("hidden.bias", f32([4, 2]))),
      /hidden.bias is \[8\]/,
    ],
    [
      "NaN in a parameter",
      () => withTensors((tensors) => void tensors.set("hidden.bias", f32([8], Number.NaN))),
      /NaN/,
    ],
    [
      "u32 parameters",
      () => withTensors((t) => void t.set("hidden.bias", { dtype: "u32", shape: [8], values: new Uint32Array(8) })),
      /u32/,
    ],
    ["half of the state", () => withTensors((t) => void t.set("optimizer.hidden.bias", f32([2, 8]))), /state of/],
  ])("%s: a FormatError that says so", (_, files, message) => {
    let error: Error | undefined;
    try {
      decodeModel(files() as ReturnType<typeof good>, "mine");
    } catch (caught) {
      error = caught as Error;
    }
    expect(error?.name).toBe("FormatError");
    expect(error?.message).toMatch(message);
    expect(error?.message).toMatch(/^mine/);
  });

  test("a missing file or folder is named", async () => {
    await expect(loadModel(join(folder, "nowhere"))).rejects.toThrow(/nowhere.*there is no such file/);
    const directory = join(folder, "half");
    await saveModel(network(), directory);
    await rm(join(directory, "model.safetensors"));
    await expect(loadModel(directory)).rejects.toThrow(/model.safetensors: there is no such file/);
    await writeFile(
      join(directory, "model.safetensors"),
      (await readFile(join(directory, "model.json"))).subarray(0, 50),
    );
    await expect(loadModel(directory)).rejects.toMatchObject({ name: "FormatError" });
  });
});
