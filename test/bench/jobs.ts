import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { TrainingTask } from "./contestant.js";

export type Job = TrainingJob | ManyJob | ProductJob | FirstStepJob;

export interface TrainingJob extends Pick<TrainingTask, "input" | "weights" | "batch" | "rows"> {
  /** A "forward" job only predicts. */
  kind: "training" | "forward";
  title: string;
}

/** Many models of one network, trained from the first step to the last. */
export interface ManyJob extends Omit<TrainingJob, "kind"> {
  kind: "many";
  models: number;
  epochs: number;
}

interface ProductJob {
  kind: "product";
  title: string;
  size: number;
}

/** From a fresh process to the first step done: loading, device, compilation, upload. */
interface FirstStepJob {
  kind: "first step";
  title: string;
}

const dense = (...sizes: number[]): Pick<TrainingJob, "kind" | "input" | "weights"> => ({
  kind: "training",
  input: [sizes[0]],
  weights: sizes.slice(1).map((units, i) => [sizes[i], units]),
});

const MNIST = dense(784, 128, 64, 10);
/** Like LeNet: 34,826 parameters. */
const CNN: Pick<TrainingJob, "input" | "weights"> = {
  input: [28, 28, 1],
  weights: [
    [3, 3, 1, 32],
    [3, 3, 32, 64],
    [1600, 10],
  ],
};
/** An LSTM and a dense layer on its last state. */
const LSTM: Pick<TrainingJob, "input" | "weights"> = {
  input: [50, 128],
  weights: [
    [128, 512],
    [128, 512],
    [128, 10],
  ],
};
const product = (size: number): ProductJob => ({ kind: "product", title: `product ${size} x ${size} x ${size}`, size });

export const JOBS: Readonly<Record<string, Job>> = {
  "mnist-64": { ...MNIST, title: "train step 784-128-64-10, batch 64", batch: 64, rows: 8192 },
  "mnist-512": { ...MNIST, title: "train step 784-128-64-10, batch 512", batch: 512, rows: 8192 },
  "cnn-64": { kind: "training", ...CNN, title: "train step of a CNN, batch 64", batch: 64, rows: 2048 },
  "cnn-forward-64": { kind: "forward", ...CNN, title: "forward pass of the CNN, batch 64", batch: 64, rows: 2048 },
  "lstm-64": {
    kind: "training",
    ...LSTM,
    title: "train step of an LSTM 128-128, 50 places, batch 64",
    batch: 64,
    rows: 256,
  },
  iris: { ...dense(4, 16, 8, 3), title: "train step Iris 4-16-8-3, batch 16", batch: 16, rows: 144 },
  "iris-64": {
    ...dense(4, 16, 8, 3),
    kind: "many",
    title: "64 models of Iris 4-16-8-3, 100 epochs at batch 16",
    ...{ batch: 16, rows: 144, models: 64, epochs: 100 },
  },
  xor: { ...dense(2, 8, 2), title: "train step XOR 2-8-2, full batch of 4", batch: 4, rows: 4 },
  "first-step": { kind: "first step", title: "first step 784-128-64-10, batch 64, from a fresh process" },
  "product-256": product(256),
  "product-512": product(512),
  "product-1024": product(1024),
  "product-2048": product(2048),
};

/** The whole training part in full batches: what one epoch of `--check` trains on. */
export const CHECK: TrainingJob = {
  ...MNIST,
  title: "one epoch of MNIST",
  batch: 64,
  rows: 937 * 64,
};

export const hasMnist = (folder: string): boolean => existsSync(join(folder, "train-images-idx3-ubyte.gz"));

interface Samples {
  features: Float32Array<ArrayBuffer>;
  labels: Uint32Array<ArrayBuffer>;
}

/** `rows` samples of MNIST, scaled to [0, 1]. */
export function readMnist(folder: string, part: "train" | "t10k", rows: number): Samples {
  const read = (name: string) => gunzipSync(readFileSync(join(folder, `${part}-${name}-ubyte.gz`)));
  const pixels = read("images-idx3");
  const labels = read("labels-idx1");
  return {
    features: Float32Array.from({ length: rows * 784 }, (_, i) => pixels[16 + i] / 255),
    labels: Uint32Array.from({ length: rows }, (_, i) => labels[8 + i]),
  };
}

/** Numbers in [0, 1): the same for every contestant (mulberry32). */
export function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let word = Math.imul(state ^ (state >>> 15), 1 | state);
    word = (word + Math.imul(word ^ (word >>> 7), 61 | word)) ^ word;
    return ((word ^ (word >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Classes around centres of their own; for MNIST's shape four in five inputs are 0, as in its images. */
function synthetic({ input, weights, rows }: Omit<TrainingJob, "kind">): Samples {
  const [inputs, classes] = [count(input), weights.at(-1)!.at(-1)!];
  if (inputs === 2)
    return { features: new Float32Array([0, 0, 0, 1, 1, 0, 1, 1]), labels: new Uint32Array([0, 1, 1, 0]) };
  const next = random(1);
  const centres = Float32Array.from({ length: classes * inputs }, () =>
    inputs === 784 && next() < 0.8 ? 0 : 0.2 + 0.8 * next(),
  );
  const labels = Uint32Array.from({ length: rows }, () => Math.floor(next() * classes));
  const features = Float32Array.from({ length: rows * inputs }, (_, i) => {
    const centre = centres[labels[Math.floor(i / inputs)] * inputs + (i % inputs)];
    return centre && centre * (0.6 + 0.8 * next());
  });
  return { features, labels };
}

/** Data and first parameters of a training job. */
export function trainingTask(job: Omit<TrainingJob, "kind">, mnist: string): TrainingTask {
  const { input, weights, batch, rows } = job;
  const samples = count(input) === 784 && hasMnist(mnist) ? readMnist(mnist, "train", rows) : synthetic(job);
  return { input, weights, batch, rows, ...samples, parameters: firstParameters(job, 2) };
}

/** First parameters of each of many models. */
export const manyParameters = (job: ManyJob): Float32Array<ArrayBuffer>[][] =>
  Array.from({ length: job.models }, (_, model) => firstParameters(job, 2 + model));

/** He's uniform weights, and biases of 0. */
function firstParameters({ input, weights }: Pick<TrainingJob, "input" | "weights">, seed: number) {
  const next = random(seed);
  return weights.flatMap((shape, i) => {
    // Gates are kept from their ends.
    const limit = Math.sqrt(6 / count(shape.slice(0, -1))) / (isRecurrent(input) && i < 2 ? 6 : 1);
    const weight = Float32Array.from({ length: count(shape) }, () => (2 * next() - 1) * limit);
    return [weight, new Float32Array(shape.at(-1)!)];
  });
}

/** Whether samples are sequences, [time, features]: the first two weights are an LSTM's. */
export const isRecurrent = (input: readonly number[]): boolean => input.length === 2;

const count = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);

/** Two square matrices with elements in [-1, 1). */
export function matrices(size: number): [Float32Array<ArrayBuffer>, Float32Array<ArrayBuffer>] {
  const next = random(3);
  const matrix = () => Float32Array.from({ length: size * size }, () => 2 * next() - 1);
  return [matrix(), matrix()];
}

/** Largest error of a product at some places, in units of the terms' typical size. */
export function productError(size: number, a: Float32Array, b: Float32Array, product: Float32Array): number {
  const next = random(4);
  let worst = product.length === size * size ? 0 : Number.POSITIVE_INFINITY;
  for (let sample = 0; sample < 200; sample++) {
    const [i, j] = [Math.floor(next() * size), Math.floor(next() * size)];
    let sum = 0;
    for (let k = 0; k < size; k++) sum += a[i * size + k] * b[k * size + j];
    const error = Math.abs(product[i * size + j] - sum) / Math.sqrt(size);
    worst = error <= worst ? worst : Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
  }
  return worst;
}
