import { dataOf } from "../core/data-of.js";
import type { Values } from "../core/dtype.js";
import { ArgumentError } from "../core/errors.js";
import { checkCount } from "../core/options.js";
import type { Dataset } from "../data/dataset.js";
import { checkSeed, type UnfinishedEpoch } from "../model/model.js";
import type { Buckets } from "./buckets.js";
import type { CallbackTurns } from "./callback-turns.js";
import type { Callback } from "./callbacks.js";
import { checkData, type EncodedRows, encode } from "./encode.js";
import { epochOrders, Steps } from "./epochs.js";
import { type Bad, type Epochs, type Left, sameSettings, unfinishedEpoch } from "./epochs-at-work.js";
import { noteRange } from "./features.js";
import type { FitOptions, RunOptions } from "./fit-options.js";
import { type Head, prepareHeads, scoredHeads, slotCount } from "./heads.js";
import type { EpochRecord, History } from "./history.js";
import type { ActiveFit, Internals } from "./internals.js";
import { Programs, type StepRun } from "./programs.js";
import type { Rates } from "./rates.js";
import { firstPositive, StepResults, Totals, totalLoss } from "./results.js";
import type { StepCallbacks } from "./step-callbacks.js";
import { warningsOf } from "./warnings.js";

/** Epochs that nobody watches run in one go, up to so many steps, and to so many rows: shuffling them takes some 25 ms. */
const STEPS_PER_RUN = 2048;
const ROWS_PER_RUN = 2 ** 18;

/** Epochs of a call of `fit` that run in one go. */
export function epochsPerRun({ schedule }: Internals, rows: number, options: FitOptions): number {
  const { epochs = 10, batchSize = 32, validation, trainingScores, callbacks, augment, signal } = options;
  // A schedule that follows results needs an epoch's before it has the next one's rate.
  if (callbacks?.length || validation || trainingScores || schedule?.follow || augment || signal) return 1;
  const perEpoch = Math.ceil(rows / Math.min(batchSize, rows));
  return Math.max(1, Math.min(Math.floor(Math.min(STEPS_PER_RUN / perEpoch, ROWS_PER_RUN / rows)), epochs));
}

/** See `Trainer.fit`. */
export async function fitOn(trainer: Internals, data: Dataset, options: FitOptions): Promise<History> {
  const { callbacks, signal, augment } = options;
  if (callbacks !== undefined || signal !== undefined || augment) {
    const { checkWatchers } = await import("./check-watchers.js");
    await checkWatchers(options, data);
  }
  if (!options.resume) return new TrainingRun(trainer, data, options).train();
  checkData(trainer, data); // before callbacks are what they were
  const { resumeRun } = await import("./saved.js");
  return new TrainingRun(trainer, data, await resumeRun(trainer, options, data)).train();
}

/** One call of `fit`: everything is loaded once, then runs of steps follow each other: of epochs, or parts of one. */
class TrainingRun {
  readonly #run: ActiveFit;
  /** Epochs done when it is over. */
  readonly #end: number;
  readonly #batch: number;
  readonly #perEpoch: number;
  readonly #epochsPerRun: number;
  readonly #callbacks: readonly Callback[];
  /** Where there are callbacks. */
  #turns?: CallbackTurns;
  readonly #history: History = { epochs: [], warnings: [], stopped: false };
  readonly #stepLosses: number[] = [];
  /** Where there is a schedule. */
  #rates?: Rates;
  /** Where callbacks want to know of steps. */
  #stepCallbacks?: StepCallbacks;
  #source!: EncodedRows;
  /** Where batches have places of their own. */
  #buckets?: Buckets;
  #made?: Programs;
  /** Programs of the steps and of what follows epochs, made once a device asks for them. */
  readonly #programs = () =>
    (this.#made ??= new Programs(this.trainer.spec, this.#source, this.#run.evaluated, this.#buckets));
  #epochs?: Epochs;
  #stepsAtATime = 16;
  /** A sentence on its batches. */
  #warning?: string;
  /** With what their metrics ask for of the data. */
  #heads!: readonly Head[];

  /** @throws ArgumentError when an option is out of range */
  constructor(
    private readonly trainer: Internals,
    private readonly data: Dataset,
    private readonly options: RunOptions,
  ) {
    const { position, spec } = trainer;
    const { epochs = 10, batchSize = 32, shuffle = true, seed = spec.model.seed, callbacks = [] } = options;
    const { start = position.epoch, stopped = false, microBatchSize, augment, buckets } = options;
    const { validation, trainingScores, validateEvery = 1 } = options;
    checkCount("fit: validateEvery", validateEvery);
    this.#end = start + checkCount("fit: epochs", epochs);
    this.#batch = Math.min(checkCount("fit: batchSize", batchSize), data.rows);
    checkSeed("fit", seed);
    if (spec.model.parameterCount === 0) {
      throw new ArgumentError(
        "fit: the model has no parameters to train. Add a dense layer, or leave out trainable: false.",
      );
    }
    this.#callbacks = callbacks;
    const evaluated = { ...(validation && { validation }), ...(trainingScores && { training: data }) };
    const settings = { seed, batchSize, microBatchSize, buckets, shuffle, augment, rows: data.rows };
    dataOf.set(settings, data);
    this.#run = { start, stopped, callbacks, evaluated, validateEvery, settings };
    this.#perEpoch = Math.ceil(data.rows / this.#batch);
    this.#epochsPerRun = epochsPerRun(trainer, data.rows, options);
  }

  async train(): Promise<History> {
    const { trainer } = this;
    const { session, position } = trainer;
    await this.#prepare();
    try {
      if (this.#callbacks.length > 0) await session.survive((memory) => this.#programs().load(memory), { position });
      trainer.run = this.#run;
      this.#history.stopped = this.#run.stopped;
      await (this.#turns ? this.#turns.closing(() => this.#runAll()) : this.#runAll());
    } finally {
      if (trainer.run && position.epoch < this.#end) await this.#leave();
      trainer.run = undefined;
      this.#made?.dispose();
      if (!session.isHome) await session.bringHome().catch(() => {}); // a lost device was reported already
      session.release();
    }
    if (this.options.recordSteps) this.#history.stepLosses = Float32Array.from(this.#stepLosses);
    return this.#history;
  }

  async #runAll(): Promise<void> {
    const { trainer } = this;
    const { position, control, calls } = trainer;
    await this.#turns?.tell((callback) => callback.onStart?.(control, this.#end));
    const goesOn = () => position.epoch < this.#end && !this.#history.stopped;
    while (goesOn()) {
      if (this.options.signal?.aborted) this.#history.stopped = true;
      else await this.#advance();
      if (!goesOn()) break;
      if (calls.isClosed && !this.#epochs) this.#history.stopped = true;
      if (calls.isAwaited) await calls.rest(() => {});
    }
    if (this.#epochs?.start.memory && this.#epochs.done > 0) await this.#inspect(this.#epochs);
    const { validation } = this.options;
    const { targets } = this.#source.host;
    const told = await warningsOf(trainer.spec, this.#history.epochs, this.data, targets, validation);
    this.#history.warnings = this.#warning ? [this.#warning, ...told] : told;
    this.#run.isPaused = this.#history.stopped && !this.#run.stopped;
    await this.#turns?.tell((callback) => callback.onEnd?.(this.#history, control));
  }

  /** Notes where the run was left, for `resume`. */
  async #leave(): Promise<void> {
    const { describeRun } = await import("./saved.js");
    const { epoch, step } = this.trainer.position;
    this.trainer.resumable = { epoch, step, run: describeRun(this.#run) };
  }

  /** Loads the rooms that this run needs, and makes of the data what their loss wants. */
  async #prepare(): Promise<void> {
    const { spec, schedule, position } = this.trainer;
    if (schedule) {
      const { Rates } = await import("./rates.js");
      this.#rates = new Rates(schedule, position, this.#perEpoch);
    }
    await prepareHeads(spec);
    let source = encode(spec, this.data, this.#batch, this.#epochsPerRun);
    const { preprocessing } = this.data;
    if (preprocessing) spec.model.preprocessing = preprocessing.toJSON();
    noteRange(spec.model, source.host.features);
    this.#heads = await scoredHeads(spec.heads, source.data);
    if (this.#callbacks.length > 0) {
      const { CallbackTurns } = await import("./callback-turns.js");
      this.#turns = new CallbackTurns(this.trainer, this.#callbacks);
    }
    if (this.#callbacks.some(({ onStep }) => onStep)) {
      const { StepCallbacks } = await import("./step-callbacks.js");
      this.#stepCallbacks = new StepCallbacks(this.#heads, this.#callbacks);
    }
    const { augment, microBatchSize, buckets } = this.#run.settings;
    if (augment || microBatchSize !== undefined || buckets) {
      const { prepareRows } = await import("./prepare-rows.js");
      ({ source, buckets: this.#buckets } = await prepareRows(spec, source, this.data, this.options));
    }
    this.#source = source;
    const { rows } = this.data;
    if (this.#batch === 1 || rows % this.#batch === 1 || microBatchSize !== undefined) {
      const { checkSingleRows } = await import("./single-rows.js");
      this.#warning = checkSingleRows(spec.model, { rows, batch: this.#batch, microBatch: microBatchSize });
    }
  }

  /** Runs the steps that come next, reads their results in one go, and tells the callbacks. */
  async #advance(): Promise<void> {
    const { session, position } = this.trainer;
    this.#epochs ??= await this.#begin();
    const epochs = this.#epochs;
    const { steps } = epochs;
    const to = this.#nextStop(epochs);
    const endsEpoch = to === steps.count;
    const { evaluated, validateEvery } = this.#run;
    const isDue = (position.epoch + 1) % validateEvery! === 0;
    const evaluates = endsEpoch && isDue && Object.keys(evaluated).length > 0;
    const began = performance.now();
    const [words, ...more] = await this.#runOnDevice(epochs, to, evaluates);
    this.#pace(performance.now() - began);
    if (!words) return; // goes on from what is at home
    const counts = endsEpoch ? more.shift() : undefined;
    const found = this.#count(epochs, { words, counts, evaluated: evaluates ? this.#programs().scores(more) : {} }, to);
    if (!Array.isArray(found)) throw await this.#diverged(epochs, words, found);
    if (endsEpoch) this.#epochs = undefined;
    else position.underway = unfinishedEpoch(epochs, this.#run.settings);
    session.takeHome(more);
    const learningRate = steps.training.learningRate(to - 1);
    const due = this.#stepCallbacks?.records({
      epoch: position.epoch + Number(!endsEpoch),
      step: position.step,
      learningRate,
    });
    if (more.length > 0) this.#stepCallbacks?.markHome();
    if (due) await this.#turns!.endStep(due, this.#history);
    for (const record of found) {
      this.#history.epochs.push(record);
      await this.#turns?.endEpoch(record, this.#run, this.#history);
    }
  }

  /** The epochs that come next; the rest of one that was broken off, where there is one. */
  async #begin(): Promise<Epochs> {
    const { position, spec } = this.trainer;
    const { epoch } = position;
    if (position.underway && !(await this.#goesOnWith(position.underway))) position.underway = undefined;
    const { underway } = position;
    const done = underway?.steps ?? 0;
    const begin = { step: position.step - done, learningRate: underway?.learningRate ?? position.learningRate };
    const count = underway ? 1 : Math.min(this.#epochsPerRun, this.#end - epoch);
    const { rows } = this.data;
    const { seed, shuffle } = this.#run.settings;
    const { hyperparameters } = spec.optimizer;
    const rate = this.#rates?.next(count, begin) ?? (() => begin.learningRate);
    const training = { seed, step: begin.step, epochs: count, learningRate: rate, hyperparameters };
    const steps = new Steps(rows, this.#batch, training);
    const order = (this.#buckets?.orders ?? epochOrders)(rows, epoch, count, seed, shuffle);
    if (this.options.augment) {
      const { augmentEpoch } = await import("../data/augmentation/augment.js");
      const { features: images, shape } = this.data;
      const out = this.#source.data.features as Float32Array<ArrayBuffer>;
      await augmentEpoch({ images, out, shape, augment: this.options.augment, seed, epoch });
    }
    return {
      started: performance.now(),
      count,
      steps,
      order,
      learningRate: begin.learningRate,
      done,
      totals: underway && new Totals(this.#heads, underway),
      start: { position },
    };
  }

  /** Whether this call can finish an epoch: one of the same settings and data. */
  async #goesOnWith({ settings }: UnfinishedEpoch): Promise<boolean> {
    if (!sameSettings(settings, this.#run.settings)) return false;
    if (dataOf.get(settings) === this.data) return true;
    return (await import("./same-data.js")).areOf(settings, this.data);
  }

  /** The step after which results are read next: where a callback is due, or the epochs end. */
  #nextStop({ steps, done }: Epochs): number {
    if (!this.#stepCallbacks && !this.options.signal) return steps.count;
    const last = this.options.signal ? Math.min(steps.count, done + this.#stepsAtATime) : steps.count;
    let to = done + 1;
    while (to < last && !this.#stepCallbacks?.isDue(steps.training.step + to)) to++;
    return to;
  }

  /** Lets as many steps run at a time as take some 50 ms, where a signal may end the training. */
  #pace(milliseconds: number): void {
    if (milliseconds < 25) this.#stepsAtATime = Math.min(2 * this.#stepsAtATime, STEPS_PER_RUN);
    else if (milliseconds > 100) this.#stepsAtATime = Math.max(1, Math.floor(this.#stepsAtATime / 2));
  }

  /**
   * Runs steps up to one of the epochs', also where the device is lost meanwhile.
   *
   * @returns what `Programs.run` gives; nothing where less was at home than the steps before these:
   * they are to be done again first
   */
  async #runOnDevice(epochs: Epochs, to: number, evaluates: boolean): Promise<Values[]> {
    const { session } = this.trainer;
    const { steps, done, order, start } = epochs;
    const endsEpoch = to === steps.count;
    const isWhole = done === 0 && endsEpoch;
    const part: StepRun = {
      steps: isWhole ? steps : steps.part(done, to),
      order: isWhole ? order : order.subarray(steps.place(done), steps.place(to)),
      endsEpoch,
      evaluates,
      changed: this.options.augment && !start.memory ? ["features"] : [],
    };
    try {
      return await session.survive((memory) => this.#programs().run(memory, part), start);
    } catch (error) {
      const { goHome } = await import("./go-home.js");
      goHome(this.trainer, epochs, this.#heads, error);
      this.#stepCallbacks?.goHome();
      this.#stepLosses.length -= Math.min(done - epochs.done, this.#stepLosses.length);
      return [];
    }
  }

  /**
   * Counts the results of steps up to one of the epochs'.
   *
   * @returns records of the epochs that end with them; where something was NaN or infinite, what, and nothing is counted
   */
  #count(epochs: Epochs, { words, counts, evaluated }: Left, to: number): EpochRecord[] | Bad {
    const { position, spec } = this.trainer;
    const { steps, done: from, count, started } = epochs;
    const results = new StepResults(words, slotCount(spec.heads));
    const badStep = from + results.firstBad(to - from);
    const badParameter = counts && firstPositive(counts);
    if (badStep < to || badParameter !== undefined) return { badStep, badParameter };
    epochs.totals ??= new Totals(this.#heads);
    const seconds = (performance.now() - started) / 1000 / count;
    const records: EpochRecord[] = [];
    for (let step = from; step < to; step++) {
      const rows = Math.min(this.#batch, this.data.rows - (step % this.#perEpoch) * this.#batch);
      epochs.totals.add(results, step - from, rows);
      this.#stepCallbacks?.add(results, step - from, rows);
      if (this.options.recordSteps)
        this.#stepLosses.push(totalLoss(spec.heads, (slot) => results.value(step - from, slot)));
      position.step++;
      if ((step + 1) % this.#perEpoch > 0) continue;
      position.epoch++;
      position.underway = undefined;
      const { scores } = epochs.totals;
      const learningRate = steps.training.learningRate(step);
      const record = { epoch: position.epoch, ...scores, ...evaluated, learningRate, seconds };
      if (record.validation || !this.options.validation) this.#rates?.follow(record, this.trainer.control.scores);
      records.push(record);
      epochs.totals = new Totals(this.#heads);
    }
    epochs.done = to;
    return records;
  }

  /** Inspects the parameters where the training was stopped in the middle of an epoch. */
  async #inspect(epochs: Epochs): Promise<void> {
    const [counts] = await this.trainer.session.survive((memory) => this.#programs().inspect(memory));
    const badParameter = firstPositive(counts);
    if (badParameter !== undefined) throw await this.#diverged(epochs, counts, { badStep: epochs.done, badParameter });
  }

  /** Finds where a run went bad, and goes back to the last good epoch. */
  async #diverged(epochs: Epochs, words: Values, bad: Bad): Promise<Error> {
    const { divergedError } = await import("./diagnose.js"); // most trainings never need it
    const good = Math.floor(Math.min(bad.badStep, epochs.steps.count - 1) / this.#perEpoch) * this.#perEpoch;
    const count = () => (good > epochs.done ? this.#count(epochs, { words }, good) : []);
    return divergedError({
      ...{ trainer: this.trainer, source: this.#source, training: this.#programs().training, epochs, bad },
      count: () => {
        const records = count();
        if (Array.isArray(records)) this.#history.epochs.push(...records);
      },
    });
  }
}
