import { ModelStepTable } from "../compile/steps.js";
import { RandomStream, Stream, shuffle } from "../core/random.js";

/** Row numbers 0, 1, ..., shuffled for this epoch by (seed, epoch) alone: the same on every backend and on resume. */
export const epochOrder = (rows: number, epoch: number, seed: number, shuffled: boolean): Uint32Array<ArrayBuffer> =>
  orderInto(new Uint32Array(rows), epoch, seed, shuffled);

function orderInto(order: Uint32Array<ArrayBuffer>, epoch: number, seed: number, shuffled: boolean) {
  for (let row = 0; row < order.length; row++) order[row] = row;
  return shuffled ? shuffle(order, new RandomStream(seed, Stream.shuffle, epoch)) : order;
}

/** The orders that were made last, and what for: models that are trained side by side often take their rows alike. */
let last: { key: string; orders: WeakRef<Uint32Array<ArrayBuffer>> } | undefined;

/** The orders of epochs, one after the other; to be read only. */
export function epochOrders(rows: number, epoch: number, count: number, seed: number, shuffled: boolean) {
  const key = [rows, epoch, count, seed, shuffled].join();
  const known = last?.key === key ? last.orders.deref() : undefined;
  if (known) return known;
  const orders = new Uint32Array(count * rows);
  for (let i = 0; i < count; i++) orderInto(orders.subarray(i * rows, (i + 1) * rows), epoch + i, seed, shuffled);
  last = { key, orders: new WeakRef(orders) };
  return orders;
}

/** Position, length and seed of a run of training steps. */
export interface TrainingSteps {
  seed: number;
  /** Training steps done before. */
  step: number;
  epochs: number;
  /** Of each step, counted from the first one of all epochs. */
  learningRate(step: number): number;
  hyperparameters(t: number, learningRate: number): number[];
}

/** One pass over the rows in which nothing is learned. */
const PASS: TrainingSteps = { seed: 0, step: 0, epochs: 1, learningRate: () => 0, hyperparameters: () => [] };

/** The steps of whole epochs, one epoch after the other; the last of each is short where the batch doesn't divide its rows. */
export class Steps {
  readonly perEpoch: number;
  readonly count: number;

  /**
   * @param training - absent for one pass in which nothing is learned
   * @param start - the first of these steps among those of all epochs
   * @param end - after the last one; the end of all epochs where absent
   */
  constructor(
    readonly rows: number,
    readonly batch: number,
    readonly training = PASS,
    private readonly start = 0,
    end?: number,
  ) {
    this.perEpoch = Math.ceil(rows / batch);
    this.count = (end ?? this.perEpoch * training.epochs) - start;
  }

  /** Some of the steps, to be run by themselves: with the order from `place(from)` to `place(to)`. */
  part(from: number, to: number): Steps {
    return new Steps(this.rows, this.batch, this.training, this.start + from, this.start + to);
  }

  /** Where in the order of these steps one of them begins; of `count`, where the order ends. */
  place(step: number): number {
    return this.#placeInAll(this.start + step) - this.#placeInAll(this.start);
  }

  #placeInAll(step: number): number {
    return Math.floor(step / this.perEpoch) * this.rows + (step % this.perEpoch) * this.batch;
  }

  /** Records of some of the steps, with places counted from the first one's. */
  table(from = 0, to = this.count): ModelStepTable {
    const { rows, batch, perEpoch, training, start } = this;
    const { seed } = training;
    const begin = this.place(from);
    const numbersOf = (i: number) =>
      training.hyperparameters(training.step + start + i + 1, training.learningRate(start + i));
    const table = new ModelStepTable(to - from, numbersOf(from).length);
    for (let i = from; i < to; i++) {
      const inAll = start + i;
      table.set(i - from, {
        first: this.place(i) - begin,
        rows: Math.min(batch, rows - (inAll % perEpoch) * batch),
        step: training.step + inAll,
        seed,
        hyperparameters: numbersOf(i),
      });
    }
    return table;
  }
}
