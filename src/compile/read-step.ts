import { MAX_HYPERPARAMETERS } from "../ops/update.js";
import { FIRST_HYPERPARAMETER, IDLE, type StepTable } from "./steps.js";

/** A step's record, as kernels on the host read it. */
export interface Step {
  idle: boolean;
  index: number;
  first: number;
  rows: number;
  step: number;
  seed: [number, number];
  /** Those that the record has no room for are 0. */
  hyperparameters: ArrayLike<number>;
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

/** Reads record `index` of a replica into `step`, an object made once by `emptyStep`. */
export function readStep({ bytes, count, words }: StepTable, index: number, step: Step, replica = 0): void {
  const start = 4 * (replica * count + index) * words;
  const record = new Uint32Array(bytes, start, FIRST_HYPERPARAMETER);
  [step.index, step.first, step.rows, step.step, step.seed[0], step.seed[1]] = record;
  step.idle = record[IDLE] !== 0;
  const room = words - FIRST_HYPERPARAMETER;
  const hyperparameters = step.hyperparameters as Float32Array;
  hyperparameters.set(new Float32Array(bytes, start + 4 * FIRST_HYPERPARAMETER, room));
  hyperparameters.fill(0, room);
}
