import type { Backend, KernelText } from "../backends/backend.js";
import type { ScoreNames } from "../core/monitor.js";
import { optionsOf } from "../core/options.js";
import { AT_LEAST_0, checkNumbers } from "../core/ranges.js";
import { checkDataset, type Dataset } from "../data/dataset.js";
import type { Model, Position, SavedTraining, Snapshot } from "../model/model.js";
import { CallQueue } from "./call-queue.js";
import type { Callback, TrainingControl } from "./callbacks.js";
import { take } from "./calls.js";
import type { DeviceMemory } from "./device-memory.js";
import { checkData } from "./encode.js";
import type { ExplainOptions } from "./explain/explain.js";
import type { Explanation } from "./explain/explanation.js";
import type { FeatureSource } from "./feature-source.js";
import type { RateSearch, RateSearchOptions } from "./find-rate.js";
import { fitOn } from "./fit.js";
import { type Batch, type BatchSource, checkFit, type FitOptions, isBatchSource } from "./fit-options.js";
import { fitsState } from "./graphs.js";
import type { EvaluatedPart, History, Scores } from "./history.js";
import { type Internals, internals } from "./internals.js";
import type { PredictOptions } from "./predict.js";
import type { Prediction } from "./prediction.js";
import type { Profile, ProfileOptions } from "./profile.js";
import { scoreNames } from "./results.js";
import { Session } from "./session.js";
import type { StepTrainer } from "./train-step.js";
import { specOf, type TrainerOptions } from "./trainer-options.js";

/**
 * Trains a model on a device, evaluates it and predicts with it. Owns the device memory that this takes until
 * `dispose()` (or the end of its block, with `using`).
 */
export class Trainer implements TrainingControl {
  readonly model: Model;
  readonly device: Backend;
  readonly scores: ScoreNames;
  readonly #internals: Internals;
  /** Programs that stay on the device from call to call. */
  #stepTrainer?: StepTrainer;

  /** @throws ArgumentError or ShapeError when loss, optimizer or metrics are missing or don't fit the model */
  constructor(model: Model, options: TrainerOptions) {
    const spec = specOf(model, options);
    const { device } = options;
    const saved = model.training;
    const { optimizer, heads } = spec;
    this.model = model;
    this.device = device;
    this.scores = scoreNames(heads);
    const continues = saved && (!options.optimizer || fitsState(model, saved, optimizer));
    const learningRate = options.optimizer ? optimizer.config.learningRate : saved!.learningRate;
    const { epoch = 0, step = 0, scheduleState, underway } = continues ? saved : {};
    const position: Position = { epoch, step, learningRate, scheduleState, underway };
    const schedule = options.schedule ?? saved?.schedule;
    schedule?.checkScores?.(this.scores);
    this.#internals = {
      spec,
      schedule,
      position,
      session: new Session(device, model, optimizer, position, continues ? saved.state : undefined, () =>
        this.#bringHome(),
      ),
      calls: new CallQueue(),
      control: this,
      run: undefined,
      resumable: saved,
    };
    internals.set(this, this.#internals);
  }

  /** Epochs done so far; shuffles and schedules go on from here when `fit` is called again or a model was loaded. */
  get epoch(): number {
    return this.#internals.position.epoch;
  }

  /** Training steps done so far; bias corrections and random numbers go on from here. */
  get step(): number {
    return this.#internals.position.step;
  }

  /** Parts of the data that the `fit` at work evaluates after its epochs, or after every so many. */
  get evaluates(): readonly EvaluatedPart[] {
    return Object.keys(this.#internals.run?.evaluated ?? {}) as EvaluatedPart[];
  }

  /** In `onEnd`: whether the call of `fit` was stopped where a later one goes on, by a signal or in `onStep`. */
  get isPaused(): boolean {
    return this.#internals.run?.isPaused ?? false;
  }

  /** The optimizer's rate, before the schedule. Changes take effect with the next epoch. */
  get learningRate(): number {
    return this.#internals.position.learningRate;
  }

  /** @throws ArgumentError when it isn't a finite number, 0 or more */
  set learningRate(rate: number) {
    checkNumbers("Trainer", AT_LEAST_0, { learningRate: rate });
    this.#internals.position.learningRate = rate;
  }

  /**
   * Trains for whole epochs on the device. Afterwards the model holds the trained parameters. Data larger than the
   * device's largest buffer pass through it in windows, to the same bits. Batches that come in pieces are trained on as
   * they are, to the bits of a fit over one data set with these batches in this order; rows' weights are then relative to
   * the mean weight of their own batch.
   *
   * @param data - samples of the model's input shape with labels that the loss takes; or batches of such: an iterable, an
   * async one, or a function that makes one for each epoch
   * @returns loss and metrics of every epoch
   * @throws ShapeError, DataError or ArgumentError when data or options don't fit, before any work
   * @throws DeviceError when not even one batch, or the model, fits the device
   * @throws ArgumentError when the schedule gives something else than a rate
   * @throws DivergedError on NaN or infinity, which always ends it; the model is back at the last good epoch
   * @throws DeviceLostError when the device was lost and can't be had again; the model has the last epoch
   */
  async fit(data: Dataset | BatchSource, options: FitOptions = {}): Promise<History> {
    const trainer = this.#internals;
    checkFit(options);
    if (options.validation) checkData(trainer, options.validation);
    if (!isBatchSource(data)) checkDataset("Trainer", data);
    const work = () =>
      isBatchSource(data)
        ? import("./fit-batches.js").then(({ fitBatches }) => fitBatches(trainer, data, options))
        : fitOn(trainer, data, options);
    return trainer.calls.hold(work, { nested: false });
  }

  /**
   * Loss and metrics over a data set, without dropout: means over its rows, weighted where these have weights.
   *
   * @param data - samples of the model's input shape, with labels that the loss takes
   * @param options - `batchSize`: rows per step; where absent 256, or fewer, to fit the device;
   * `wait`: during `fit`, wait until it rests between epochs, rather than throw
   * @throws ShapeError or DataError when the data don't fit; ArgumentError during `fit`; DeviceError when a batch doesn't fit the device
   */
  async evaluate(data: Dataset, options: { batchSize?: number; wait?: boolean } = {}): Promise<Scores> {
    const { batchSize, wait } = optionsOf("evaluate", options, { batchSize: undefined, wait: false });
    checkData(this.#internals, data);
    const evaluate = async ({ spec }: Internals, memory: DeviceMemory) =>
      (await import("./evaluate.js")).evaluateOn(spec, memory, data, batchSize);
    return take(this.#internals, evaluate, wait);
  }

  /**
   * The model's outputs for each row: logits, for losses that take logits.
   *
   * @param features - [rows, ...input], or raw rows of a table; left as they are until the promise is kept
   * @param options - `probabilities`: put through the loss's softmax or sigmoid; `warnings`: also look for features far
   * outside the range of the training data; `stateful`: recurrent layers go on, row by row, with the states of the last such
   * call; `batchSize`: rows per step; where absent 256, or fewer, to fit the device; `wait`: during `fit`, wait until it rests
   * between epochs, rather than throw
   * @throws ShapeError or DataError when the features don't fit, or, with `stateful`, rows are others than in the calls before;
   * DeviceError when a batch doesn't fit the device; ArgumentError once it was disposed
   */
  async predict(features: FeatureSource, options: PredictOptions = {}): Promise<Prediction> {
    const { predict } = await import("./predict.js");
    return predict(this.#internals, features, options);
  }

  /** Lets the next `predict` with `stateful` begin with states of 0: for other sequences. States aren't saved with a model. */
  resetStates(): void {
    this.#internals.stateful?.reset();
  }

  /**
   * Outputs of layers for each row, without dropout: activations.
   *
   * @param features - [rows, ...input], or raw rows of a table
   * @param layers - names of layers, as `model.summary()` lists them
   * @param options - `batchSize` and `wait` as in `predict`
   * @returns by name, each [rows, ...output of the layer]
   * @throws ArgumentError when there is no such layer; ShapeError or DataError when the features don't fit
   */
  async outputs(
    features: FeatureSource,
    layers: readonly string[],
    options: { batchSize?: number; wait?: boolean } = {},
  ): Promise<Map<string, Prediction>> {
    const { layerOutputs } = await import("./inside.js");
    return layerOutputs(this.#internals, features, layers, options);
  }

  /**
   * Slope of one of the model's outputs by each number of its input, row by row, without dropout: dy/dx, saliency.
   *
   * @param features - [rows, ...input], or raw rows of a table
   * @param options - `output`: number of the output, from 0, needed where there are several; others as in `predict`
   * @returns [rows, ...input]; of several inputs all of their numbers in a row, as `predict` has outputs
   * @throws ArgumentError when there is no such output; ShapeError or DataError when the features don't fit
   */
  async inputGradients(
    features: FeatureSource,
    options: { output?: number; batchSize?: number; wait?: boolean } = {},
  ): Promise<Prediction> {
    const { slopes } = await import("./inside.js");
    return slopes(this.#internals, features, options);
  }

  /**
   * Trains on one batch: one step, with the schedule's rate for it. The plan stays on the device for further batches of the
   * same kind and size, or smaller ones; the bits are those of a `fit` over the same batches.
   *
   * @param batch - samples of the model's input shape with labels that the loss takes: a data set, or what `Dataset.from`
   * makes one of
   * @param options - `seed`: of dropout and noise; the model's where absent
   * @returns loss and metrics of the batch, as they were before the step
   * @throws ShapeError or DataError when the batch doesn't fit; ArgumentError during `fit`
   * @throws DivergedError on NaN or infinity; the model is back where it was before the step
   */
  async trainStep(batch: Batch, options: { seed?: number } = {}): Promise<Scores> {
    const { seed } = optionsOf("trainStep", options, { seed: this.model.seed });
    const { StepTrainer } = await import("./train-step.js");
    this.#internals.calls.checkOpen();
    this.#stepTrainer ??= new StepTrainer(this.#internals);
    return this.#stepTrainer.train(batch, seed);
  }

  /**
   * Times a training step launch by launch; parameters and optimizer state stay as they are.
   *
   * @throws ArgumentError once it was disposed; DeviceError where the device can't time launches; ShapeError or DataError when the data don't fit
   */
  async profile(data: Dataset, options: ProfileOptions = {}): Promise<Profile> {
    checkData(this.#internals, data);
    return take(this.#internals, async ({ spec }, memory) => {
      const { profileOn } = await import("./profile.js");
      return profileOn(spec, memory, data, options);
    });
  }

  /**
   * The kernels of a training step as the GPU runs them, in order: whole WGSL modules, in which each part begins with a
   * line that names its file (in a page's build the parts are compact, without such lines).
   *
   * @param options.batchSize - rows per step; 32
   * @throws ArgumentError when the device runs no WGSL; ShapeError or DataError when the data don't fit
   */
  async kernels(data: Dataset, options: Omit<ProfileOptions, "repeats"> = {}): Promise<readonly KernelText[]> {
    checkData(this.#internals, data);
    return take(this.#internals, async ({ spec }, memory) => {
      const { kernelsOn } = await import("./profile.js");
      return kernelsOn(spec, memory, data, options);
    });
  }

  /**
   * Looks for a learning rate: trains with rates from very low to very high, and tells how the loss went at each and
   * where it fell fastest. Parameters, optimizer state and the trainer's own rate stay as they are.
   *
   * @throws ArgumentError when an option is out of range; ShapeError or DataError when the data don't fit
   */
  async findLearningRate(data: Dataset, options: RateSearchOptions = {}): Promise<RateSearch> {
    checkData(this.#internals, data);
    return take(this.#internals, async ({ spec }, memory) => {
      const { findRateOn } = await import("./find-rate.js");
      return findRateOn(spec, memory, data, options);
    });
  }

  /**
   * The training step that `fit` would do next, on all rows of `batch` at once, with every number on the way by its name
   * and the equation that it comes from. Worked on the CPU, one op at a time; parameters, optimizer state and the place
   * in the training stay as they are.
   *
   * @param options.seed - of dropout; that of the `fit` at work, else the model's
   * @throws ArgumentError when there are more rows than can be kept; ShapeError or DataError when they don't fit
   */
  async explainStep(batch: Dataset, options: ExplainOptions = {}): Promise<Explanation> {
    checkData(this.#internals, batch);
    return take(this.#internals, async (trainer) => {
      const { explainStep } = await import("./explain/explain.js");
      return explainStep(trainer, batch, options);
    });
  }

  /** Brings the parameters home from the device into `model`. `fit` does it by itself. */
  sync(): Promise<void> {
    return take(this.#internals, ({ session }) => session.bringHome());
  }

  /** Likewise; during `fit` as soon as it rests. */
  #bringHome(): Promise<void> {
    const { calls, session } = this.#internals;
    return calls.take(() => session.survive(() => session.bringHome()), true);
  }

  /**
   * All that the trainer needs to be where it is now, in memory: parameters, optimizer state, schedule, position. It can
   * be taken in a callback, also in the middle of an epoch; what `restore` goes back to goes on to the same bits.
   *
   * @example const before = await trainer.snapshot(); await trainer.fit(data); await trainer.restore(before);
   */
  async snapshot(): Promise<Snapshot> {
    return take(this.#internals, async (trainer) => {
      const { takeSnapshot } = await import("./snapshot.js");
      return takeSnapshot(trainer);
    });
  }

  /**
   * Goes back to a snapshot of this trainer, or of another with such a model and optimizer. With `resume`, `fit` then goes
   * on with the call that it was taken in.
   *
   * @throws ArgumentError when the snapshot is of another model or optimizer, and while `fit` is at work; ShapeError or
   * DataError when its parameters don't fit
   */
  async restore(snapshot: Snapshot): Promise<void> {
    const restore = async () => {
      const { restoreSnapshot } = await import("./snapshot.js");
      return restoreSnapshot(this.#internals, snapshot);
    };
    return this.#internals.calls.hold(restore, { nested: false });
  }

  /**
   * Does work, such as evaluating or saving, while the model has the moving averages of its parameters, which an optimizer
   * `movingAverage(...)` keeps. Afterwards it has the parameters as they were trained.
   *
   * @example await trainer.withAverage(() => trainer.evaluate(test))
   * @throws ArgumentError where no averages are kept, or nothing was trained yet
   */
  withAverage<T>(work: () => T | Promise<T>): Promise<T> {
    return this.#internals.calls.hold(async () => {
      const { withAverage } = await import("./with-average.js");
      return withAverage(this.#internals, work);
    });
  }

  /** The training as `saveModel` writes it. @param withState - also the optimizer's state, to go on exactly */
  training(withState: boolean): Promise<SavedTraining> {
    return take(this.#internals, async (trainer) => {
      const { describeTraining } = await import("./saved.js");
      return describeTraining(trainer, withState);
    });
  }

  /** Keeps the present parameters on the device, for `restoreParameters`. */
  keepParameters(): void {
    this.#internals.session.keepParameters();
  }

  /** Goes back to the parameters that were kept last, if any were. */
  restoreParameters(): void {
    this.#internals.session.restoreParameters();
  }

  /**
   * Frees the trainer's device memory. The model keeps its parameters; the device stays open. A call that is still at
   * work ends first: `fit` with the epochs on the device, what was trained until then in the model.
   */
  dispose(): void {
    const trainer = this.#internals;
    if (this.disposed) return;
    trainer.calls.close(() => {
      trainer.predictions?.dispose();
      trainer.stateful?.dispose();
      this.#stepTrainer?.dispose();
      trainer.session.dispose();
    });
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** True after `dispose()`. */
  get disposed(): boolean {
    return this.#internals.calls.isClosed;
  }
}

export type { Callback, FeatureSource, FitOptions, Prediction, TrainerOptions };
