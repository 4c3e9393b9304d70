import { ArgumentError } from "../core/errors.js";
import { seedKey } from "../core/random.js";
import { MAX_HYPERPARAMETERS } from "../ops/update.js";

/**
 * The record of one step for its kernels, 64 words of 32 bits: the layout of `struct Step` in
 * `shaders/functions/step.wgsl`, and 256 bytes, so that a dynamic uniform offset can select a step. On the host and in WASM,
 * words past the hyperparameters are left out.
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
const WORDS = FIRST_HYPERPARAMETER + MAX_HYPERPARAMETERS;
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
 * The records of a run's steps, [replicas, count], each as long as its hyperparameters make it; `replica-steps.ts` fills
 * those of several replicas. Fill it before its first run: a backend may keep what it was given.
 */
export class StepTable {
  /** Of a record. */
  readonly words: number;
  readonly bytes: ArrayBuffer;
  readonly #words: Uint32Array;
  readonly #floats: Float32Array;

  /**
   * @param replicas - of the program that is to run it
   * @param hyperparameters - the most of a record
   */
  constructor(
    readonly count: number,
    readonly replicas = 1,
    hyperparameters = MAX_HYPERPARAMETERS,
  ) {
    if (hyperparameters > MAX_HYPERPARAMETERS) {
      throw new ArgumentError(`steps: ${hyperparameters} hyperparameters; at most ${MAX_HYPERPARAMETERS} fit.`);
    }
    this.words = FIRST_HYPERPARAMETER + 4 * Math.ceil(hyperparameters / 4);
    this.bytes = new ArrayBuffer(count * replicas * this.words * 4);
    this.#words = new Uint32Array(this.bytes);
    this.#floats = new Float32Array(this.bytes);
  }

  /** Fills record `index` of a table for one model. @throws ArgumentError for more hyperparameters than it has room for */
  set(index: number, { first, rows, step = 0, seed = 0, hyperparameters = [] }: StepFields) {
    const room = this.words - FIRST_HYPERPARAMETER;
    if (hyperparameters.length > room) {
      throw new ArgumentError(`steps: ${hyperparameters.length} hyperparameters; at most ${room} fit.`);
    }
    const start = index * this.words;
    const words = this.#words;
    words[start] = index;
    words[start + 1] = first;
    words[start + 2] = rows;
    words[start + 3] = step;
    const [low, high] = seedKey(seed);
    words[start + 4] = low;
    words[start + 5] = high;
    for (let i = 0; i < hyperparameters.length; i++) {
      this.#floats[start + FIRST_HYPERPARAMETER + i] = hyperparameters[i];
    }
  }

  /** The records step by step, [count, replicas], of STEP_BYTES each, as GPUs read them. */
  byStep(): ArrayBuffer {
    const { count, replicas, words } = this;
    if (words === WORDS && replicas === 1) return this.bytes;
    const all = new Uint32Array(count * replicas * WORDS);
    for (let replica = 0; replica < replicas; replica++) {
      for (let i = 0; i < count; i++) {
        const from = (replica * count + i) * words;
        all.set(this.#words.subarray(from, from + words), (i * replicas + replica) * WORDS);
      }
    }
    return all.buffer;
  }

  /** @throws ArgumentError when there are more steps than a program was loaded for, or another number of replicas */
  checkFits(label: string, maxSteps: number, replicas: number): void {
    if (this.count > maxSteps) throw new ArgumentError(`${label}: loaded for ${maxSteps} steps, not ${this.count}.`);
    if (this.replicas === replicas) return;
    throw new ArgumentError(`${label}: loaded for ${replicas} replicas, not ${this.replicas}.`);
  }

  /** Reads record `index` of a replica into `step`, an object made once by `emptyStep`. */
  get(index: number, step: Step, replica = 0): void {
    const start = (replica * this.count + index) * this.words;
    step.idle = this.#words[start + IDLE] !== 0;
    step.index = this.#words[start];
    step.first = this.#words[start + 1];
    step.rows = this.#words[start + 2];
    step.step = this.#words[start + 3];
    step.seed[0] = this.#words[start + 4];
    step.seed[1] = this.#words[start + 5];
    const hyperparameters = step.hyperparameters as Float32Array;
    const end = start + this.words;
    hyperparameters.fill(0, this.words - FIRST_HYPERPARAMETER);
    for (let i = 0, at = start + FIRST_HYPERPARAMETER; at < end; i++, at++) hyperparameters[i] = this.#floats[at];
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
