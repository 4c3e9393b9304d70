import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import type { TrainingTask } from "./contestant.js";

export type Job = TrainingJob | ProductJob | FirstStepJob;

export interface TrainingJob {
  kind: "training";
  title: string;
  sizes: number[];
  batch: number;
  rows: number;
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

const MNIST = { kind: "training", sizes: [784, 128, 64, 10] } as const;
const product = (size: number): ProductJob => ({ kind: "product", title: `product ${size} x ${size} x ${size}`, size });

export const JOBS: Readonly<Record<string, Job>> = {
  "mnist-64": { ...MNIST, title: "train step 784-128-64-10, batch 64", sizes: [...MNIST.sizes], batch: 64, rows: 8192 },
  "mnist-512": {
    ...MNIST,
    title: "train step 784-128-64-10, batch 512",
    sizes: [...MNIST.sizes],
    batch: 512,
    rows: 8192,
  },
  iris: { kind: "training", title: "train step Iris 4-16-8-3, batch 16", sizes: [4, 16, 8, 3], batch: 16, rows: 144 },
  xor: { kind: "training", title: "train step XOR 2-8-2, full batch of 4", sizes: [2, 8, 2], batch: 4, rows: 4 },
  "first-step": { kind: "first step", title: "first step 784-128-64-10, batch 64, from a fresh process" },
  "product-256": product(256),
  "product-512": product(512),
  "product-1024": product(1024),
  "product-2048": product(2048),
};

/** The whole training part in full batches: what one epoch of `--check` trains on. */
export const CHECK: TrainingJob = {
  kind: "training",
  title: "one epoch of MNIST",
  sizes: [...MNIST.sizes],
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
function synthetic({ sizes, rows }: TrainingJob): Samples {
  const [inputs, classes] = [sizes[0], sizes.at(-1)!];
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

/** Data and first weights (He's uniform ones, biases 0) of a training job. */
export function trainingTask(job: TrainingJob, mnist: string): TrainingTask {
  const { sizes, batch, rows } = job;
  const samples = sizes[0] === 784 && hasMnist(mnist) ? readMnist(mnist, "train", rows) : synthetic(job);
  const next = random(2);
  const parameters = sizes.slice(1).flatMap((units, i) => {
    const limit = Math.sqrt(6 / sizes[i]);
    return [Float32Array.from({ length: sizes[i] * units }, () => (2 * next() - 1) * limit), new Float32Array(units)];
  });
  return { sizes, batch, rows, ...samples, parameters };
}

/** Mean loss and accuracy of parameters on samples, in plain float64: the same judge for all. */
export function judge(sizes: readonly number[], parameters: readonly Float32Array[], { features, labels }: Samples) {
  let loss = 0;
  let correct = 0;
  labels.forEach((label, row) => {
    let values = Float64Array.from(features.subarray(row * sizes[0], (row + 1) * sizes[0]));
    for (let layer = 0; layer + 1 < sizes.length; layer++) {
      const [weight, bias] = [parameters[2 * layer], parameters[2 * layer + 1]];
      const units = sizes[layer + 1];
      const sums = Float64Array.from(bias);
      values.forEach((value, i) => {
        if (value !== 0) for (let j = 0; j < units; j++) sums[j] += value * weight[i * units + j];
      });
      values = layer + 2 < sizes.length ? sums.map((sum) => Math.max(sum, 0)) : sums;
    }
    const top = Math.max(...values);
    const total = values.reduce((sum, value) => sum + Math.exp(value - top), 0);
    loss += Math.log(total) + top - values[label];
    correct += Number(values[label] === top);
  });
  return { loss: loss / labels.length, accuracy: correct / labels.length };
}

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
