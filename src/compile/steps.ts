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
 * The records of a run's steps, [replicas, count], each as long as its hyperparameters make it. Fill one before its first
 * run: a backend may keep what it was given.
 */
export abstract class StepTable {
  abstract readonly bytes: ArrayBuffer;

  /**
   * @param replicas - of the program that is to run it
   * @param words - of a record
   */
  constructor(
    readonly count: number,
    readonly replicas: number,
    readonly words: number,
  ) {}

  /** Writes all records to memory, over whatever is there. */
  abstract write(memory: Uint32Array): void;

  /** The records step by step, [count, replicas], of STEP_BYTES each, as GPUs read them. */
  byStep(): ArrayBuffer {
    const { count, replicas, words } = this;
    const own = new Uint32Array(this.bytes);
    const all = new Uint32Array(count * replicas * WORDS);
    for (let i = 0; i < count * replicas; i++) {
      all.set(own.subarray(i * words, (i + 1) * words), ((i % count) * replicas + ((i / count) | 0)) * WORDS);
    }
    return all.buffer;
  }

  /** @throws ArgumentError when there are more steps than a program was loaded for, or another number of replicas */
  checkFits(label: string, maxSteps: number, replicas: number): void {
    if (this.count > maxSteps) throw new ArgumentError(`${label}: loaded for ${maxSteps} steps, not ${this.count}.`);
    if (this.replicas === replicas) return;
    throw new ArgumentError(`${label}: loaded for ${replicas} replicas, not ${this.replicas}.`);
  }
}

/** The records of one model's steps; `replica-steps.ts` has those of several. */
export class ModelStepTable extends StepTable {
  readonly bytes: ArrayBuffer;
  readonly #words: Uint32Array;
  readonly #floats: Float32Array;

  /** @param hyperparameters - the most of a record */
  constructor(count: number, hyperparameters = MAX_HYPERPARAMETERS) {
    super(count, 1, FIRST_HYPERPARAMETER + Math.min(hyperparameters, MAX_HYPERPARAMETERS));
    this.bytes = new ArrayBuffer(count * this.words * 4);
    this.#words = new Uint32Array(this.bytes);
    this.#floats = new Float32Array(this.bytes);
  }

  /** Fills record `index`. @throws ArgumentError for more hyperparameters than it has room for */
  set(index: number, { first, rows, step = 0, seed = 0, hyperparameters = [] }: StepFields) {
    const room = this.words - FIRST_HYPERPARAMETER;
    if (hyperparameters.length > room) {
      throw new ArgumentError(`steps: ${hyperparameters.length} hyperparameters; at most ${room} fit.`);
    }
    const words = this.#words;
    let at = index * this.words;
    words[at++] = index;
    words[at++] = first;
    words[at++] = rows;
    words[at++] = step;
    const key = seedKey(seed);
    words[at++] = key[0];
    words[at] = key[1];
    this.#floats.set(hyperparameters, index * this.words + FIRST_HYPERPARAMETER);
  }

  write(memory: Uint32Array): void {
    memory.set(this.#words);
  }
}
