import { type ReadonlySignal, signal } from "@preact/signals";
import type { EpochPoint, Frame } from "../engine/run.js";
import type { Settings } from "../settings/settings.js";

/** A training that was shown before, with its curve. */
export interface EarlierRun {
  settings: Settings;
  curve: readonly EpochPoint[];
}

/** Trainings that are compared with the present one at the most. */
const MOST_EARLIER = 3;

/** Scores by epoch: of the training that is shown, and of those before it on the same data. */
export class Curves {
  readonly #curve = signal<readonly EpochPoint[]>([]);
  readonly #earlier = signal<readonly EarlierRun[]>([]);
  /** Number of the training that was kept last. */
  #remembered: number | undefined;
  readonly curve: ReadonlySignal<readonly EpochPoint[]> = this.#curve;
  /** The oldest first. */
  readonly earlier: ReadonlySignal<readonly EarlierRun[]> = this.#earlier;

  /** Begins a new training's. */
  begin(): void {
    this.#curve.value = [];
  }

  /**
   * Keeps the training that is shown, once, to compare the next ones with.
   *
   * @param run - its number
   * @param isOtherFile - whether the data are another file's
   */
  remember(run: number | undefined, before: Settings, after: Settings, isOtherFile: boolean): void {
    const curve = this.#curve.peek();
    if (before.data !== after.data || isOtherFile) this.#earlier.value = [];
    else if (curve.length > 1 && run !== this.#remembered && JSON.stringify(before) !== JSON.stringify(after)) {
      this.#remembered = run;
      this.#earlier.value = [...this.#earlier.peek(), { settings: before, curve }].slice(-MOST_EARLIER);
    }
  }

  /** Adds the epochs that ended before a frame; those after its place that are no longer so are forgotten. */
  add({ ended, stride, lastEpoch }: Frame): void {
    const known = this.#curve.peek();
    if (ended.length === 0 && (known.at(-1)?.epoch ?? 0) <= lastEpoch) return;
    const until = ended[0]?.epoch ?? lastEpoch + 1;
    const kept = known.filter(({ epoch }) => epoch % stride === 0 && epoch < until);
    this.#curve.value = [...kept, ...ended.filter(({ epoch }) => epoch % stride === 0)];
  }
}
