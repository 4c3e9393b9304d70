import type { Snapshot } from "neuromotor";
import type { EpochPoint, Past, Rate } from "./run.js";

/** The most epochs that are kept for curves. */
const MOST_POINTS = 1500;
/** The most snapshots, and their most bytes in all. */
const MOST_SNAPSHOTS = 48;
const MOST_BYTES = 64 * 2 ** 20;

interface Kept {
  step: number;
  snapshot: Snapshot;
}

/**
 * The past of a training: snapshots at intervals, from which every place between is worked out again to the bit, the rates
 * that were chosen on the way, and the scores of epochs.
 */
export class Timeline {
  #snapshots: Kept[] = [];
  /** Steps between two snapshots at the least. */
  #interval = 1;
  #bytes = 0;
  /** Learning rates by the number of epochs that were done when they were chosen, ascending. */
  rates: Rate[];
  #points: EpochPoint[];
  /** One epoch in so many is kept for curves. */
  stride: number;
  /** The last epoch of which scores are known. */
  lastEpoch: number;

  /** @param past - of a training that goes on, or whose steps are done again @param farthest - the farthest step so far */
  constructor(
    { rates, points = [], stride = 1 }: Past,
    public farthest: number,
  ) {
    this.rates = [...rates];
    this.#points = [...points];
    this.stride = stride;
    this.lastEpoch = points.at(-1)?.epoch ?? 0;
  }

  /** Scores of the epochs that are kept for curves. */
  get points(): readonly EpochPoint[] {
    return this.#points;
  }

  /** All that goes with a model whose training is to go on elsewhere. */
  get past(): Required<Past> {
    return { rates: this.rates, points: this.#points, stride: this.stride };
  }

  /** Whether a snapshot after so many steps is wanted. */
  wants(step: number): boolean {
    const last = this.#snapshots.at(-1);
    return last === undefined || step >= last.step + this.#interval;
  }

  keep(step: number, snapshot: Snapshot): void {
    this.#bytes = bytesOf(snapshot);
    this.#snapshots.push({ step, snapshot });
    const most = Math.max(4, Math.min(MOST_SNAPSHOTS, Math.floor(MOST_BYTES / this.#bytes)));
    if (this.#snapshots.length <= most) return;
    this.#snapshots = this.#snapshots.filter((_, i) => i % 2 === 0);
    this.#interval = Math.max(2 * this.#interval, Math.ceil(step / most));
  }

  /** The last snapshot at or before a step. */
  before(step: number): Kept {
    return this.#snapshots.findLast((kept) => kept.step <= step)!;
  }

  /** The learning rate after so many epochs. */
  rateAfter(epoch: number): number {
    return this.rates.findLast((each) => each.epoch <= epoch)!.learningRate;
  }

  /** Chooses a rate after so many epochs: what was trained from there on is forgotten. */
  setRate(epoch: number, step: number, learningRate: number): void {
    this.rates = this.rates.filter((each) => each.epoch < epoch);
    this.rates.push({ epoch, learningRate });
    this.#snapshots = this.#snapshots.filter((kept) => kept.step <= step);
    this.#points = this.#points.filter((point) => point.epoch <= epoch);
    this.lastEpoch = Math.min(this.lastEpoch, epoch);
    this.farthest = Math.min(this.farthest, step);
  }

  /** @returns whether the epoch is new, and kept for curves */
  record(point: EpochPoint): boolean {
    if (point.epoch <= this.lastEpoch) return false;
    this.lastEpoch = point.epoch;
    if (point.epoch % this.stride > 0) return false;
    this.#points.push(point);
    if (this.#points.length > MOST_POINTS) {
      this.stride *= 2;
      this.#points = this.#points.filter(({ epoch }) => epoch % this.stride === 0);
    }
    return true;
  }
}

function bytesOf({ parameters, training: { state } }: Snapshot): number {
  let numbers = 0;
  for (const { values } of parameters.values()) numbers += values.length;
  for (const values of state?.values() ?? []) numbers += (values as { values?: Float32Array }).values?.length ?? 0;
  return 4 * Math.max(1, numbers);
}
