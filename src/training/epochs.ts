import { StepTable } from "../compile/steps.js";
import { RandomStream, Stream, shuffle } from "../core/random.js";

/** Row numbers 0, 1, ..., shuffled for this epoch by (seed, epoch) alone: the same on every backend and on resume. */
export function epochOrder(rows: number, epoch: number, seed: number, shuffled: boolean): Uint32Array<ArrayBuffer> {
  const order = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) order[row] = row;
  return shuffled ? (shuffle(order, new RandomStream(seed, Stream.shuffle, epoch)) as Uint32Array<ArrayBuffer>) : order;
}

/** What training steps are told beside their rows. */
export interface TrainingSteps {
  seed: number;
  /** Training steps done before. */
  step: number;
  /** Learning rate of each epoch. */
  learningRates: readonly number[];
  hyperparameters(t: number, learningRate: number): number[];
}

/** One pass over the rows in which nothing is learned. */
const PASS: TrainingSteps = { seed: 0, step: 0, learningRates: [0], hyperparameters: () => [] };

/** The steps of whole epochs, one epoch after the other; the last of each is short where the batch doesn't divide its rows. */
export class Steps {
  readonly perEpoch: number;
  readonly count: number;

  /** @param training - absent for one pass in which nothing is learned */
  constructor(
    readonly rows: number,
    readonly batch: number,
    readonly training = PASS,
  ) {
    this.perEpoch = Math.ceil(rows / batch);
    this.count = this.perEpoch * training.learningRates.length;
  }

  /** Where in the order of all epochs a step begins; of `count`, where the order ends. */
  place(step: number): number {
    return Math.floor(step / this.perEpoch) * this.rows + (step % this.perEpoch) * this.batch;
  }

  /** Records of some of the steps, with places counted from the first one's. */
  table(from = 0, to = this.count): StepTable {
    const { rows, batch, perEpoch, training } = this;
    const { seed, learningRates, hyperparameters } = training;
    const table = new StepTable(to - from);
    const start = this.place(from);
    for (let i = from; i < to; i++) {
      const step = training.step + i;
      table.set(i - from, {
        first: this.place(i) - start,
        rows: Math.min(batch, rows - (i % perEpoch) * batch),
        step,
        seed,
        hyperparameters: hyperparameters(step + 1, learningRates[Math.floor(i / perEpoch)]),
      });
    }
    return table;
  }
}
