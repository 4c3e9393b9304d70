import type { Dataset } from "../../src/data/index.js";
import type { FitOptions, Model, Trainer, TrainerOptions } from "../../src/index.js";
import type { Api } from "./api.js";

/** One training, made of a checkout's own parts. */
export interface Training {
  data: Dataset;
  model: Model;
  setup: Omit<TrainerOptions, "device">;
  /** Calls of `fit`, one after the other. */
  fits: readonly FitOptions[];
  /** For data that pass through the device in windows. */
  maxBufferBytes?: number;
  /** Further numbers to compare, once all is trained. */
  after?(trainer: Trainer): Promise<Record<string, ArrayLike<number>>>;
}

export interface Case {
  name: string;
  /** Part of `--quick`. */
  quick?: boolean;
  /** Has products of its own: run with every kernel of products, the others with `--all` only. */
  products?: boolean;
  make(api: Api): Training;
}

/** Numbers in [-1, 1), the same wherever it runs. */
export function numbers(count: number, seed: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length: count }, (_, i) => (word(i, seed) >>> 8) / 2 ** 23 - 1);
}

/** Class indices below `classes`. */
export function classes(count: number, classes: number, seed: number): Uint32Array<ArrayBuffer> {
  return Uint32Array.from({ length: count }, (_, i) => word(i, seed) % classes);
}

/** Distributions over `classes`, row after row. */
export function distributions(rows: number, classes: number, seed: number): Float32Array<ArrayBuffer> {
  const values = numbers(rows * classes, seed).map((value) => Math.round((value + 1) * 8));
  for (let start = 0; start < values.length; start += classes) {
    const row = values.subarray(start, start + classes);
    row[0]++; // so that there is something to divide by
    const total = row.reduce((sum, value) => sum + value, 0);
    for (let i = 0; i < classes; i++) row[i] /= total;
  }
  return values;
}

/** 32 well-mixed bits of place and seed (Wellons, 2018). */
function word(place: number, seed: number): number {
  let x = Math.imul(place + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}
