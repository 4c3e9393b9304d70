import { describe, expect, test } from "vitest";
import { Dataset, iris } from "../../src/data/index.js";
import {
  adam,
  cosineAnnealing,
  dense,
  dropout,
  earlyStopping,
  flatten,
  type Layer,
  meanSquaredError,
  ops,
  residual,
  rmsprop,
  sequential,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";
import { useDevices } from "../devices/backends.js";

const device = useDevices();
const model = () => sequential({ input: [4] }, [dense(3)]);
const trainer = (loss = softmaxCrossEntropy(), units = 3) =>
  new Trainer(sequential({ input: [4] }, [dense(units)]), { device: device("cpu"), loss, optimizer: adam() });
const floats = (targets: number[][]) => Dataset.from({ features: targets.map(() => [1, 2, 3, 4]), labels: targets });

describe("what can't be made", () => {
  test.each<[string, () => unknown, RegExp]>([
    ["dense of 0", () => dense(0), /number of units must be a positive integer, got 0/],
    ["dense of 2.5", () => dense(2.5), /positive integer, got 2.5/],
    ["dense of a huge number", () => dense(Number.POSITIVE_INFINITY), /positive integer/],
    ["an unknown activation", () => dense(2, { activation: "rleu" as "relu" }), /no "rleu"; use one of linear, relu/],
    ["an activation called like a method", () => dense(2, { activation: "toString" as "relu" }), /no "toString"/],
    [
      "half an activation",
      () => dense(2, { activation: { name: "x", forward: Math.abs } as never }),
      /needs \{ name, forward/,
    ],
    [
      "an unknown initializer",
      () => dense(2, { initializer: "xavierUnifrom" }),
      /no "xavierUnifrom"; use glorotUniform.* Did you mean glorotUniform\?/,
    ],
    ["dropout of everything", () => dropout(1), /rate must be in \[0, 1\), got 1/],
    ["dropout of NaN", () => dropout(Number.NaN), /got NaN/],
    ["no layers", () => sequential({ input: [4] }, []), /at least one layer/],
    ["a layer that is none", () => sequential({ input: [4] }, ["dense" as unknown as Layer]), /layer 0 is "dense"/],
    [
      "a function that gives no tensor",
      () => sequential({ input: [4] }, [(() => 5) as never]),
      /layer "function" must give a tensor \[batch, \.\.\.\].*got 5/,
    ],
    ["a function that loses the rows", () => sequential({ input: [4] }, [(x) => ops.sum(x)]), /got \[\]/],
    ["a function that turns the rows", () => sequential({ input: [4] }, [(x) => ops.transpose(x)]), /got \[4, 1\]/],
    ["an empty input", () => sequential({ input: [] }, [dense(1)]), /shape of one sample/],
    ["a negative input", () => sequential({ input: [-4] }, [dense(1)]), /shape of one sample/],
    ["a fractional seed", () => sequential({ input: [4], seed: 1.5 }, [dense(1)]), /seed must be a whole number/],
    [
      "two layers of one name",
      () => sequential({ input: [4] }, [dense(1, { name: "a" }), dense(1, { name: "a" })]),
      /two layers are called "a"/,
    ],
    ...["optimizer", "optimizer.dense", "average", "kept.a"].map((name): [string, () => unknown, RegExp] => [
      `a layer called ${name}, as a training is saved`,
      () => sequential({ input: [4] }, [dense(1, { name })]),
      /a layer can't be called/,
    ]),
    [
      "more units than memory holds",
      () => sequential({ input: [4] }, [dense(1e12)]),
      /dense\.weight \[4, 1000000000000\] is more than memory holds. Give the layers fewer units/,
    ],
    [
      "a block of another size",
      () => sequential({ input: [4] }, [residual([dense(8)])]),
      /residual "residual": its layers give \[batch, 8\]/,
    ],
    ["a rate below 0", () => adam({ learningRate: -1 }), /learningRate must be a finite number, 0 or more, got -1/],
    ["a rate in words", () => adam({ learningRate: "0.1" as never }), /learningRate must be .*, got "0.1"/],
    ["a rate of NaN", () => sgd({ learningRate: Number.NaN }), /got NaN/],
    ["a negative decay", () => rmsprop({ weightDecay: -1 }), /weightDecay must be .*0 or more, got -1/],
    ["a beta of 1", () => adam({ beta1: 1 }), /beta1 must be in \[0, 1\), got 1/],
    ["nesterov alone", () => sgd({ nesterov: true }), /nesterov needs a momentum/],
    ["smoothing of 1", () => softmaxCrossEntropy({ labelSmoothing: 1 }), /labelSmoothing must be in \[0, 1\)/],
    ["a period of 0", () => cosineAnnealing({ period: 0 }), /period must be a finite number above 0/],
    ["no patience", () => earlyStopping({ patience: 0 }), /patience must be a positive integer/],
  ])("%s", (_, make, message) => {
    expect(make).toThrow(message);
  });

  test("a trainer without device, loss or optimizer, or with an unknown metric", () => {
    const { loss, optimizer } = { loss: softmaxCrossEntropy(), optimizer: adam() };
    expect(() => new Trainer(model(), { loss, optimizer } as never)).toThrow(
      /needs a device, as openDevice\(\) gives it/,
    );
    expect(() => new Trainer(model(), { device: device("cpu"), optimizer })).toThrow(/needs a loss/);
    expect(() => new Trainer(model(), { device: device("cpu"), loss })).toThrow(/needs an optimizer/);
    expect(() => new Trainer(model(), { device: device("cpu"), loss, optimizer, metrics: ["f1"] })).toThrow(
      /no "f1"; use accuracy/,
    );
  });

  test("a loss that the model's outputs can't have", () => {
    expect(() => trainer(softmaxCrossEntropy(), 1)).toThrow(/softmaxCrossEntropy: needs an output for each class/);
  });

  test("an unknown backend", async () => {
    await expect(openDevice({ backend: "cuda" as "cpu" })).rejects.toThrow(
      /backend can't be "cuda"; use one of auto, webgpu, wasm, cpu/,
    );
  });
});

describe("data that don't fit are refused before any work", () => {
  test.each<[string, () => Promise<unknown>, RegExp]>([
    [
      "too many classes",
      async () => trainer(softmaxCrossEntropy(), 2).fit(await iris()),
      /labels have 3 classes, but the model puts out 2. End the model with dense\(3\)/,
    ],
    [
      "numbers where classes are meant",
      () => trainer().fit(floats([[1], [2]])),
      /softmaxCrossEntropy: the labels are numbers to predict.*names \(string\[\]\)/,
    ],
    [
      "targets of another width",
      () => trainer(meanSquaredError()).fit(floats([[1, 2]])),
      /targets of a row are \[2\], the model puts out 3/,
    ],
    [
      "probabilities above 1",
      () => trainer(sigmoidCrossEntropy(), 2).fit(floats([[0, 2]])),
      /targets must be in \[0, 1\], but row 0 has 2/,
    ],
    [
      "an image",
      () => trainer().fit(Dataset.from({ features: new Float32Array(8), labels: [0, 1], shape: [2, 2] })),
      /takes features \[rows, 4\], got \[rows, 2, 2\]/,
    ],
    [
      "validation of another shape",
      async () => trainer().fit(await iris(), { validation: floats([[1]]) }),
      /labels are numbers to predict/,
    ],
    ["something else than data", () => trainer().fit({ features: [], labels: [] } as never), /Dataset.from/],
    ["no epochs", async () => trainer().fit(await iris(), { epochs: 0 }), /epochs must be a positive integer, got 0/],
    ["half an epoch", async () => trainer().fit(await iris(), { epochs: 0.5 }), /epochs must be a positive integer/],
    [
      "a batch of 0",
      async () => trainer().fit(await iris(), { batchSize: 0 }),
      /batchSize must be a positive integer, got 0/,
    ],
    [
      "a negative batch",
      async () => trainer().evaluate(await iris(), { batchSize: -1 }),
      /batchSize must be a positive integer/,
    ],
    ["a negative seed", async () => trainer().fit(await iris(), { seed: -1 }), /seed must be a whole number/],
    ["features that break off", () => trainer().predict(new Float32Array(7)), /takes features \[rows, 4\]/],
    ["rows that are too long", () => trainer().predict([[1, 2, 3, 4, 5]]), /4|shape/],
    ["NaN to predict from", () => trainer().predict([[1, 2, Number.NaN, 4]]), /NaN|finite/],
    ["nothing to predict from", () => trainer().predict([]), /row|empty/i],
    ...[null, {}, [null], "earlyStopping"].map((callbacks): [string, () => Promise<unknown>, RegExp] => [
      `callbacks ${JSON.stringify(callbacks)}`,
      async () => trainer().fit(await iris(), { callbacks: callbacks as never }),
      /fit: callbacks must be a list, such as callbacks: \[earlyStopping\(\)\]/,
    ]),
    ...(
      [
        [{ onEpochEnd() {} }, /no hook "onEpochEnd". Did you mean onEpoch\?/],
        [{ onEpoch() {}, on_train_batch_end() {} }, /no hook "on_train_batch_end". Did you mean onStep\?/],
        [new (class { count = 0; onTrainBegin() {} })(), /no hook "onTrainBegin". Did you mean onStart\?/], // biome-ignore format: short
        [{ onEpochs() {} }, /no hook "onEpochs". Did you mean onEpoch\?/],
        [{ epochs: [], note() {} }, /a callback with epochs, note has no hook that is ever called. Hooks are onStart,/],
        [{ onEpoch: true }, /onEpoch must be a function, got true/],
      ] as const
    ).map(([callback, message]): [string, () => Promise<unknown>, RegExp] => [
      `a callback for which ${message.source} is said`,
      async () => trainer().fit(await iris(), { callbacks: [callback as never] }),
      message,
    ]),
    [
      "a score that isn't there",
      async () => trainer().fit(await iris(), { callbacks: [earlyStopping({ monitor: "accuracy" })] }),
      /no score "accuracy"; add it/,
    ],
  ])("%s", async (_, work, message) => {
    await expect(work()).rejects.toThrow(message);
  });

  test("members of a callback's own are let be", async () => {
    class Watcher {
      seen: number[] = [];
      onstage = true;
      onEpoch({ epoch }: { epoch: number }) {
        this.note(epoch);
      }
      note(epoch: number) {
        this.seen.push(epoch);
      }
    }
    const watcher = new Watcher();
    await trainer().fit(await iris(), { epochs: 2, callbacks: [watcher, {}] });
    expect(watcher.seen).toEqual([1, 2]);
  });

  test("a label out of range later in the data is found too", async () => {
    const data = Dataset.from({
      features: [
        [1, 2, 3, 4],
        [1, 2, 3, 4],
      ],
      labels: new Float32Array([0.5, 3]),
    });
    await expect(trainer(sigmoidCrossEntropy(), 1).fit(data)).rejects.toThrow(/row 1 has 3/);
  });
});

describe("a trainer at the wrong time", () => {
  test("two calls at once, and calls after dispose", async () => {
    const busy = trainer();
    const data = await iris();
    const first = busy.fit(data, { epochs: 1 });
    await expect(busy.evaluate(data)).rejects.toThrow(/still at work, and other calls must wait. Await the call/);
    await first;
    busy.dispose();
    busy.dispose();
    await expect(busy.evaluate(data)).rejects.toThrow(/was disposed/);
  });

  test("setParameters checks names, shapes and numbers, and changes nothing when one is wrong", () => {
    const small = model();
    const before = small.parameters();
    const set = (name: string, values: number[], shape?: number[]) =>
      small.setParameters(
        new Map([
          ["dense.bias", { values: [1, 1, 1] }],
          [name, { values, shape }],
        ]),
      );
    expect(() => set("dense.weights", [1])).toThrow(/no "dense.weights"; it has dense.weight, dense.bias/);
    expect(() => set("dense.weight", [1, 2, 3])).toThrow(/dense.weight is \[4, 3\], got 3 values/);
    expect(() => set("dense.weight", Array(12).fill(0), [3, 4])).toThrow(/dense.weight is \[4, 3\], got \[3, 4\]/);
    expect(() => set("dense.weight", Array(12).fill(1e39))).toThrow(/too large for float32/);
    expect(small.parameters()).toEqual(before);
  });

  test("a flattened image trains", async () => {
    const data = Dataset.from({ features: new Float32Array(8).fill(0.5), labels: [0, 1], shape: [2, 2] });
    using flat = new Trainer(sequential({ input: [2, 2] }, [flatten(), dense(2)]), {
      device: device("cpu"),
      loss: softmaxCrossEntropy(),
      optimizer: adam(),
    });
    expect((await flat.fit(data, { epochs: 1 })).epochs).toHaveLength(1);
  });
});
