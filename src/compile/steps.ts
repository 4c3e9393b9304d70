import { ArgumentError } from "../core/errors.js";
import { seedKey } from "../core/random.js";
import { MAX_HYPERPARAMETERS } from "../ops/update.js";

/**
 * The record of one step for its kernels, 64 words of 32 bits: the layout of `struct Step` in
 * `shaders/functions/step.wgsl`, and 256 bytes, so that a dynamic uniform offset can select a step.
 *
 * | word | field |
 * |---|---|
 * | 0 | `index`: the step's row in the results, counted from the start of the run |
 * | 1 | `first`: the batch's first place in the epoch's order |
 * | 2 | `rows`: the number of the batch's rows that exist |
 * | 3 | `step`: training steps done before this one; the position of random numbers |
 * | 4, 5 | `seed`: the key of random numbers |
 * | 6 | `idle`: 1 where the step is none of this replica's: its kernels return at once |
 * | 8 ... 63 | hyperparameters, f32 |
 */
export const FIRST_HYPERPARAMETER = 8;
export const IDLE = 6;
export const WORDS = FIRST_HYPERPARAMETER + MAX_HYPERPARAMETERS;
export const STEP_BYTES = WORDS * 4;

export interface Step {
  idle: boolean;
  index: number;
  first: number;
  rows: number;
  step: number;
  seed: [number, number];
  hyperparameters: ArrayLike<number>;
}

/** Fields of a step's record that a caller sets. */
export interface StepFields {
  first: number;
  rows: number;
  step?: number;
  /** An integer from 0 to 2^53 - 1. */
  seed?: number;
  hyperparameters?: number[];
}

/**
 * The records of a run's steps, [replicas, count], in the memory layout that devices read; `replica-steps.ts` fills those of
 * several replicas. Fill it before its first run: a backend may keep what it was given.
 */
export class StepTable {
  readonly bytes: ArrayBuffer;
  readonly #words: Uint32Array;
  readonly #floats: Float32Array;

  /** @param replicas - of the program that is to run it */
  constructor(
    readonly count: number,
    readonly replicas = 1,
  ) {
    this.bytes = new ArrayBuffer(count * replicas * STEP_BYTES);
    this.#words = new Uint32Array(this.bytes);
    this.#floats = new Float32Array(this.bytes);
  }

  /** Fills record `index` of a table for one model. */
  set(index: number, record: StepFields) {
    const { first, rows, step = 0, seed = 0, hyperparameters = [] } = record;
    if (hyperparameters.length > MAX_HYPERPARAMETERS) {
      throw new ArgumentError(`steps: ${hyperparameters.length} hyperparameters; at most ${MAX_HYPERPARAMETERS} fit.`);
    }
    const start = index * WORDS;
    this.#words.set([index, first, rows, step, ...seedKey(seed)], start);
    this.#floats.set(hyperparameters, start + FIRST_HYPERPARAMETER);
  }

  /** The records step by step, [count, replicas]. */
  byStep(): ArrayBuffer {
    return this.bytes;
  }

  /** @throws ArgumentError when there are more steps than a program was loaded for, or another number of replicas */
  checkFits(label: string, maxSteps: number, replicas: number): void {
    if (this.count > maxSteps) throw new ArgumentError(`${label}: loaded for ${maxSteps} steps, not ${this.count}.`);
    if (this.replicas === replicas) return;
    throw new ArgumentError(`${label}: loaded for ${replicas} replicas, not ${this.replicas}.`);
  }

  /** Reads record `index` of a replica into `step`, an object made once by `emptyStep`. */
  get(index: number, step: Step, replica = 0): void {
    const start = (replica * this.count + index) * WORDS;
    step.idle = this.#words[start + IDLE] !== 0;
    step.index = this.#words[start];
    step.first = this.#words[start + 1];
    step.rows = this.#words[start + 2];
    step.step = this.#words[start + 3];
    step.seed[0] = this.#words[start + 4];
    step.seed[1] = this.#words[start + 5];
    const hyperparameters = step.hyperparameters as Float32Array;
    for (let i = 0; i < MAX_HYPERPARAMETERS; i++) hyperparameters[i] = this.#floats[start + FIRST_HYPERPARAMETER + i];
  }
}

export const emptyStep = (): Step => ({
  idle: false,
  index: 0,
  first: 0,
  rows: 0,
  step: 0,
  seed: [0, 0],
  hyperparameters: new Float32Array(MAX_HYPERPARAMETERS),
});
