import type { Dataset } from "../data/dataset.js";
import { joinRows, withoutFeatures } from "../data/join.js";

/** Labels of longer epochs aren't kept: nothing is said of what guessing would have. */
const MOST_LABELS = 2 ** 20;

/** Rows of an epoch, of a source that gives them in batches: what can only be said of all of them needs them. */
export class PassedRows {
  #parts: Dataset[] = [];
  /** Of the last epoch that is over. */
  #done: readonly Dataset[] = [];
  #labels = 0;
  #isWhole = true;

  /** @param withFeatures - whether the rows are to be scored once more: then all are kept, however many */
  constructor(private readonly withFeatures: boolean) {}

  /** @param isWhole - whether all batches of the epoch will be added */
  begin(isWhole: boolean): void {
    this.#parts = [];
    this.#labels = 0;
    this.#isWhole = isWhole;
  }

  add(batch: Dataset): void {
    this.#labels += batch.labels.length;
    if (this.withFeatures) this.#parts.push(batch);
    else if (this.#labels <= MOST_LABELS) this.#parts.push(withoutFeatures(batch));
    else this.#parts = [];
  }

  /** The epoch is over. */
  end(): void {
    this.#done = this.#isWhole ? this.#parts : [];
  }

  /** All rows of the last epoch that is over; undefined where some weren't kept. */
  whole(): Dataset | undefined {
    return this.#done.length > 0 ? joinRows(this.#done) : undefined;
  }
}
