import type { Callback, TrainingControl } from "./callbacks.js";
import type { DeviceMemory } from "./device-memory.js";
import type { Steps } from "./epochs.js";
import { type Recipe, slotCount } from "./graphs.js";
import type { StepRecord } from "./history.js";
import { checkCount } from "./options.js";
import { type Pass, StepResults } from "./pass.js";

/** The training that is watched, and how a callback gets its turn. */
interface Progress extends TrainingControl {
  readonly memory: DeviceMemory;
  whileResting<T>(work: () => T | Promise<T>): Promise<T>;
}

/** A callback that wants to know of steps, and sums over those since it was told last. */
interface Watcher {
  callback: Callback;
  every: number;
  rows: number;
  sums: number[];
}

/**
 * Runs the steps of epochs in pieces, each of which ends where a callback wants to know of it, and reads their results.
 * The bits are those of a run in one go: a piece takes its rows from the same order.
 */
export class Pieces {
  readonly #watchers: Watcher[];
  /** Steps before the epoch, and the sums at its start: where a lost device lets it begin anew. */
  #start?: { step: number; sums: Pick<Watcher, "rows" | "sums">[] };
  /** The last step that callbacks were told of. */
  #told = 0;

  /** @throws ArgumentError when a callback's `every` isn't a positive integer */
  constructor(
    private readonly progress: Progress,
    private readonly recipe: Recipe,
    callbacks: readonly Callback[],
  ) {
    this.#watchers = callbacks
      .filter(({ onStep }) => onStep)
      .map((callback) => ({
        callback,
        every: checkCount("fit: a callback's every", callback.every ?? 1),
        rows: 0,
        sums: new Array(slotCount(recipe)).fill(0),
      }));
  }

  /** @returns what all steps left; nothing past a piece in which something was NaN or infinite */
  async run(training: Pass, steps: Steps, order: Uint32Array<ArrayBuffer>): Promise<Float32Array<ArrayBuffer>> {
    const slots = slotCount(this.recipe);
    this.#begin(steps.training.step);
    const left = new Float32Array(steps.count * slots * 2);
    const results = new StepResults(left, slots);
    for (let from = 0, to = 1; from < steps.count; from = to++) {
      while (to < steps.count && this.#due(steps, to).length === 0) to++;
      const piece = order.subarray(steps.place(from), steps.place(to));
      const [words] = await this.progress.memory.read([await training.run(steps.part(from, to), piece)]);
      left.set((words as Float32Array).subarray(0, (to - from) * slots * 2), from * slots * 2);
      for (let step = from; step < to; step++) {
        if (!results.isFinite(step)) return left;
        this.#add(results, step, steps.place(step + 1) - steps.place(step));
      }
      for (const watcher of this.#due(steps, to)) {
        const record = this.#recordOf(watcher, steps, to);
        if (record.step <= this.#told) continue;
        await this.progress.whileResting(() => watcher.callback.onStep!(record, this.progress));
      }
      this.#told = Math.max(this.#told, steps.training.step + to);
    }
    return left;
  }

  #begin(step: number): void {
    if (this.#start?.step === step) {
      for (const [i, { rows, sums }] of this.#start.sums.entries()) Object.assign(this.#watchers[i], { rows, sums });
    }
    this.#start = { step, sums: this.#watchers.map(({ rows, sums }) => ({ rows, sums: [...sums] })) };
  }

  /** Those that are to be told when so many of the steps are done. */
  #due({ training }: Steps, done: number): Watcher[] {
    return this.#watchers.filter(({ every }) => (training.step + done) % every === 0);
  }

  /** The loss is the mean over a batch, metrics are sums over it. */
  #add(results: StepResults, step: number, rows: number): void {
    for (const watcher of this.#watchers) {
      watcher.rows += rows;
      watcher.sums.forEach((_, slot) => {
        watcher.sums[slot] += results.value(step, slot) * (slot === 0 ? rows : 1);
      });
    }
  }

  #recordOf(watcher: Watcher, { training }: Steps, done: number): StepRecord {
    const { rows, sums } = watcher;
    const scores = ["loss", ...this.recipe.metrics].map((name, slot) => [name, sums[slot] / rows]);
    watcher.rows = 0;
    sums.fill(0);
    return {
      epoch: this.progress.epoch + 1,
      step: training.step + done,
      ...(Object.fromEntries(scores) as { loss: number }),
      learningRate: training.learningRate(done - 1),
    };
  }
}
