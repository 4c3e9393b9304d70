import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { Dataset } from "../../../src/data/index.js";
import * as nm from "../../../src/index.js";
import { expectClose } from "../../tolerance.js";

/* The real Firefox, whose compiler of WGSL is another than Dawn's, and which looks for finished work every 100 ms. */

let webgpu: nm.Backend;
let cpu: nm.Backend;
beforeAll(async () => {
  webgpu = await nm.openDevice({ backend: "webgpu" });
  cpu = await nm.openDevice({ backend: "cpu" });
});
afterAll(() => {
  webgpu.dispose();
  cpu.dispose();
});

const ROWS = 48;
/** Numbers without a pattern between -1 and 1. */
const numbers = (length: number, shift: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * 1.7 + shift));
const features = { features: numbers(ROWS * 6, 0), shape: [6] };
const DATA = {
  classes: Dataset.from({ ...features, labels: Uint32Array.from({ length: ROWS }, (_, i) => i % 3) }),
  numbers: Dataset.from({ ...features, labels: Array.from(numbers(ROWS, 1), (y) => [1.5 + y]) }),
  flags: Dataset.from({ ...features, labels: Array.from(numbers(ROWS, 2), (y) => [y > 0 ? 1 : 0, y > 0.5 ? 1 : 0]) }),
};

type Setup = Omit<nm.TrainerOptions, "device">;

/** A kind of training; by default classes by a network of ReLUs, with softmax cross-entropy and Adam. */
interface Kind {
  layers?: (nm.Layer | nm.LayerFunction)[];
  data?: keyof typeof DATA;
  setup?: Partial<Setup>;
  microBatchSize?: number;
}

const network = (activation: nm.Activation) => [nm.dense(16, { activation }), nm.dense(3)];
const outputs = (units: number) => [nm.dense(8, { activation: "tanh" }), nm.dense(units)];
const learningRate = 0.01;
const { sgd, rmsprop, adam, adamw, nadam, adamax, adagrad, adadelta, lion } = nm;
const optimizers = { sgd, rmsprop, adam, adamw, nadam, adamax, adagrad, adadelta, lion };
const { meanSquaredError, meanAbsoluteError, huber, poisson, sigmoidCrossEntropy, hinge, focal } = nm;
const { categoricalHinge, categoricalFocal, klDivergence } = nm;
const losses = {
  numbers: { meanSquaredError, meanAbsoluteError, huber, poisson },
  classes: { categoricalHinge, categoricalFocal, klDivergence },
  flags: { sigmoidCrossEntropy, hinge, focal },
};
const OUTPUTS = { numbers: 1, classes: 3, flags: 2 };

const kinds: (readonly [string, Kind])[] = [
  ...Object.keys(nm.activations).map(
    (name) => [`activation ${name}`, { layers: network(name as nm.ActivationName) }] as const,
  ),
  ...Object.entries(optimizers).map(
    ([name, make]) =>
      [`optimizer ${name}`, { layers: network("tanh"), setup: { optimizer: make({ learningRate }) } }] as const,
  ),
  ...(Object.keys(losses) as (keyof typeof losses)[]).flatMap((data) =>
    Object.entries(losses[data]).map(
      ([name, make]) => [`loss ${name}`, { layers: outputs(OUTPUTS[data]), data, setup: { loss: make() } }] as const,
    ),
  ),
  ["momentum, Nesterov's", { setup: { optimizer: nm.sgd({ learningRate, momentum: 0.9, nesterov: true }) } }],
  ["short weights", { setup: { optimizer: nm.maxNorm(nm.adam(), 1) } }],
  ["averaged parameters", { setup: { optimizer: nm.movingAverage(nm.adam()) } }],
  ["smoothed labels", { setup: { loss: nm.softmaxCrossEntropy({ labelSmoothing: 0.1 }) } }],
  ["weighted classes", { setup: { loss: nm.softmaxCrossEntropy({ classWeights: [1, 2, 3] }) } }],
  ["dropout and noise", { layers: [nm.gaussianNoise(0.1), nm.dense(16), nm.dropout(0.3), nm.dense(3)] }],
  [
    "penalties and clipping",
    { setup: { gradients: [nm.l1Penalty(1e-3), nm.l2Penalty(1e-3), nm.clipByValue(0.5), nm.clipByGlobalNorm(0.5)] } },
  ],
  ["metrics", { setup: { metrics: ["accuracy", nm.topK(2)] } }],
  ["a wide layer", { layers: [nm.dense(200, { activation: "relu" }), nm.dense(3)] }],
  ["parts of a batch", { microBatchSize: 8 }],
];

/** The loss of every epoch and at the end, from the same start. */
async function train(device: nm.Backend, { layers, data = "classes", setup, microBatchSize }: Kind): Promise<number[]> {
  const model = nm.sequential({ input: [6], seed: 1 }, layers ?? network("relu"));
  const plain = { loss: nm.softmaxCrossEntropy(), optimizer: nm.adam({ learningRate }) };
  const trainer = new nm.Trainer(model, { ...plain, ...setup, device });
  const { epochs } = await trainer.fit(DATA[data], { epochs: 2, batchSize: 20, seed: 1, microBatchSize });
  const last = await trainer.evaluate(DATA[data]);
  const predicted = await trainer.predict(DATA[data]);
  trainer.dispose();
  expect(predicted.values.every(Number.isFinite)).toBe(true);
  return [...epochs.map(({ loss }) => loss), last.loss];
}

describe("Firefox trains as the CPU does", () => {
  test.each(kinds)("%s", async (_, kind) => {
    const [actual, expected] = [await train(webgpu, kind), await train(cpu, kind)];
    // Six steps of products of 20 and 16 terms, and what an activation and an optimizer make of them.
    const terms = 6 * 200;
    expectClose(actual, expected, { terms, functions: ["hyperbolic", "exponential", "root", "division"] });
  });
});

test("Firefox is asked whether work is done, which it looks for every 100 ms", async () => {
  const submit = vi.spyOn(GPUQueue.prototype, "submit");
  await train(webgpu, {});
  const asked = submit.mock.calls.filter(([commands]) => [...commands].length === 0).length;
  submit.mockRestore();
  expect(asked).toBeGreaterThan(0);
});
