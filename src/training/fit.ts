import { compile } from "../compile/compile.js";
import { ArgumentError } from "../core/errors.js";
import type { Dataset } from "../data/dataset.js";
import type { Schedule } from "../schedules/index.js";
import type { Callback, TrainingControl } from "./callbacks.js";
import { type DeviceMemory, LoadedGraph } from "./device-memory.js";
import { epochOrder, Steps } from "./epochs.js";
import type { Evaluation } from "./evaluate.js";
import { inspectionGraph, type Recipe, slotCount, trainingGraph } from "./graphs.js";
import type { EpochRecord, History, Scores } from "./history.js";
import { scoresOf } from "./metrics.js";
import { BATCH, checkCount } from "./options.js";
import { encode, loadPass, type Pass, type Source, StepResults } from "./pass.js";

export interface FitOptions {
  /** Whole passes over the data; 10. */
  epochs?: number;
  /** Rows per step; 32. Larger than the data means all of them. */
  batchSize?: number;
  /** A new order every epoch; true. */
  shuffle?: boolean;
  /** Seed of shuffles and dropout; the model's. */
  seed?: number;
  /** Evaluated after every epoch. */
  validation?: Dataset;
  callbacks?: readonly Callback[];
  /** Also return the loss of every step. */
  recordSteps?: boolean;
}

/** Epochs that nobody watches run in one go, up to so many steps, and to so many rows: shuffling them takes some 25 ms. */
const STEPS_PER_RUN = 2048;
const ROWS_PER_RUN = 2 ** 18;

/** What a training run changes of its trainer. */
interface Progress extends TrainingControl {
  epoch: number;
  step: number;
  /** Ends the training with the epochs at hand. */
  readonly disposed: boolean;
  /** Gives a callback its turn. */
  whileResting<T>(work: () => T | Promise<T>): Promise<T>;
}

/** One call of `fit`: everything is loaded once, then runs of whole epochs follow each other. */
export class TrainingRun {
  readonly #epochs: number;
  readonly #batch: number;
  readonly #seed: number;
  readonly #epochsPerRun: number;
  readonly #callbacks: readonly Callback[];
  readonly #history: History = { epochs: [], stopped: false };
  readonly #stepLosses: number[] = [];
  readonly #oneStep = new Steps(1, 1).table();
  #training?: Pass;
  #inspection?: LoadedGraph;
  #validation?: Evaluation;
  #source!: Source;

  /** @throws ArgumentError when an option is out of range */
  constructor(
    private readonly progress: Progress,
    private readonly recipe: Recipe,
    private readonly memory: DeviceMemory,
    private readonly schedule: Schedule,
    private readonly data: Dataset,
    private readonly options: FitOptions,
  ) {
    const { epochs = 10, batchSize = 32, seed = recipe.model.seed, callbacks = [], validation } = options;
    this.#epochs = checkCount("fit: epochs", epochs);
    this.#batch = Math.min(checkCount("fit: batchSize", batchSize), data.rows);
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new ArgumentError(`fit: the seed must be a whole number from 0 to 2^53 - 1, got ${seed}.`);
    }
    this.#seed = seed;
    this.#callbacks = callbacks;
    const watched = callbacks.length > 0 || validation !== undefined;
    const { perEpoch } = new Steps(data.rows, this.#batch);
    const together = Math.floor(Math.min(STEPS_PER_RUN / perEpoch, ROWS_PER_RUN / data.rows));
    this.#epochsPerRun = watched ? 1 : Math.max(1, Math.min(together, this.#epochs));
  }

  async train(): Promise<History> {
    await this.#load();
    for (let done = 0; done < this.#epochs && !this.#history.stopped; done += this.#epochsPerRun) {
      await this.#runEpochs(Math.min(this.#epochsPerRun, this.#epochs - done));
      if (this.progress.disposed) this.#history.stopped = true;
    }
    for (const callback of this.#callbacks) {
      await this.progress.whileResting(() => callback.onEnd?.(this.#history, this.progress));
    }
    if (this.options.recordSteps) this.#history.stepLosses = Float32Array.from(this.#stepLosses);
    return this.#history;
  }

  dispose(): void {
    this.#training?.dispose();
    this.#inspection?.dispose();
    this.#validation?.dispose();
    this.memory.forget("run start");
  }

  async #load(): Promise<void> {
    const { recipe, memory, options } = this;
    this.#source = encode(recipe, this.data, this.#batch, this.#epochsPerRun);
    const parameters = recipe.model.parameters().size;
    if (parameters === 0) throw new ArgumentError("fit: the model has no parameters to train. Add a dense layer.");
    const trace = (shapes: Source["shapes"]) => trainingGraph(recipe, shapes).outputs;
    this.#training = await loadPass(memory, { label: "training", trace }, this.#source);
    const inspection = compile("inspection", inspectionGraph(recipe.model), memory.device);
    this.#inspection = await LoadedGraph.load(inspection, memory, {}, 1);
    if (options.validation) {
      const { Evaluation } = await import("./evaluate.js");
      const wanted = Math.max(this.#batch, BATCH);
      this.#validation = await Evaluation.load(recipe, memory, options.validation, undefined, wanted);
    }
  }

  /** Runs some epochs, reads their results in one go, and tells the callbacks. */
  async #runEpochs(count: number): Promise<void> {
    const { progress, recipe, memory, data } = this;
    const started = performance.now();
    const learningRates = Array.from({ length: count }, (_, i) =>
      this.schedule.learningRate(progress.epoch + i, progress.learningRate),
    );
    const { hyperparameters } = recipe.optimizer;
    const steps = new Steps(data.rows, this.#batch, {
      seed: this.#seed,
      step: progress.step,
      learningRates,
      hyperparameters,
    });
    const order = this.#orders(count);
    memory.keep("run start", "all");
    const trained = await this.#training!.run(steps, order);
    await this.#inspection!.program.run(this.#oneStep);
    const validated = await this.#validation?.run();
    const [words, counts, validation] = await memory.read([
      trained,
      this.#inspection!.buffer("inspection"),
      ...(validated ? [validated] : []),
    ]);
    const results = new StepResults(words, slotCount(recipe));
    await this.#checkFinite(steps, order, results, counts);

    const seconds = (performance.now() - started) / 1000 / count;
    const scores = validation && this.#validation!.scores(validation);
    for (let i = 0; i < count; i++) await this.#endEpoch(results, i, learningRates[i], seconds, scores);
  }

  /** The shuffled rows of the run's epochs, one epoch after the other. */
  #orders(count: number): Uint32Array<ArrayBuffer> {
    const { rows } = this.data;
    const orders = new Uint32Array(count * rows);
    for (let i = 0; i < count; i++) {
      orders.set(epochOrder(rows, this.progress.epoch + i, this.#seed, this.options.shuffle ?? true), i * rows);
    }
    return orders;
  }

  async #checkFinite(
    steps: Steps,
    order: Uint32Array<ArrayBuffer>,
    results: StepResults,
    counts: ArrayLike<number>,
  ): Promise<void> {
    const { progress, recipe, memory } = this;
    const { count, perEpoch, training } = steps;
    let bad = 0;
    while (bad < count && results.isFinite(bad)) bad++;
    const names = [...recipe.model.parameters().keys()];
    const [badParameter] = new StepResults(counts, names.length).positiveSlots(0);
    if (bad === count && badParameter === undefined) return;
    bad = Math.min(bad, count - 1);
    const startEpoch = progress.epoch;
    const good = Math.floor(bad / perEpoch);
    for (let i = 0; i < good; i++) await this.#endEpoch(results, i, training.learningRates[i], 0, undefined);
    const found = { steps, order, startEpoch, badStep: bad, badParameter: names[badParameter ?? 0] };
    const { diagnose } = await import("./diagnose.js"); // most trainings never need it
    throw await diagnose(recipe, this.#source, memory, this.#training!, found);
  }

  async #endEpoch(
    results: StepResults,
    place: number,
    learningRate: number,
    seconds: number,
    validation: Scores | undefined,
  ): Promise<void> {
    const { progress, recipe, data } = this;
    const perEpoch = Math.ceil(data.rows / this.#batch);
    progress.epoch++;
    progress.step += perEpoch;
    let loss = 0;
    const sums = recipe.metrics.map(() => 0);
    for (let i = 0; i < perEpoch; i++) {
      const step = place * perEpoch + i;
      const rows = Math.min(this.#batch, data.rows - i * this.#batch);
      // The loss is the mean over the batch, metrics are sums over it.
      loss += results.value(step, 0) * rows;
      sums.forEach((_, metric) => {
        sums[metric] += results.value(step, metric + 1);
      });
      if (this.options.recordSteps) this.#stepLosses.push(results.value(step, 0));
    }
    const record: EpochRecord = {
      epoch: progress.epoch,
      loss: loss / data.rows,
      ...scoresOf(recipe.metrics, sums, data.rows),
      ...(validation && { validation }),
      learningRate,
      seconds,
    };
    this.#history.epochs.push(record);
    for (const callback of this.#callbacks) {
      const answer = await progress.whileResting(() => callback.onEpoch?.(record, progress));
      if (answer === "stop") this.#history.stopped = true;
    }
  }
}
