import { describe, expect, test } from "vitest";
import type { BackendName } from "../../src/backends/backend.js";
import { Dataset, digits, iris } from "../../src/data/index.js";
import {
  adam,
  cosineAnnealing,
  decodeModel,
  dense,
  dropout,
  type EpochRecord,
  earlyStopping,
  encodeModel,
  type ModelFiles,
  meanSquaredError,
  type Optimizer,
  rmsprop,
  sequential,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
  type TrainerOptions,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { irisSplit, weightsOf } from "../fixtures.js";
import { expectClose } from "../tolerance.js";

const device = useDevices();

const network = (seed = 1) =>
  sequential({ input: [4], seed }, [
    dense(16, { activation: "relu" }),
    dropout(0.2),
    dense(8, { activation: "tanh" }),
    dense(3),
  ]);

/** Without anything that saturates: a rate that is too high shows. */
const unbounded = () =>
  sequential({ input: [4], seed: 1 }, [dense(16, { activation: "relu" }), dense(8, { activation: "relu" }), dense(3)]);

const options = (backend: BackendName, more: Partial<TrainerOptions> = {}): TrainerOptions => ({
  device: device(backend),
  loss: softmaxCrossEntropy(),
  optimizer: adam({ learningRate: 0.01 }),
  metrics: ["accuracy"],
  ...more,
});

describe.each(BACKENDS)("the trainer on %s", (backend) => {
  test("learns Iris and reports as it goes", async () => {
    const { train, test: held } = await irisSplit();
    using trainer = new Trainer(network(), options(backend, { schedule: cosineAnnealing({ period: 40 }) }));
    const seen: EpochRecord[] = [];
    const callback = { onEpoch: (record: EpochRecord) => void seen.push(record) };
    const history = await trainer.fit(train, { epochs: 40, batchSize: 16, validation: held, callbacks: [callback] });
    expect(history.epochs).toHaveLength(40);
    expect(history.epochs).toEqual(seen);
    expect(history.epochs.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 40 }, (_, i) => i + 1));
    expect(history.epochs[0].learningRate).toBe(0.01);
    expect(history.epochs[20].learningRate).toBeCloseTo(0.005, 12);
    expect(history.epochs[39].loss).toBeLessThan(history.epochs[0].loss / 3);
    const scores = await trainer.evaluate(held);
    expect(scores).toEqual(history.epochs[39].validation);
    expect(scores.accuracy).toBeGreaterThan(0.9);
  });

  test("predicts what it evaluates, in any batch size", async () => {
    const { train, test: held } = await irisSplit();
    using trainer = new Trainer(network(), options(backend));
    await trainer.fit(train, { epochs: 5 });
    const { shape, values } = await trainer.predict(held.features);
    expect(shape).toEqual([30, 3]);
    expect((await trainer.predict(held, { batchSize: 7 })).values).toEqual(values);
    const { values: probabilities } = await trainer.predict(held.features, { probabilities: true });
    let correct = 0;
    for (let row = 0; row < 30; row++) {
      const logits = values.subarray(row * 3, row * 3 + 3);
      if (logits.indexOf(Math.max(...logits)) === held.labels[row]) correct++;
      expect(probabilities.subarray(row * 3, row * 3 + 3).reduce((a, b) => a + b)).toBeCloseTo(1, 5);
    }
    expect((await trainer.evaluate(held)).accuracy).toBe(correct / 30);
  });

  test("counts rows as right where one output of several is, outputs where each has its own answer", async () => {
    // The model puts out its features.
    const identity = () => sequential({ input: [3] }, [dense(3, { initializer: "zeros" })]);
    const eye = { shape: [3, 3], values: [1, 0, 0, 0, 1, 0, 0, 0, 1] };
    const features = [
      [0.1, 0.2, 0.4], // right: 2 is the largest, though none is past a half
      [0.9, 0.8, 0.7], // right: 0
      [0.9, 0.1, 0.2], // wrong: should be 1
    ];
    const classes = Dataset.from({ features, labels: [2, 0, 1] });
    const soft = [
      [0.3, 0.3, 0.4],
      [0.6, 0.2, 0.2],
      [0.1, 0.8, 0.1],
    ];
    const distributions = Dataset.from({ features, labels: soft });
    const yesOrNo = Dataset.from({ features: [[-1, 2, 3]], labels: [[0, 1, 0]] });
    for (const [loss, data, accuracy] of [
      [softmaxCrossEntropy(), classes, 2 / 3],
      [sigmoidCrossEntropy(), classes, 2 / 3],
      [meanSquaredError(), classes, 2 / 3],
      [softmaxCrossEntropy(), distributions, 2 / 3],
      [sigmoidCrossEntropy(), yesOrNo, 2 / 3],
    ] as const) {
      const model = identity();
      model.setParameters(new Map([["dense.weight", eye]]));
      const optimizer = sgd({ learningRate: 1e-9 });
      using trainer = new Trainer(model, options(backend, { loss, optimizer }));
      expect((await trainer.evaluate(data)).accuracy, loss.config.loss).toBeCloseTo(accuracy, 6);
      const { epochs } = await trainer.fit(data, { epochs: 1, batchSize: 2, validation: data });
      expect(epochs[0].accuracy).toBeCloseTo(accuracy, 6);
      expect(epochs[0].validation!.accuracy).toBeCloseTo(accuracy, 6);
    }
  });

  test("tells where a training with class labels and a loss of numbers diverged", async () => {
    const { train } = await irisSplit();
    using trainer = new Trainer(
      unbounded(),
      options(backend, { loss: meanSquaredError(), optimizer: sgd({ learningRate: 1e6 }) }),
    );
    await expect(trainer.fit(train, { epochs: 20 })).rejects.toMatchObject({ name: "DivergedError", epoch: 1 });
  });

  test("saves, evaluates and predicts in a callback; what it saved goes on to the same bits", async () => {
    const { train, test: held } = await irisSplit();
    const fit = { batchSize: 16, seed: 3 };
    const whole = new Trainer(network(), options(backend));
    await whole.fit(train, { ...fit, epochs: 5 });
    let files: ModelFiles | undefined;
    const watched = new Trainer(network(), options(backend));
    const callback = {
      async onEpoch({ epoch, validation }: EpochRecord) {
        expect(await watched.evaluate(held)).toEqual(validation);
        expect((await watched.predict(held)).shape).toEqual([30, 3]);
        await expect(watched.fit(train)).rejects.toThrow(/still training/);
        if (epoch !== 2) return;
        await watched.sync();
        files = encodeModel(watched.model, await watched.training(true));
      },
    };
    await watched.fit(train, { ...fit, epochs: 5, validation: held, callbacks: [callback] });
    const resumed = new Trainer(decodeModel(files!), { device: device(backend) });
    expect(resumed.epoch).toBe(2);
    await resumed.fit(train, { ...fit, epochs: 3 });
    expect(weightsOf(watched.model)).toEqual(weightsOf(whole.model));
    expect(weightsOf(resumed.model)).toEqual(weightsOf(whole.model));
    for (const trainer of [whole, watched, resumed]) trainer.dispose();
  });

  test("disposed while it trains, it ends with the epoch and leaves the device to others", async () => {
    const { train } = await irisSplit();
    const trainer = new Trainer(network(), options(backend));
    const callbacks = [{ onEpoch: ({ epoch }: EpochRecord) => void (epoch === 3 && trainer.dispose()) }];
    const between = trainer.fit(train, { epochs: 1000, callbacks });
    expect((await between).epochs).toHaveLength(3);
    await expect(trainer.predict(train)).rejects.toThrow(/was disposed/);
    const other = new Trainer(network(), options(backend));
    const within = other.fit(train, { epochs: 100_000, batchSize: 1 });
    setTimeout(() => other.dispose(), 20);
    expect((await within).stopped).toBe(true);
    using next = new Trainer(network(), options(backend));
    await next.fit(train, { epochs: 1 });
  });

  test("the same seed gives the same bits; another seed others", async () => {
    const { train } = await irisSplit();
    const run = async (seed: number) => {
      const model = network();
      using trainer = new Trainer(model, options(backend));
      await trainer.fit(train, { epochs: 4, batchSize: 16, seed });
      return weightsOf(model);
    };
    const first = await run(7);
    expect(await run(7)).toEqual(first);
    expect(await run(8)).not.toEqual(first);
  });

  test("epochs run together or watched one by one give the same bits", async () => {
    const { train } = await irisSplit();
    const run = async (callbacks: { onEpoch(): void }[]) => {
      const model = network();
      using trainer = new Trainer(model, options(backend));
      const history = await trainer.fit(train, { epochs: 6, batchSize: 16, callbacks });
      return { weights: weightsOf(model), losses: history.epochs.map(({ loss }) => loss) };
    };
    expect(await run([])).toEqual(await run([{ onEpoch() {} }]));
  });

  test("two fits of 3 epochs go on like one of 6", async () => {
    const { train } = await irisSplit();
    const run = async (...epochs: number[]) => {
      const model = network();
      using trainer = new Trainer(model, options(backend, { optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }) }));
      for (const count of epochs) await trainer.fit(train, { epochs: count, batchSize: 16 });
      return weightsOf(model);
    };
    expect(await run(3, 3)).toEqual(await run(6));
  });

  // Rows past the end of a short batch must contribute nothing: one batch of all 21 rows in a plan made for 21 rows
  // gives what a plan for 16 gives when its batches are 16 and 5 and the gradient is that of their own rows.
  test("a short last batch counts its own rows only", async () => {
    const data = (await iris()).take(Array.from({ length: 21 }, (_, i) => i * 7));
    const plain = (rate: number): Optimizer => sgd({ learningRate: rate });
    const model = sequential({ input: [4], seed: 3 }, [dense(3)]);
    using trainer = new Trainer(model, options(backend, { optimizer: plain(0.1) }));
    const { stepLosses } = await trainer.fit(data, { epochs: 1, batchSize: 16, shuffle: false, recordSteps: true });

    const other = sequential({ input: [4], seed: 3 }, [dense(3)]);
    using whole = new Trainer(other, options(backend, { optimizer: plain(0.1) }));
    const rows = (from: number, to: number) => data.take(Array.from({ length: to - from }, (_, i) => from + i));
    const first = await whole.fit(rows(0, 16), { epochs: 1, batchSize: 16, shuffle: false, recordSteps: true });
    // The second part's plan has exactly 5 rows: nothing to mask.
    const second = await whole.fit(rows(16, 21), { epochs: 1, batchSize: 5, shuffle: false, recordSteps: true });
    expect(stepLosses![0]).toBe(first.stepLosses![0]);
    expectClose(stepLosses!.subarray(1), second.stepLosses!, { terms: 16, what: "loss of the short batch" });
    expectClose(Float32Array.from(weightsOf(model)), Float32Array.from(weightsOf(other)), {
      terms: 16,
      what: "parameters",
    });
  });

  test("a batch larger than the data is one short batch", async () => {
    const data = (await iris()).take([0, 60, 120]);
    using trainer = new Trainer(network(), options(backend));
    const { stepLosses } = await trainer.fit(data, { epochs: 2, batchSize: 1000, recordSteps: true });
    expect(stepLosses).toHaveLength(2);
    expect((await trainer.predict(data.features)).shape).toEqual([3, 3]);
  });

  test("early stopping ends after its patience and brings the best epoch back", async () => {
    const { train, test: held } = await irisSplit();
    const model = network();
    using trainer = new Trainer(model, options(backend, { optimizer: rmsprop({ learningRate: 0.05 }) }));
    const history = await trainer.fit(train, {
      epochs: 200,
      batchSize: 16,
      validation: held,
      callbacks: [earlyStopping({ patience: 4 })],
    });
    const losses = history.epochs.map(({ validation }) => validation!.loss);
    const best = losses.indexOf(Math.min(...losses));
    expect(history.stopped).toBe(true);
    expect(history.epochs).toHaveLength(best + 1 + 4);
    expect((await trainer.evaluate(held)).loss).toBe(losses[best]);
  });

  test("parameters set from outside are what the device uses next", async () => {
    const { test: held } = await irisSplit();
    const model = network();
    using trainer = new Trainer(model, options(backend));
    const before = (await trainer.predict(held)).values;
    model.setParameters(new Map([["dense_2.bias", { values: [5, 0, 0] }]]));
    const after = (await trainer.predict(held)).values;
    for (let row = 0; row < 30; row++) expect(after[row * 3] - before[row * 3]).toBeCloseTo(5, 4);
  });

  test("divergence names epoch, step and tensor, and goes back to the last good epoch", async () => {
    const { train } = await irisSplit();
    const model = unbounded();
    using trainer = new Trainer(model, options(backend, { optimizer: sgd({ learningRate: 0.1 }) }));
    await trainer.fit(train, { epochs: 2, batchSize: 16 });
    const good = weightsOf(model);
    trainer.learningRate = 1e30;
    const failure = await trainer.fit(train, { epochs: 3, batchSize: 16 }).catch((error) => error);
    expect(failure.name).toBe("DivergedError");
    expect(failure).toMatchObject({ epoch: 3, step: 2 });
    expect(failure.tensor).toMatch(/^dense/);
    expect(failure.message).toContain("Lower the learning rate");
    expect(weightsOf(model)).toEqual(good);
    expect(trainer.epoch).toBe(2);
    trainer.learningRate = 0.1;
    await trainer.fit(train, { epochs: 1, batchSize: 16 });
    expect(weightsOf(model).every(Number.isFinite)).toBe(true);
  });

  // Five epochs run together; the third goes bad, and what the first two did is kept.
  test("divergence late in a run keeps the epochs before it", async () => {
    const { train } = await irisSplit();
    const bad = { config: { schedule: "test" }, learningRate: (epoch: number) => (epoch < 2 ? 0.1 : 1e30) };
    const run = async (epochs: number) => {
      const model = unbounded();
      using trainer = new Trainer(model, options(backend, { optimizer: sgd({ learningRate: 0.1 }), schedule: bad }));
      const failure = await trainer.fit(train, { epochs, batchSize: 16, seed: 1 }).then(
        () => undefined,
        (error) => error,
      );
      return { weights: weightsOf(model), epoch: trainer.epoch, failure };
    };
    const good = await run(2);
    const spoiled = await run(5);
    expect(spoiled.failure).toMatchObject({ name: "DivergedError", epoch: 3 });
    expect(spoiled.weights).toEqual(good.weights);
    expect(spoiled.epoch).toBe(2);
  });
});

test("CPU and WebGPU train digits alike", async () => {
  const { train, test: held } = (await digits()).split({ test: 0.2, stratify: true, seed: 1 });
  const run = async (backend: BackendName) => {
    const model = sequential({ input: [64], seed: 1 }, [dense(32, { activation: "relu" }), dropout(0.2), dense(10)]);
    using trainer = new Trainer(model, options(backend, { optimizer: adam({ learningRate: 2e-3 }) }));
    await trainer.fit(train, { epochs: 3, batchSize: 32, seed: 1 });
    return { scores: await trainer.evaluate(held), weights: weightsOf(model) };
  };
  const [cpu, webgpu] = [await run("cpu"), await run("webgpu")];
  expect(cpu.scores.accuracy).toBeGreaterThan(0.85);
  expect(webgpu.scores.accuracy).toBeCloseTo(cpu.scores.accuracy!, 2);
  // 135 steps of products over 64 terms.
  const terms = 135 * 64;
  expectClose(Float32Array.from(webgpu.weights), Float32Array.from(cpu.weights), { terms, what: "parameters" });
});

test("a Dataset with one sample of zeros is fine; a wrong shape is refused before any work", async () => {
  using trainer = new Trainer(network(), options("cpu"));
  const zero = Dataset.from({ features: [[0, 0, 0, 0]], labels: [2] });
  await trainer.fit(zero, { epochs: 1 });
  const wide = Dataset.from({ features: [[0, 0, 0, 0, 0]], labels: [0] });
  await expect(trainer.fit(wide)).rejects.toThrow(
    /takes features \[rows, 4\], got \[rows, 5\]. Its first layer is dense/,
  );
});
