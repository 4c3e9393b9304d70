import { checkCount } from "../core/options.js";
import type { UnfinishedEpoch } from "../model/model.js";
import type { Callback } from "./callbacks.js";
import type { Head } from "./heads.js";
import type { StepRecord } from "./history.js";
import { type StepResults, Totals } from "./results.js";

/** A callback that wants to know of steps, and sums over those since it was told last. */
interface Watcher {
  callback: Callback;
  every: number;
  totals: Totals;
}

type Sums = Pick<UnfinishedEpoch, "rows" | "sums">;

/** The callbacks of a training that have `onStep`, the scores they are given, and when. */
export class StepCallbacks {
  readonly #watchers: Watcher[];
  /** Sums where a lost device lets the training begin anew. */
  #atHome: readonly Sums[] = [];
  /** The last step that callbacks were called for. */
  #lastStep = 0;

  /** @throws ArgumentError when a callback's `every` isn't a positive integer */
  constructor(
    private readonly heads: readonly Head[],
    callbacks: readonly Callback[],
  ) {
    this.#watchers = callbacks
      .filter(({ onStep }) => onStep)
      .map((callback) => ({
        callback,
        every: checkCount("fit: a callback's every", callback.every ?? 1),
        totals: new Totals(heads),
      }));
    this.markHome();
  }

  /** True if a callback is due once so many steps are done. */
  isDue(step: number): boolean {
    return this.#watchers.some(({ every }) => step % every === 0);
  }

  add(results: StepResults, step: number, rows: number): void {
    for (const { totals } of this.#watchers) totals.add(results, step, rows);
  }

  /** Records of the callbacks that are due, each with its callback; none is called twice for a step. */
  records(place: { epoch: number; step: number; learningRate: number }): [Callback, StepRecord][] {
    const due = this.#watchers.filter(({ every }) => place.step % every === 0);
    const records = due.map(({ callback, totals }): [Callback, StepRecord] => {
      const { epoch, step, learningRate } = place;
      return [callback, { epoch, step, ...totals.scores, learningRate }];
    });
    for (const watcher of due) watcher.totals = new Totals(this.heads);
    if (place.step <= this.#lastStep) return [];
    this.#lastStep = place.step;
    return records;
  }

  /** Remembers the sums of now, to go back to. */
  markHome(): void {
    this.#atHome = this.#watchers.map(({ totals: { rows, sums } }) => ({ rows, sums: [...sums] }));
  }

  /** Goes back to the sums that were remembered last. */
  goHome(): void {
    for (const [i, sums] of this.#atHome.entries()) this.#watchers[i].totals = new Totals(this.heads, sums);
  }
}
