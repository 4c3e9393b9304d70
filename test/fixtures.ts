import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { Dataset, iris, standardise } from "../src/data/index.js";
import {
  type ActivationName,
  type Backend,
  dense,
  dropout,
  type EpochRecord,
  type Model,
  meanSquaredError,
  type Optimizer,
  sequential,
  Trainer,
} from "../src/index.js";

/* Small data sets, networks and folders that many tests share. */

/** Sines of whole numbers: data without a pattern that are the same everywhere. */
export const sines = (count: number, scale = 1): Float32Array<ArrayBuffer> =>
  Float32Array.from({ length: count }, (_, i) => scale * Math.sin(i * 1.7));

/** Iris in a training and a test part of 120 and 30 rows, standardised. */
export const irisSplit = async () => standardise((await iris()).split({ test: 0.2, stratify: true, seed: 1 }));

/** 4-8-3 with dropout, for Iris. */
export function irisNetwork({ activation = "relu" as ActivationName, rate = 0.3 } = {}): Model {
  return sequential({ input: [4], seed: 2 }, [dense(8, { activation }), dropout(rate), dense(3)]);
}

const smallNetwork = (): Model => sequential({ input: [3], seed: 3 }, [dense(5, { activation: "tanh" }), dense(1)]);

/** 12 rows of 3 features and a number to predict, and the 3-5-1 network that learns them. */
export const regression = {
  rows: 12,
  data: Dataset.from({
    features: sines(12 * 3, 4),
    labels: Float32Array.from({ length: 12 }, (_, row) => 3 * Math.cos(row)),
  }),
  network: smallNetwork,
  trainer: (device: Backend, optimizer: Optimizer, model = smallNetwork()): Trainer =>
    new Trainer(model, { device, loss: meanSquaredError(), optimizer }),
};

/** A model's parameters by name, as plain numbers. */
export const parametersOf = (model: Model): (readonly [name: string, values: number[]])[] =>
  [...model.parameters()].map(([name, { values }]) => [name, [...values]]);

/** All of a model's parameters, one after the other. */
export const weightsOf = (model: Model): number[] => parametersOf(model).flatMap(([, values]) => values);

/** All of an epoch's record that doesn't depend on the clock. */
export const withoutTime = ({ seconds, ...record }: EpochRecord): Omit<EpochRecord, "seconds"> => record;

/** A temporary folder for the tests of a file, removed after them. */
export function useFolder() {
  const folder = mkdtempSync(join(tmpdir(), "neuromotor-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const path = (...names: string[]) => join(folder, ...names);
  let count = 0;
  return {
    path,
    /** A path that was never given before, at which nothing is. */
    next: () => path(String(count++)),
    list: () => readdirSync(folder).sort(),
    /** Writes a file. @returns its path */
    write(name: string, content: string | Uint8Array) {
      writeFileSync(path(name), content);
      return path(name);
    },
  };
}
