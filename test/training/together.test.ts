// @module-tag slow
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkGuards } from "../../src/backends/buffers.js";
import type { WebgpuBackend } from "../../src/backends/webgpu/backend.js";
import { Dataset, iris } from "../../src/data/index.js";
import {
  adam,
  type Backend,
  batchNorm,
  clipByGlobalNorm,
  dense,
  dropout,
  earlyStopping,
  type FitOptions,
  gaussianNoise,
  type History,
  l2Penalty,
  movingAverage,
  ops,
  recurrent,
  reduceOnPlateau,
  reshape,
  sequential,
  softmaxCrossEntropy,
  Trainer,
  type TrainerOptions,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";
import { optimizerFromConfig, optimizerNames } from "../../src/optimizers/index.js";
import { together } from "../../src/training/together/together.js";
import { BACKENDS } from "../devices/backends.js";
import { weightsOf, withoutTime } from "../fixtures.js";
import { ownCells } from "../layers/own-cells.js";

const MODELS = 3;

/** 50 rows of Iris, some of weight 0, 2 or 3: batches of 16 leave a short one. */
async function weighted(): Promise<Dataset> {
  const rows = (await iris()).take(Array.from({ length: 50 }, (_, i) => (3 * i) % 150));
  const { features, labels, shape } = rows;
  const weights = Float32Array.from({ length: 50 }, (_, i) => (i % 5 === 0 ? i % 4 : 1));
  return Dataset.from({ features, labels, shape, weights });
}

type Layers = Parameters<typeof sequential>[1];

interface Case {
  options?: (place: number) => Partial<TrainerOptions>;
  fit?: (place: number) => FitOptions;
  layers?: Layers | ((place: number) => Layers);
}

function trainerOf(device: Backend, place: number, { options, layers }: Case): Trainer {
  const model = sequential(
    { input: [4], seed: 10 + place },
    (typeof layers === "function" ? layers(place) : layers) ?? [
      gaussianNoise(0.1),
      dense(9, { activation: "relu" }),
      dropout(0.3),
      dense(3),
    ],
  );
  const optimizer = adam({ learningRate: 0.01 * (place + 1) });
  return new Trainer(model, {
    device,
    loss: softmaxCrossEntropy(),
    optimizer,
    metrics: ["accuracy"],
    ...options?.(place),
  });
}

/** All that a training leaves, as numbers. */
async function leftBy(trainer: Trainer, data: Dataset, history: History) {
  return {
    epochs: history.epochs.map(withoutTime),
    losses: [...(history.stepLosses ?? [])],
    stopped: history.stopped,
    weights: weightsOf(trainer.model),
    predictions: [...(await trainer.predict(data)).values],
    step: trainer.step,
  };
}

async function train(device: Backend, data: Dataset, given: Case, isTogether: boolean) {
  const trainers = Array.from({ length: MODELS }, (_, place) => trainerOf(device, place, given));
  const work = async (trainer: Trainer, place: number) => {
    const options = { epochs: 3, batchSize: 16, recordSteps: true, seed: place, ...given.fit?.(place) };
    return leftBy(trainer, data, await trainer.fit(data, options));
  };
  const results: PromiseSettledResult<Awaited<ReturnType<typeof work>>>[] = [];
  if (isTogether) results.push(...(await together(trainers, work)));
  else
    for (const [place, trainer] of trainers.entries())
      results.push(...(await Promise.allSettled([work(trainer, place)])));
  const after = trainers.map(({ model, step, epoch }) => ({ weights: weightsOf(model), step, epoch }));
  for (const trainer of trainers) trainer.dispose();
  return { results, after };
}

const byOptimizer = optimizerNames.map((optimizer): [string, Case] => [
  optimizer,
  { options: (place) => ({ optimizer: optimizerFromConfig({ optimizer, learningRate: 0.003 * (place + 1) }) }) },
]);

const cases: [string, Case][] = [
  ...byOptimizer,
  [
    "averages, gradient rules",
    {
      options: (place) => ({
        optimizer: movingAverage(adam({ learningRate: 0.01 * (place + 1) }), { decay: 0.9 }),
        gradients: [l2Penalty(0.01), clipByGlobalNorm(0.5)],
      }),
    },
  ],
  [
    "numbers of their own",
    {
      layers: (place) => [
        gaussianNoise(0.1 * (place + 1)),
        dense(9),
        (x) => ops.leakyRelu(x, 0.1 + 0.1 * place),
        dropout(0.2 * place),
        dense(3),
      ],
      options: (place) => ({
        loss: softmaxCrossEntropy({ labelSmoothing: 0.1 * place }),
        gradients: [l2Penalty(0.01 * (place + 1)), clipByGlobalNorm(0.5 - 0.1 * place)],
      }),
      fit: () => ({ validation: undefined }),
    },
  ],
  [
    "cells of one's own, some of which differ",
    {
      layers: (place) => [
        reshape([2, 2]),
        recurrent(5, ownCells.gru, { returnSequences: true, recurrentDropout: 0.2 }),
        recurrent(4, place > 0 ? ownCells.minimal : ownCells.wide),
        dense(3),
      ],
    },
  ],
  ["batch norm", { layers: [dense(8, { activation: "relu" }), batchNorm(), dense(3)] }],
  ["micro-batches", { fit: () => ({ microBatchSize: 5 }) }],
  ["epochs of their own", { fit: (place) => ({ epochs: 1 + 2 * place }) }],
  ["no shuffle, validation", { fit: () => ({ shuffle: false, validation: undefined }) }],
];

describe.each(BACKENDS)("on %s", (backend) => {
  let device: Backend;
  let data: Dataset;
  beforeAll(async () => {
    device = await openDevice({ backend, guards: true } as Parameters<typeof openDevice>[0]);
    data = await weighted();
  });
  afterAll(() => device.dispose());

  test.each(cases)("each of several models has the bits that it has alone: %s", async (_, given) => {
    const alone = await train(device, data, given, false);
    const many = await train(device, data, given, true);
    expect(many).toEqual(alone);
    expect(alone.results.every(({ status }) => status === "fulfilled")).toBe(true);
    await checkGuards(device);
  });

  test("callbacks, schedules and evaluations at moments of their own", async () => {
    const given = (): Case => ({
      options: () => ({ schedule: reduceOnPlateau({ patience: 1, factor: 0.5 }) }),
      fit: (place) => ({
        epochs: 6,
        validation: data,
        callbacks: [
          earlyStopping({ patience: place + 1, restoreBest: true }),
          {
            onEpoch: async (record, trainer) => {
              if (record.epoch % (place + 1) === 0) await (trainer as Trainer).evaluate(data);
            },
          },
          ...(place === 1 ? [{ onStep() {}, every: 2 }] : []),
        ],
      }),
    });
    const alone = await train(device, data, given(), false);
    expect(await train(device, data, given(), true)).toEqual(alone);
  });

  test("one that diverges ends alone, at its last good epoch", async () => {
    const given: Case = {
      options: (place) => ({ optimizer: adam({ learningRate: place === 1 ? 1e38 : 0.01 }) }),
      fit: () => ({ epochs: 4, callbacks: [{ onEpoch() {} }] }),
    };
    const alone = await train(device, data, given, false);
    const many = await train(device, data, given, true);
    expect(alone.results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(many.after).toEqual(alone.after);
    const messages = (all: typeof many) =>
      all.results.map((each) => (each.status === "rejected" ? String(each.reason) : each));
    expect(messages(many)).toEqual(messages(alone));
  });

  test("goes on with trainings of before, and they go on alone", async () => {
    const run = async (isTogether: boolean) => {
      const trainers = Array.from({ length: MODELS }, (_, place) => trainerOf(device, place, {}));
      const more = (trainer: Trainer) => trainer.fit(data, { epochs: 2, batchSize: 16 });
      for (const trainer of trainers) await more(trainer);
      if (isTogether) await together(trainers, more);
      else for (const trainer of trainers) await more(trainer);
      for (const trainer of trainers) await more(trainer);
      const left = trainers.map(({ model, epoch }) => ({ weights: weightsOf(model), epoch }));
      for (const trainer of trainers) trainer.dispose();
      return left;
    };
    expect(await run(true)).toEqual(await run(false));
  });

  test("data in windows", async () => {
    const small = async (maxBufferBytes: number) => openDevice({ backend, maxBufferBytes });
    const [one, many] = [await small(1024), await small(1024 * MODELS)];
    const alone = await train(one, data, {}, false);
    const large = await train(device, data, {}, false);
    expect(alone).toEqual(large);
    expect(await train(many, data, {}, true)).toEqual(alone);
    expect(await train(one, data, {}, false)).toEqual(alone);
    one.dispose();
    many.dispose();
  });

  test("networks of several kinds are trained side by side, each in its own launches", async () => {
    const make = () =>
      [3, 9, 9].map((units, place) =>
        trainerOf(device, place, { layers: [dense(units, { activation: "tanh" }), dense(3)] }),
      );
    const trained = async (trainer: Trainer) => {
      await trainer.fit(data, { epochs: 2, batchSize: 16 });
      return weightsOf(trainer.model);
    };
    const alone: number[][] = [];
    for (const trainer of make()) alone.push(await trained(trainer));
    const many = await together(make(), trained);
    expect(many.map((each) => each.status === "fulfilled" && each.value)).toEqual(alone);
  });
});

/** Counts what a GPU device is asked for: what is created, written and submitted, and launches. */
function watchGpu({ device }: WebgpuBackend): Record<string, number> {
  const counts: Record<string, number> = {};
  const spy = <T extends object>(target: T, name: keyof T & string, then?: (result: object) => void) => {
    const original = target[name] as (...args: unknown[]) => object;
    const value = (...args: unknown[]) => {
      // Empty submits only ask whether work is done.
      if (name !== "submit" || (args[0] as unknown[]).length > 0) counts[name] = (counts[name] ?? 0) + 1;
      const result = original.apply(target, args);
      then?.(result);
      return result;
    };
    Object.defineProperty(target, name, { configurable: true, value });
  };
  for (const name of ["createBuffer", "createBindGroup"] as const) spy(device, name);
  spy(device, "createCommandEncoder", (encoder) => {
    spy(encoder as GPUCommandEncoder, "copyBufferToBuffer");
    spy(encoder as GPUCommandEncoder, "beginComputePass", (pass) =>
      spy(pass as GPUComputePassEncoder, "dispatchWorkgroups"),
    );
  });
  spy(device.queue, "writeBuffer");
  spy(device.queue, "submit");
  return counts;
}

test("64 models take the launches, submits, writes, copies and allocations of one", async () => {
  const data = (await iris()).take(Array.from({ length: 40 }, (_, i) => 3 * i));
  const countsOf = async (models: number, ofPlace: (place: number) => Case = () => ({})) => {
    const device = (await openDevice({ backend: "webgpu" })) as WebgpuBackend;
    const counts = watchGpu(device);
    const trainers = Array.from({ length: models }, (_, place) => trainerOf(device, place, ofPlace(place)));
    const callbacks = [{ onEpoch() {} }];
    const fit = (trainer: Trainer) => trainer.fit(data, { epochs: 3, batchSize: 16, validation: data, callbacks });
    const results = await together(trainers, fit);
    expect(results.every(({ status }) => status === "fulfilled")).toBe(true);
    device.dispose();
    return { ...counts };
  };
  const one = await countsOf(1);
  expect(one.dispatchWorkgroups).toBeGreaterThan(9 * 8);
  // Data that training and evaluation have in common lie on the device once.
  const { createBuffer, writeBuffer, ...same } = await countsOf(64);
  expect(createBuffer).toBeLessThanOrEqual(one.createBuffer);
  expect(writeBuffer).toBeLessThanOrEqual(one.writeBuffer);
  expect(same).toEqual({ ...one, createBuffer: undefined, writeBuffer: undefined });

  // Eight rates of dropout, each with a penalty of its own.
  const numbers = (place: number): Case => ({
    layers: [dense(9, { activation: "relu" }), dropout(0.1 * (place % 8)), dense(3)],
    options: () => ({ gradients: [l2Penalty(0.001 * (place + 1))] }),
  });
  const alone = await countsOf(1, () => numbers(3));
  const { createBuffer: created, writeBuffer: written, ...eight } = await countsOf(8, numbers);
  expect(created).toBeLessThanOrEqual(alone.createBuffer);
  expect(written).toBeLessThanOrEqual(alone.writeBuffer);
  expect(eight).toEqual({ ...alone, createBuffer: undefined, writeBuffer: undefined });
});
