import { ArgumentError } from "../core/errors.js";
import type { Figures } from "./entries.js";
import type { checkSweep } from "./options.js";
import { fitAsJson, type OpenQueue, type QueuedRun, type QueuedTraining, queueOf } from "./queue.js";
import { identityOf } from "./resume.js";
import type { SweepRun } from "./runs.js";
import { checkTrainer } from "./side-by-side.js";
import type { Work } from "./train.js";
import { variantOf } from "./variant.js";

/** The processes that carry out a sweep's trainings. */
export class Crew {
  #queue: OpenQueue | undefined;

  /** @throws ArgumentError when the queue is none, or a setting has values that can't be handed over */
  constructor(
    private readonly options: ReturnType<typeof checkSweep>,
    private readonly work: Work,
    private readonly figures: Figures,
  ) {
    const { grid, random, sobol, search } = options;
    const space = grid ?? random ?? sobol ?? search ?? {};
    for (const [name, setting] of Object.entries(space)) {
      if (!Array.isArray(setting) || setting.every(isPlain)) continue;
      throw new ArgumentError(
        `sweep: with a queue, the values of "${name}" must be finite numbers, texts, true, false or null: nothing else is ` +
          "handed to other processes. Give names, and make of them what you need where the Trainer is made.",
      );
    }
    queueOf(options.queue!);
  }

  /**
   * @param onRuns - told of all runs that there are so far, in the order of the trainings, after each that arrives
   * @returns the runs, in the order of the trainings
   */
  async carryOut(
    trainings: readonly QueuedTraining[],
    { watch }: Pick<Work, "watch">,
    onRuns: (runs: readonly (SweepRun | undefined)[]) => Promise<void>,
  ): Promise<SweepRun[]> {
    if (trainings.length === 0) return [];
    this.#queue ??= await this.#open(trainings[0]);
    const runs: (SweepRun | undefined)[] = trainings.map(() => undefined);
    await this.#queue.carryOut(trainings, watch?.others ?? [], async (arrived) => {
      for (const [place, run] of arrived) {
        runs[place] = runOf(trainings[place], run);
        await this.work.onTrial?.(runs[place], place);
      }
      await onRuns(runs);
    });
    return runs as SweepRun[];
  }

  async close(): Promise<void> {
    await this.#queue?.close();
  }

  /** Makes one trainer here: what is wrong with it shows at once, and it knows its scores and its engine. */
  async #open(first: QueuedTraining): Promise<OpenQueue> {
    const { data, fit, build } = this.work;
    const { number, configuration, ...seeds } = first;
    const trainer = checkTrainer("sweep", await build({ ...configuration, ...seeds }));
    try {
      this.figures.learn(trainer);
      const { pruning, objectives, group } = this.options;
      return await queueOf(this.options.queue!).open({
        train: data,
        validation: fit.validation,
        fit: fitAsJson(fit),
        identity: identityOf(this.options),
        ...(pruning && { pruned: objectives[0] }),
        variant: variantOf(trainer.device),
        group,
        first,
      });
    } finally {
      trainer.dispose();
    }
  }
}

const isPlain = (value: unknown): boolean =>
  value === null || ["string", "boolean"].includes(typeof value) || Number.isFinite(value);

const runOf = ({ configuration, seed, repeat }: QueuedTraining, run: QueuedRun): SweepRun => ({
  ...run,
  configuration,
  seed,
  repeat,
});
