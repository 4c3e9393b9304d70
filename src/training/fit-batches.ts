import { ArgumentError, DataError } from "../core/errors.js";
import { checkArgument, checkCount } from "../core/options.js";
import { checkSeed, type UnfinishedEpoch } from "../model/model.js";
import { CallbackTurns } from "./callback-turns.js";
import { checkWatchers } from "./check-watchers.js";
import { encode, targetsOf } from "./encode.js";
import type { BatchSource, FitOptions } from "./fit-options.js";
import { prepareHeads } from "./heads.js";
import type { EpochRecord, History } from "./history.js";
import type { ActiveFit, Internals } from "./internals.js";
import { PassedRows } from "./passed-rows.js";
import { Totals, totalLoss } from "./results.js";
import { StepCallbacks } from "./step-callbacks.js";
import { batchOf, StepTrainer } from "./train-step.js";
import { UntilAborted } from "./until-aborted.js";
import { RunningHeads } from "./variances.js";
import { warningsOf } from "./warnings.js";

/** Options of `fit` that cut a data set into batches: these come ready. */
const CUTTING = ["batchSize", "microBatchSize", "buckets", "shuffle", "augment", "resume"] as const;

/** See `Trainer.fit`: over batches that come in pieces, to the bits of a fit over the same batches of one data set. */
export async function fitBatches(trainer: Internals, source: BatchSource, options: FitOptions): Promise<History> {
  await checkWatchers(options);
  await prepareHeads(trainer.spec);
  for (const name of CUTTING) {
    if (!options[name]) continue;
    throw new ArgumentError(`fit: batches are taken as they come; leave ${name} out, or give fit a Dataset.`);
  }
  const isOnce = typeof source !== "function" && isIterator(source);
  const epochs = checkCount("fit: epochs", options.epochs ?? (isOnce ? 1 : 10));
  if (isOnce && epochs > 1) {
    throw new ArgumentError(
      "fit: this source gives its batches once, too few for several epochs. Give a function that makes it: fit(() => batches()).",
    );
  }
  if (isOnce && options.trainingScores) {
    throw new ArgumentError(
      "fit: trainingScores go through the batches once more, and this source gives them once. Give a function that makes it.",
    );
  }
  const run = new BatchRun(trainer, source, options, epochs, !isOnce);
  return run.train();
}

/** Whether an iterable can be gone through once only: it is its own iterator. */
function isIterator(source: Iterable<unknown> | AsyncIterable<unknown>): boolean {
  return typeof (source as Partial<Iterator<unknown>>).next === "function";
}

/** One call of `fit` over batches. */
class BatchRun {
  readonly #run: ActiveFit;
  readonly #history: History = { epochs: [], warnings: [], stopped: false };
  readonly #turns: CallbackTurns;
  readonly #stepCallbacks: StepCallbacks;
  readonly #steps: StepTrainer;
  readonly #running: RunningHeads;
  readonly #stepLosses: number[] = [];
  #passed: PassedRows;

  constructor(
    private readonly trainer: Internals,
    private readonly source: BatchSource,
    private readonly options: FitOptions,
    private readonly epochs: number,
    private readonly isRepeatable: boolean,
  ) {
    const { callbacks = [], seed = trainer.spec.model.seed, validation, validateEvery = 1 } = options;
    checkCount("fit: validateEvery", validateEvery);
    checkSeed("fit", seed);
    const start = trainer.position.epoch;
    const evaluated = { ...(validation && { validation }) };
    const settings = { seed, batchSize: 0, shuffle: false, rows: 0 };
    this.#run = { start, stopped: false, callbacks, evaluated, validateEvery, settings };
    this.#turns = new CallbackTurns(trainer, callbacks);
    this.#running = new RunningHeads(trainer.spec.heads);
    this.#stepCallbacks = new StepCallbacks(this.#running.heads, callbacks);
    this.#steps = new StepTrainer(trainer);
    this.#passed = new PassedRows(this.options.trainingScores === true);
  }

  async train(): Promise<History> {
    const { trainer } = this;
    const { session } = trainer;
    trainer.run = this.#run;
    try {
      await this.#turns.closing(() => this.#runAll());
    } finally {
      trainer.run = undefined;
      this.#steps.dispose();
      if (!session.isHome) await session.bringHome().catch(() => {}); // a lost device was reported already
      session.release();
    }
    if (this.options.recordSteps) this.#history.stepLosses = Float32Array.from(this.#stepLosses);
    return this.#history;
  }

  async #runAll(): Promise<void> {
    const { trainer } = this;
    const { position, control } = trainer;
    const end = this.#run.start + this.epochs;
    await this.#turns.tell((callback) => callback.onStart?.(control, end));
    while (position.epoch < end && !this.#history.stopped) {
      await this.#epoch();
      if (trainer.calls.isClosed) this.#history.stopped = true;
    }
    const { epochs } = this.#history;
    const train = this.#passed.whole();
    const targets = train && targetsOf(trainer.spec, train);
    const { validation } = this.options;
    this.#history.warnings = await warningsOf(trainer.spec, epochs, train, targets, validation);
    this.#run.isPaused = this.#history.stopped && !this.#run.stopped;
    await this.#turns.tell((callback) => callback.onEnd?.(this.#history, control));
  }

  /** One pass over the batches; the rest of one that was broken off, where the source can be gone through again. */
  async #epoch(): Promise<void> {
    const { position, spec } = this.trainer;
    const started = performance.now();
    const { settings } = this.#run;
    const isSame = JSON.stringify(position.underway?.settings) === JSON.stringify(settings);
    const underway: UnfinishedEpoch = (isSame && position.underway) || {
      ...{ steps: 0, learningRate: position.learningRate, rows: 0, sums: [], settings },
    };
    let skipped = this.isRepeatable ? underway.steps : 0;
    this.#passed.begin(this.isRepeatable || underway.steps === 0);
    const totals = new Totals(this.#running.heads, underway);
    this.#running.begin();
    let { steps } = underway;
    let learningRate = position.learningRate;
    const made = typeof this.source === "function" ? await this.source() : this.source;
    const isIterable =
      typeof made === "object" && made !== null && (Symbol.iterator in made || Symbol.asyncIterator in made);
    checkArgument("fit", "a function that gives batches: an iterable, or an async one", made, isIterable);
    const batches = new UntilAborted(made, this.options.signal);
    for await (const given of batches) {
      const batch = batchOf(this.trainer, given);
      if (skipped-- > 0) {
        this.#running.skip(() => encode(spec, batch, 1).data);
        this.#passed.add(batch);
        continue;
      }
      if (this.#history.stopped) return;
      const done = await this.#steps.step(batch, settings.seed);
      this.#passed.add(batch);
      ({ learningRate } = done);
      this.#running.add(done.data);
      totals.add(done.results, 0, done.rows);
      this.#stepCallbacks.add(done.results, 0, done.rows);
      if (this.options.recordSteps) this.#stepLosses.push(totalLoss(spec.heads, (slot) => done.results.value(0, slot)));
      steps++;
      position.underway = { ...underway, steps, rows: totals.rows, sums: [...totals.sums] };
      const due = this.#stepCallbacks.records({ epoch: position.epoch + 1, step: position.step, learningRate });
      await this.#turns.endStep(due, this.#history);
      if (this.trainer.calls.isAwaited) await this.trainer.calls.rest(() => {});
    }
    if (batches.isAborted) {
      this.#history.stopped = true;
      return;
    }
    if (steps === 0)
      throw new DataError("fit: the source gave no batch. Give a function that makes it anew each time.");
    await this.#endEpoch(totals, learningRate, started);
  }

  async #endEpoch(totals: Totals, learningRate: number, started: number): Promise<void> {
    const { position, spec, session, schedule } = this.trainer;
    this.#passed.end();
    const isDue = (position.epoch + 1) % this.#run.validateEvery! === 0;
    const data = isDue ? this.options.validation : undefined;
    const { evaluateOn } = await import("./evaluate.js");
    const validation = data && (await session.survive((memory) => evaluateOn(spec, memory, data)));
    const own = isDue && this.options.trainingScores ? this.#passed.whole() : undefined;
    const training = own && (await session.survive((memory) => evaluateOn(spec, memory, own)));
    position.epoch++;
    position.underway = undefined;
    const seconds = (performance.now() - started) / 1000;
    const { epoch } = position;
    const evaluated = { ...(training && { training }), ...(validation && { validation }) };
    const record: EpochRecord = { epoch, ...totals.scores, ...evaluated, learningRate, seconds };
    if (schedule?.follow && (isDue || !this.options.validation)) {
      const { Rates } = await import("./rates.js");
      new Rates(schedule, position, 1).follow(record, this.trainer.control.scores);
    }
    this.#history.epochs.push(record);
    await this.#turns.endEpoch(record, this.#run, this.#history);
  }
}
