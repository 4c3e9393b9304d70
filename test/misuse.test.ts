import { afterAll, describe, expect, test } from "vitest";
import * as data from "../src/data/index.js";
import {
  adam,
  type Callback,
  crossValidate,
  decodeModel,
  dense,
  encodeModel,
  type FitOptions,
  maxNorm,
  meanSquaredError,
  metrics,
  movingAverage,
  ops,
  parameterGroups,
  predictRows,
  sequential,
  softmaxCrossEntropy,
  Trainer,
} from "../src/index.js";
import * as node from "../src/node.js";
import { sines, useFolder } from "./fixtures.js";

/*
 * Arguments of wrong kinds, as slips of the pen give them: each is a clear error of the engine's own, never a TypeError
 * from somewhere within.
 */

const device = await node.openDevice({ backend: "cpu" });
afterAll(() => device.dispose());
const folder = useFolder();

const network = () => sequential({ input: [4], seed: 1 }, [dense(3, { activation: "relu" }), dense(2)]);
const rows = () =>
  data.Dataset.from({ features: sines(64), labels: Uint32Array.from({ length: 16 }, (_, i) => i % 2), shape: [4] });
const trainer = (model = network()) =>
  new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam(), metrics: ["accuracy"] });

const WRONG: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  "a number": 42,
  "a text": "x",
  "an empty text": "",
  "an object": {},
  "an empty list": [],
  "a list of null": [null],
  "a function": () => {},
  "a date": new Date(0),
  "a Map": new Map(),
};
const OWN = /^(Argument|Shape|Data|Format|Device)Error$/;

// biome-ignore lint/suspicious/noExplicitAny: arguments of any kind
type AnyFunction = (...values: any[]) => unknown;
const one = (f: AnyFunction): [AnyFunction, AnyFunction] => [f, (value) => f(value, value)];

const functions: Readonly<Record<string, readonly AnyFunction[]>> = {
  ...Object.fromEntries(
    Object.entries(metrics)
      .filter(([name]) => !name.startsWith("format"))
      .map(([name, f]) => [name, one(f as AnyFunction)]),
  ),
  Trainer: [(value) => new Trainer(value, { device }), (value) => new Trainer(network(), value)],
  fit: [(value) => trainer().fit(value), (value) => trainer().fit(rows(), value)],
  evaluate: [(value) => trainer().evaluate(value)],
  predict: [(value) => trainer().predict(value), (value) => trainer().predict(sines(8), value)],
  trainStep: [(value) => trainer().trainStep(value)],
  restore: [(value) => trainer().restore(value)],
  setParameters: [(value) => network().setParameters(value)],
  predictRows: one(predictRows),
  crossValidate: one(crossValidate),
  encodeModel: one(encodeModel),
  decodeModel: one(decodeModel),
  saveModel: [...one(node.saveModel), (value) => node.saveModel(network(), value === "x" ? null : value)],
  loadModel: one(node.loadModel),
  maxNorm: one(maxNorm),
  movingAverage: one(movingAverage),
  parameterGroups: [...one(parameterGroups), (value) => parameterGroups(adam, {}, value)],
  "Dataset.from": one(data.Dataset.from),
  split: [(value) => rows().split(value)],
  readCsv: [...one(data.readCsv), (value) => data.readCsv("x,y\n1,2\n", value)],
  readCsvFeatures: [...one(data.readCsvFeatures), (value) => data.readCsvFeatures("x,y\n1,2\n", value)],
  readCsvTexts: one(data.readCsvTexts),
  tableFromCsv: one(data.tableFromCsv),
  tableFromRecords: one(data.tableFromRecords),
  readTable: one(data.readTable),
  readNpy: one(data.readNpy),
  readNpz: one(data.readNpz),
  readIdx: one(data.readIdx),
  standardise: one(data.standardise),
  kFolds: one(data.kFolds),
  loadSample: one(data.loadSample),
  ...Object.fromEntries(
    (["sum", "mean", "max", "reshape", "transpose", "slice", "pad", "concatenate", "add", "relu"] as const).map(
      (name) => [name, one(ops[name] as AnyFunction)],
    ),
  ),
};

describe("an argument of the wrong kind", () => {
  test.each(Object.entries(functions))("%s", async (_, calls) => {
    let refused = 0;
    for (const [kind, value] of Object.entries(WRONG)) {
      for (const call of calls) {
        const error = await (async () => call(value))().then(
          () => undefined,
          (thrown) => thrown,
        );
        if (error === undefined) continue;
        expect(error.name, `${kind}: ${error.stack}`).toMatch(OWN);
        expect(error.message.length).toBeGreaterThan(20);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(3);
  });
});

describe("options of fit", () => {
  const refuse = (options: unknown, message: RegExp) =>
    expect(trainer().fit(rows(), { epochs: 1, ...(options as FitOptions) })).rejects.toMatchObject({
      name: "ArgumentError",
      message: expect.stringMatching(message),
    });

  test.each(["shuffle", "recordSteps", "resume"])("%s is true or false", async (name) => {
    for (const value of ["false", "no", 0, 1, null, {}]) await refuse({ [name]: value }, /must be true or false, got /);
  });

  test.each(["onStart", "onEpoch", "onStep", "afterEpoch", "onEnd", "onClose", "saveState", "restoreState"])(
    "a callback's %s is a function",
    async (hook) => {
      for (const value of ["x", 5, null, {}]) {
        const callback = { [hook]: value } as Callback;
        await refuse({ callbacks: [callback] }, new RegExp(`${hook} must be a function, got`));
      }
    },
  );

  test("a signal is an AbortSignal, numbers aren't text", async () => {
    await refuse({ signal: new AbortController() }, /signal must be an AbortSignal/);
    await refuse({ epochs: "3" }, /epochs must be a positive integer, got "3"/);
  });
});

test("options that are on or off are refused as text everywhere", () => {
  expect(() => adam({ amsgrad: "false" as never })).toThrow(/adam: amsgrad must be true or false, got "false"/);
  expect(() => ops.sum(ops.constant(Float32Array.of(1, 2), [2]), 0, { keepAxes: 1 as never })).toThrow(
    /keepAxes must be true or false/,
  );
});

test("a layer's name is text that files can hold", () => {
  for (const name of ["", "\ud800", "a\udfff", 5 as never]) {
    const build = () => sequential({ input: [4] }, [dense(2, { name })]);
    expect(build).toThrow(/name/);
  }
});

test("labels that were written to since the data set was made are refused, not learned", async () => {
  for (const [label, loss] of [[99, softmaxCrossEntropy()] as const, [2, meanSquaredError()] as const]) {
    const changed = rows();
    changed.labels[3] = label;
    using learner = new Trainer(network(), { device, loss, optimizer: adam() });
    await expect(learner.fit(changed, { epochs: 1 })).rejects.toThrow(
      new RegExp(`label of row 3 is ${label}, but the data set was made with 2 classes`),
    );
  }
});

test("a device that is disposed during work is named, not a buffer", async () => {
  for (const backend of ["cpu", "wasm"] as const) {
    const own = await node.openDevice({ backend });
    const learner = new Trainer(network(), { device: own, loss: softmaxCrossEntropy(), optimizer: adam() });
    const fit = learner.fit(rows(), { epochs: 3, callbacks: [{ onEpoch: () => own.dispose() }] });
    await expect(fit).rejects.toThrow(/This device was disposed. Open another with openDevice\(\)/);
    learner.dispose();
  }
});

test("a folder without a name isn't written to", async () => {
  await expect(node.saveModel(network(), "")).rejects.toThrow(/saveModel: needs the path of a folder.*got ""/);
  await node.saveModel(network(), folder.path("named"));
  expect((await node.loadModel(folder.path("named"))).parameterCount).toBe(network().parameterCount);
});
