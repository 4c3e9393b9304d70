import type { ScoreNames } from "../core/monitor.js";
import { type Head, slotCount, slotsOf } from "./heads.js";
import type { Scores } from "./history.js";

/** Records of a run's steps, read back from the device: [steps, slots, (value, non-finite flag)]. */
export class StepResults {
  constructor(
    private readonly words: ArrayLike<number>,
    private readonly slots: number,
  ) {}

  value(step: number, slot: number): number {
    return this.words[(step * this.slots + slot) * 2];
  }

  isFinite(step: number): boolean {
    for (let slot = 0; slot < this.slots; slot++) {
      if (this.words[(step * this.slots + slot) * 2 + 1] !== 0) return false;
    }
    return true;
  }

  /** The first of so many steps with a result that is NaN or infinite; their number if there is none. */
  firstBad(steps: number): number {
    let step = 0;
    while (step < steps && this.isFinite(step)) step++;
    return step;
  }

  /** Slots of a step whose value is above 0. */
  positiveSlots(step: number): number[] {
    return Array.from({ length: this.slots }, (_, slot) => slot).filter((slot) => this.value(step, slot) > 0);
  }
}

/** The first slot of a single step whose value is above 0, if there is one. */
export const firstPositive = (words: ArrayLike<number>): number | undefined =>
  new StepResults(words, words.length / 2).positiveSlots(0)[0];

/** Sums of loss and metrics over the rows of training steps, in float64: what scores are made of. */
export class Totals {
  rows = 0;
  readonly sums: number[];

  constructor(
    private readonly heads: readonly Head[],
    { rows, sums }: { rows: number; sums: readonly number[] } = { rows: 0, sums: [] },
  ) {
    const slots = slotCount(heads);
    const isOfThese = sums.length === slots; // not of a trainer with other metrics
    this.rows = isOfThese ? rows : 0;
    this.sums = isOfThese ? [...sums] : new Array(slots).fill(0);
  }

  /** Adds a step of so many rows: losses are means over its batch, metrics are sums over it. */
  add(results: StepResults, step: number, rows: number): void {
    const { sums, heads } = this;
    this.rows += rows;
    for (let slot = 0; slot < sums.length; slot++) {
      sums[slot] += results.value(step, slot) * (slot < heads.length ? rows : 1);
    }
  }

  get scores(): Scores {
    return scoresOf(this.heads, this.sums, this.rows);
  }
}

/** The name of a head's score: "accuracy", or "digit_accuracy" of one of several. */
const scoreOf = ({ name }: Head, what: string): string => (name ? `${name}_${what}` : what);

/** The loss that is minimised, from those of the heads. @param of - the loss of a head, by its place */
export const totalLoss = (heads: readonly Head[], of: (place: number) => number): number =>
  heads.length === 1 && heads[0].weight === 1
    ? of(0)
    : heads.reduce((sum, { weight }, place) => sum + weight * of(place), 0);

/** Scores by name, from the sums of the slots over so many rows. */
export function scoresOf(heads: readonly Head[], sums: readonly number[], rows: number): Scores {
  const means = sums.map((sum) => sum / rows);
  const scores: Record<string, number> = { loss: totalLoss(heads, (place) => means[place]) };
  if (heads.length > 1) for (const [place, head] of heads.entries()) scores[scoreOf(head, "loss")] = means[place];
  const rest = means.slice(heads.length);
  for (const head of heads) {
    for (const metric of head.metrics) {
      const { name, finish = Number, finishTargets } = metric;
      const own = rest.splice(0, slotsOf(head, metric));
      scores[scoreOf(head, name)] = finishTargets ? finishTargets(own, head.variances ?? []) : finish(own[0]);
    }
  }
  return scores as unknown as Scores;
}

/** The scores of a training by name. */
export const scoreNames = (heads: readonly Head[]): ScoreNames =>
  new Map([
    ["loss", "lower"],
    ...(heads.length > 1 ? heads.map((head) => [scoreOf(head, "loss"), "lower"] as const) : []),
    ...heads.flatMap((head) => head.metrics.map(({ name, better }) => [scoreOf(head, name), better] as const)),
  ]);
