import { compile } from "../compile/compile.js";
import type { Values } from "../core/dtype.js";
import { ArgumentError } from "../core/errors.js";
import type { Augmentation } from "../data/augmentation/augment.js";
import type { Dataset } from "../data/dataset.js";
import type { SavedRun } from "../model/model.js";
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
import type { Pieces } from "./pieces.js";
import type { Rates } from "./rates.js";

/** Options of `Trainer.fit`. */
export interface FitOptions {
  /** Whole passes over the data; 10. With `resume`, those that were done before the checkpoint count. */
  epochs?: number;
  /** Rows per step; 32. Larger than the data means all of them. */
  batchSize?: number;
  /**
   * Rows that go through the network at a time, for batches whose activations don't fit the device: the gradients of a
   * batch's micro-batches are summed before its one update. All of the batch.
   */
  microBatchSize?: number;
  /** A new order every epoch; true. */
  shuffle?: boolean;
  /** Seed of shuffles and dropout; the model's. */
  seed?: number;
  /** Evaluated after every epoch. */
  validation?: Dataset;
  /** Changes the images of the training data at random, anew in every epoch: { shift: 2, rotate: 10 }. */
  augment?: Augmentation;
  callbacks?: readonly Callback[];
  /** Also return the loss of every step. */
  recordSteps?: boolean;
  /**
   * Go on with the call of `fit` that the trainer's checkpoint was taken in: its seed and batches, what callbacks
   * remember, and the epochs that are left. Nothing else than without it where the trainer hasn't trained yet.
   */
  resume?: boolean;
}

/** A call of `fit`, also where it goes on with an earlier one. */
export interface RunOptions extends FitOptions {
  /** Epochs done before the run, where it began earlier. */
  start?: number;
  stopped?: boolean;
}

/** What a checkpoint is told of the run it is taken in. */
export type Run = Omit<SavedRun, "callbacks"> & { readonly callbacks: readonly Callback[] };

/** Epochs that nobody watches run in one go, up to so many steps, and to so many rows: shuffling them takes some 25 ms. */
const STEPS_PER_RUN = 2048;
const ROWS_PER_RUN = 2 ** 18;

/** What a training run changes of its trainer. */
interface Progress extends TrainingControl {
  epoch: number;
  step: number;
  scheduleState: unknown;
  /** Undefined while none is at work. */
  run: Run | undefined;
  readonly memory: DeviceMemory;
  /** Ends the training with the epochs at hand. */
  readonly disposed: boolean;
  /** Gives a callback its turn. */
  whileResting<T>(work: () => T | Promise<T>): Promise<T>;
  /** Begins anew where the device is lost, on another memory. */
  survive<T>(work: () => Promise<T>): Promise<T>;
}

/** One call of `fit`: everything is loaded once, then runs of whole epochs follow each other. */
export class TrainingRun {
  /** Epochs done when it is over. */
  readonly #end: number;
  readonly #batch: number;
  readonly #perEpoch: number;
  readonly #run: Run;
  readonly #epochsPerRun: number;
  readonly #callbacks: readonly Callback[];
  readonly #history: History = { epochs: [], stopped: false };
  readonly #stepLosses: number[] = [];
  readonly #oneStep = new Steps(1, 1).table();
  /** Where there is a schedule. */
  #rates?: Rates;
  #training?: Pass;
  /** Where callbacks want to know of steps. */
  #pieces?: Pieces;
  #inspection?: LoadedGraph;
  #validation?: Evaluation;
  #source!: Source;
  /** The training images as they are seen in the epoch at work, where they are augmented. */
  #images?: Float32Array<ArrayBuffer>;
  #loadedOn?: DeviceMemory;

  /** @throws ArgumentError when an option is out of range */
  constructor(
    private readonly progress: Progress,
    private readonly recipe: Recipe,
    private readonly schedule: Schedule | undefined,
    private readonly data: Dataset,
    private readonly options: RunOptions,
  ) {
    const { epochs = 10, batchSize = 32, shuffle = true, seed = recipe.model.seed, callbacks = [] } = options;
    const { start = progress.epoch, stopped = false, microBatchSize, augment } = options;
    this.#end = start + checkCount("fit: epochs", epochs);
    this.#batch = Math.min(checkCount("fit: batchSize", batchSize), data.rows);
    if (!Number.isSafeInteger(seed) || seed < 0) {
      throw new ArgumentError(`fit: the seed must be a whole number from 0 to 2^53 - 1, got ${seed}.`);
    }
    this.#callbacks = callbacks;
    this.#run = { start, seed, batchSize, microBatchSize, shuffle, augment, rows: data.rows, stopped, callbacks };
    // A schedule that follows results needs an epoch's before it has the next one's rate.
    const isWatched = callbacks.length > 0 || options.validation || schedule?.follow || augment;
    this.#perEpoch = new Steps(data.rows, this.#batch).perEpoch;
    const together = Math.floor(Math.min(STEPS_PER_RUN / this.#perEpoch, ROWS_PER_RUN / data.rows));
    this.#epochsPerRun = isWatched ? 1 : Math.max(1, Math.min(together, epochs));
  }

  async train(): Promise<History> {
    const { progress } = this;
    await progress.survive(() => this.#load());
    progress.run = this.#run;
    this.#history.stopped = this.#run.stopped;
    try {
      await this.#tell((callback) => callback.onStart?.(progress, this.#end));
      while (progress.epoch < this.#end && !this.#history.stopped) {
        await this.#runEpochs(Math.min(this.#epochsPerRun, this.#end - progress.epoch));
        if (progress.disposed) this.#history.stopped = true;
      }
      await this.#tell((callback) => callback.onEnd?.(this.#history, progress));
    } finally {
      await this.#tell((callback) => callback.onClose?.());
    }
    if (this.options.recordSteps) this.#history.stepLosses = Float32Array.from(this.#stepLosses);
    return this.#history;
  }

  dispose(): void {
    this.progress.run = undefined;
    this.#training?.dispose();
    this.#inspection?.dispose();
    this.#validation?.dispose();
    this.progress.memory.forget("run start");
  }

  /** Gives every callback its turn, one after the other. */
  async #tell(turn: (callback: Callback) => unknown): Promise<void> {
    for (const callback of this.#callbacks) await this.progress.whileResting(() => turn(callback));
  }

  /** Loads everything onto the device's memory, where that wasn't done yet. */
  async #load(): Promise<void> {
    const { progress, recipe, schedule, options } = this;
    const { memory } = progress;
    if (this.#loadedOn === memory) return;
    const hasSteps = this.#callbacks.some(({ onStep }) => onStep);
    if (schedule || hasSteps) {
      const { Pieces, Rates } = await import("./further.js");
      this.#rates = schedule && new Rates(schedule, progress, this.#perEpoch);
      this.#pieces ??= hasSteps ? new Pieces(progress, recipe, this.#callbacks) : undefined;
    }
    this.#source = encode(recipe, this.data, this.#batch, this.#epochsPerRun);
    if (options.augment) {
      this.#images ??= new Float32Array(this.data.features.length);
      this.#source = { ...this.#source, data: { ...this.#source.data, features: this.#images } };
    }
    if (options.microBatchSize !== undefined) {
      const { microBatchOf } = await import("./further.js");
      this.#source.shapes.microBatch = microBatchOf(options.microBatchSize, this.#batch);
    }
    const parameters = recipe.model.parameters().size;
    if (parameters === 0) throw new ArgumentError("fit: the model has no parameters to train. Add a dense layer.");
    const trace = (shapes: Source["shapes"]) => trainingGraph(recipe, shapes);
    this.#training = await loadPass(memory, { label: "training", trace }, this.#source);
    const inspection = compile("inspection", inspectionGraph(recipe.model), memory.device);
    this.#inspection = await LoadedGraph.load(inspection, memory, {}, 1);
    if (options.validation) {
      const { Evaluation } = await import("./evaluate.js");
      const wanted = Math.max(this.#batch, BATCH);
      this.#validation = await Evaluation.load(recipe, memory, options.validation, undefined, wanted);
    }
    this.#loadedOn = memory;
  }

  /** Runs some epochs, reads their results in one go, and tells the callbacks. */
  async #runEpochs(count: number): Promise<void> {
    const { progress, recipe, data } = this;
    const started = performance.now();
    const { hyperparameters } = recipe.optimizer;
    const { epoch, step, learningRate } = progress;
    const steps = new Steps(data.rows, this.#batch, {
      seed: this.#run.seed,
      step,
      epochs: count,
      learningRate: this.#rates?.next(count) ?? (() => learningRate),
      hyperparameters,
    });
    const order = this.#orders(count);
    if (this.options.augment) await this.#augment(this.options.augment);
    const [words, counts, ...more] = await progress.survive(() => this.#runOnDevice(steps, order));
    const validation = this.#validation && more.shift();
    const results = new StepResults(words, slotCount(recipe));
    await this.#checkFinite(steps, order, results, counts);
    progress.memory.takeHome(more, { epoch: epoch + count, step: step + steps.count });

    const seconds = (performance.now() - started) / 1000 / count;
    const scores = validation && this.#validation!.scores(validation);
    for (let i = 0; i < count; i++) await this.#endEpoch(steps, results, i, seconds, scores);
  }

  /** @returns results of the steps, counts of the inspection, results of the validation part, and what goes home */
  async #runOnDevice(steps: Steps, order: Uint32Array<ArrayBuffer>): Promise<Values[]> {
    await this.#load();
    const { memory } = this.progress;
    memory.keep("run start", "all");
    const training = this.#training!;
    if (this.#images) await training.refresh("features");
    const trained = await (this.#pieces?.run(training, steps, order) ?? training.run(steps, order));
    await this.#inspection!.program.run(this.#oneStep);
    const validated = await this.#validation?.run();
    const outputs = [trained, this.#inspection!.buffer("inspection"), ...(validated ? [validated] : [])];
    return memory.read([...outputs, ...memory.homeward()]);
  }

  /** The images of the epoch to come. */
  async #augment(augment: Augmentation): Promise<void> {
    const { augmentEpoch } = await import("../data/augmentation/augment.js");
    const { features, shape } = this.data;
    await augmentEpoch(features, this.#images!, shape, augment, this.#run.seed, this.progress.epoch);
  }

  /** The shuffled rows of the run's epochs, one epoch after the other. */
  #orders(count: number): Uint32Array<ArrayBuffer> {
    const { rows } = this.data;
    const orders = new Uint32Array(count * rows);
    for (let i = 0; i < count; i++) {
      orders.set(epochOrder(rows, this.progress.epoch + i, this.#run.seed, this.#run.shuffle), i * rows);
    }
    return orders;
  }

  async #checkFinite(
    steps: Steps,
    order: Uint32Array<ArrayBuffer>,
    results: StepResults,
    counts: ArrayLike<number>,
  ): Promise<void> {
    const { progress, recipe } = this;
    const { count } = steps;
    let bad = 0;
    while (bad < count && results.isFinite(bad)) bad++;
    const [badParameter] = new StepResults(counts, counts.length / 2).positiveSlots(0);
    if (bad === count && badParameter === undefined) return;
    const { diagnose } = await import("./diagnose.js"); // most trainings never need it
    const found = { steps, order, startEpoch: progress.epoch, badStep: bad, badParameter };
    throw await diagnose(recipe, this.#source, progress.memory, this.#training!, found, (place) =>
      this.#endEpoch(steps, results, place, 0),
    );
  }

  async #endEpoch(
    steps: Steps,
    results: StepResults,
    place: number,
    seconds: number,
    validation?: Scores,
  ): Promise<void> {
    const { progress, recipe, data } = this;
    const { perEpoch } = steps;
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
      learningRate: steps.training.learningRate((place + 1) * perEpoch - 1),
      seconds,
    };
    this.#rates?.follow(record);
    this.#history.epochs.push(record);
    await this.#tell(async (callback) => {
      const answer = await callback.onEpoch?.(record, progress);
      if (answer === "stop") this.#history.stopped = this.#run.stopped = true;
    });
    await this.#tell((callback) => callback.afterEpoch?.(record, progress));
  }
}
