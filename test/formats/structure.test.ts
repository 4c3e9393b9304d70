import { cpSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import {
  add,
  apply,
  concatenate,
  decodeModel,
  dense,
  encodeModel,
  FormatError,
  input,
  type Model,
  model,
  residual,
  sequential,
  Trainer,
} from "../../src/index.js";
import { loadModel } from "../../src/node.js";
import { useDevices } from "../devices/backends.js";
import { useFolder } from "../fixtures.js";

const device = useDevices();
const folder = useFolder();

/** Two inputs, a shared layer, two outputs, and a block. */
function network(): Model {
  const [a, b] = [input([3], { name: "a" }), input([3], { name: "b" })];
  const tower = dense(4, { activation: "tanh", name: "tower" });
  const [left, right] = [apply(tower, a), apply(tower, b)];
  const joined = apply(residual([dense(8), dense(8)], { shortcut: dense(8) }), apply(concatenate(), left, right));
  return model({
    inputs: [a, b],
    outputs: { same: apply(dense(1), joined), sum: apply(add(), left, right) },
    seed: 4,
  });
}

test("a graph is saved as version 2, and read as it was", () => {
  const saved = network();
  const files = encodeModel(saved);
  const json = JSON.parse(files.json);
  expect(json).toMatchObject({
    version: 2,
    inputs: [
      { name: "a", shape: [3] },
      { name: "b", shape: [3] },
    ],
    outputs: [{ name: "same" }, { name: "sum" }],
  });
  expect(json.nodes.map(({ layer, inputs }: { layer: unknown; inputs: number[] }) => [typeof layer, inputs])).toEqual([
    ["object", [0]],
    ["number", [1]],
    ["object", [2, 3]],
    ["object", [4]],
    ["object", [5]],
    ["object", [2, 3]],
  ]);
  const read = decodeModel(files);
  expect([...read.parameters()]).toEqual([...saved.parameters()]);
  expect(read.summary()).toBe(saved.summary());
  expect(encodeModel(read).json).toBe(files.json);
});

const chain = () => sequential({ input: [3], seed: 1 }, [dense(4), dense(2)]);

test.each<[string, () => Model, (json: Record<string, never[]>) => object, RegExp]>([
  [
    "a node that takes from a later one",
    chain,
    ({ nodes: [a, b] }) => ({ nodes: [{ ...(a as object), inputs: [2] }, b] }),
    /node 0 takes value 2, which comes after it: there would be a loop/,
  ],
  [
    "a node that takes from itself",
    chain,
    ({ nodes: [a, b] }) => ({ nodes: [{ ...(a as object), inputs: [1] }, b] }),
    /there would be a loop/,
  ],
  [
    "a node that nothing takes",
    chain,
    () => ({ outputs: [{ name: "", value: 1 }] }),
    /nothing in model.json takes node 1/,
  ],
  [
    "an input that nothing takes",
    network,
    ({ inputs }) => ({ inputs: [...inputs, { name: "c", shape: [2] }] }),
    /value|nothing/,
  ],
  ["an output that there isn't", chain, () => ({ outputs: [{ name: "", value: 9 }] }), /the output "" takes value 9/],
  ["two inputs of one name", network, ({ inputs: [a] }) => ({ inputs: [a, a] }), /two inputs called "a"/],
  ["two outputs of one name", network, ({ outputs: [a] }) => ({ outputs: [a, a] }), /two outputs called "same"/],
  [
    "a repeated node that is none",
    chain,
    ({ nodes: [a] }) => ({ nodes: [a, { layer: 7, inputs: [1] }] }),
    /node 1 of model.json repeats node 7/,
  ],
  [
    "two inputs of a layer of one",
    network,
    ({ nodes: [a, b, c, d, e, f] }) => ({ nodes: [a, b, c, d, { ...(e as object), inputs: [5, 4] }, f] }),
    /"dense", takes one input, not 2/,
  ],
  ["values that aren't numbers", chain, () => ({ outputs: [{ name: "", value: "2" }] }), /takes value 2/],
])("%s: a FormatError that says so", (_, make, change, message) => {
  const files = encodeModel(make());
  const { checksums, ...json } = JSON.parse(files.json);
  const damaged = { ...files, json: JSON.stringify({ ...json, ...change(json) }) };
  expect(() => decodeModel(damaged, "mine")).toThrow(FormatError);
  expect(() => decodeModel(damaged, "mine")).toThrow(message);
});

test("version 1, as the release before wrote it, predicts and goes on to the bit", async () => {
  const here = fileURLToPath(new URL("version-1", import.meta.url));
  const { features, labels, predictions, continued, names } = JSON.parse(readFileSync(`${here}/expected.json`, "utf8"));
  const written = (values: Iterable<number>) => Array.from(values, (value) => Number(value.toPrecision(9)));
  cpSync(`${here}/images`, folder.path("images"), { recursive: true });
  const read = await loadModel(folder.path("images"));
  expect([...read.parameters().keys()]).toEqual(names);
  expect(JSON.parse(encodeModel(read).json).version).toBe(2);
  const data = Dataset.from({ features: Float32Array.from(features), labels, shape: [36] });
  using trainer = new Trainer(read, { device: device("cpu") });
  expect(written((await trainer.predict(data)).values)).toEqual(predictions);
  await trainer.fit(data, { epochs: 2, batchSize: 5 });
  expect(written((await trainer.predict(data)).values)).toEqual(continued);
});
