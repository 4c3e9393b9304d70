import { StepTable } from "../compile/steps.js";
import { RandomStream, Stream, shuffle } from "../core/random.js";

/** Steps that an epoch of `rows` takes, the last one short where the batch doesn't divide them. */
export const stepsPerEpoch = (rows: number, batch: number): number => Math.ceil(rows / batch);

/** Row numbers 0, 1, ..., shuffled for this epoch by (seed, epoch) alone: the same on every backend and on resume. */
export function epochOrder(rows: number, epoch: number, seed: number, shuffled: boolean): Uint32Array<ArrayBuffer> {
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  return shuffled ? (shuffle(order, new RandomStream(seed, Stream.shuffle, epoch)) as Uint32Array<ArrayBuffer>) : order;
}

/** Records of one pass over `rows` in order, as evaluation and prediction need them. */
export function passTable(rows: number, batch: number): StepTable {
  const table = new StepTable(stepsPerEpoch(rows, batch));
  for (let index = 0, first = 0; first < rows; index++, first += batch) {
    table.set(index, { first, rows: Math.min(batch, rows - first) });
  }
  return table;
}

/** What the steps of a run of training epochs are told. */
export interface EpochRun {
  rows: number;
  batch: number;
  seed: number;
  /** Training steps done before the run. */
  step: number;
  /** Learning rate of each epoch of the run. */
  learningRates: readonly number[];
  hyperparameters(t: number, learningRate: number): number[];
}

/** Records of whole epochs, one after the other. `part` takes some of their steps, counted from the run's first. */
export function trainingTable(run: EpochRun, part?: { from: number; to: number }): StepTable {
  const { rows, batch, seed, step, learningRates } = run;
  const perEpoch = stepsPerEpoch(rows, batch);
  const { from, to } = part ?? { from: 0, to: perEpoch * learningRates.length };
  const table = new StepTable(to - from);
  for (let i = from; i < to; i++) {
    const epoch = Math.floor(i / perEpoch);
    const inEpoch = (i % perEpoch) * batch;
    table.set(i - from, {
      first: epoch * rows + inEpoch,
      rows: Math.min(batch, rows - inEpoch),
      step: step + i,
      seed,
      hyperparameters: run.hyperparameters(step + i + 1, learningRates[epoch]),
    });
  }
  return table;
}
