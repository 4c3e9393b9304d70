import type { Backend, KernelText } from "../backends/backend.js";
import { ArgumentError } from "../core/errors.js";
import { type Shape, sameShape, sizeOf } from "../core/shape.js";
import { Dataset } from "../data/dataset.js";
import type { RawRows } from "../data/preprocessing/raw-rows.js";
import type { Loss } from "../losses/index.js";
import type { Model, SavedTraining } from "../model/model.js";
import type { GradientRule, Optimizer } from "../optimizers/index.js";
import type { Schedule } from "../schedules/index.js";
import type { Callback, TrainingControl } from "./callbacks.js";
import { DeviceMemory } from "./device-memory.js";
import type { ExplainOptions } from "./explain/explain.js";
import type { Explanation } from "./explain/explanation.js";
import type { RateSearch, RateSearchOptions } from "./find-rate.js";
import { type FitOptions, type Run, TrainingRun } from "./fit.js";
import { type Recipe, stateVariables } from "./graphs.js";
import type { History, Scores } from "./history.js";
import { type Metric, metricOf } from "./metrics.js";
import { fitsInput, shapeError } from "./options.js";
import type { Profile, ProfileOptions } from "./profile.js";

/** Options of `new Trainer`. */
export interface TrainerOptions {
  device: Backend;
  /** What is minimised. May be left out for a loaded model that was saved with its loss; likewise the following. */
  loss?: Loss;
  optimizer?: Optimizer;
  /** Learning rate by epoch or step; the optimizer's own where absent. */
  schedule?: Schedule;
  /** What is done to gradients before the optimizer takes them, in this order: `[l2Penalty(1e-4), clipByGlobalNorm(1)]`. */
  gradients?: readonly GradientRule[];
  /**
   * Reported beside the loss: "accuracy", "meanSquaredError", "rootMeanSquaredError", "meanAbsoluteError", `topK(k)`, or
   * others written with ops.
   */
  metrics?: readonly (string | Metric)[];
}

/** The model's outputs for some rows; see `Trainer.predict`. */
export interface Prediction {
  /** [rows, ...output] */
  shape: Shape;
  /** [rows, ...output], row-major. */
  values: Float32Array<ArrayBuffer>;
}

/**
 * Features of samples: a data set, rows of numbers, or one flat array [rows, ...input], row after row; or raw rows, a
 * table or records by the names of columns, for a model that keeps the preprocessing of the table it was trained on.
 */
export type FeatureSource = Dataset | Float32Array | readonly (readonly number[])[] | RawRows;

/**
 * Trains a model on a device, evaluates it and predicts with it. Owns the device memory that this takes until
 * `dispose()` (or the end of its block, with `using`).
 */
export class Trainer implements TrainingControl {
  readonly model: Model;
  readonly device: Backend;
  /** Epochs done so far; shuffles and schedules go on from here when `fit` is called again or a model was loaded. */
  epoch = 0;
  /** Training steps done so far; bias corrections and random numbers go on from here. */
  step = 0;
  /** The optimizer's rate, before the schedule. Changes take effect with the next epoch. */
  learningRate: number;
  /** What the schedule remembers of the epochs so far. */
  scheduleState: unknown;
  /** The call of `fit` at work. */
  run: Run | undefined;
  readonly #recipe: Recipe;
  readonly #schedule: Schedule | undefined;
  /** @internal */
  memory: DeviceMemory;
  #modelVersion: number;
  #busy = false;
  /** A callback has its turn between epochs. */
  #resting = false;
  #disposed = false;

  /** @throws ArgumentError or ShapeError when loss, optimizer or metrics are missing or don't fit the model */
  constructor(model: Model, options: TrainerOptions) {
    const { device } = options;
    if (typeof device?.load !== "function") {
      throw new ArgumentError(
        "Trainer: needs a device, as openDevice() gives it: new Trainer(model, { device, ... }).",
      );
    }
    const saved = model.training;
    const loss = options.loss ?? saved?.loss;
    const optimizer = options.optimizer ?? saved?.optimizer;
    if (typeof loss?.perRow !== "function") {
      throw new ArgumentError("Trainer: needs a loss, such as softmaxCrossEntropy() or customLoss(yours).");
    }
    if (typeof optimizer?.update !== "function") {
      throw new ArgumentError("Trainer: needs an optimizer, for example optimizer: adam({ learningRate: 1e-3 }).");
    }
    loss.checkOutputs?.(sizeOf(model.output));
    const gradients = options.gradients ?? saved?.gradients ?? [];
    checkList("gradients", gradients, "clipByGlobalNorm(1)", (rule) => typeof rule?.config?.rule === "string");
    const named = options.metrics ?? saved?.metrics ?? [];
    checkList("metrics", named, '"accuracy"', metricOf);
    const metrics = [...new Set<string | Metric>(named)];
    this.model = model;
    this.device = device;
    this.#recipe = { model, loss, optimizer, metrics, gradients: gradients as readonly GradientRule[] };
    this.#schedule = options.schedule ?? saved?.schedule;
    this.learningRate = options.optimizer ? optimizer.config.learningRate : saved!.learningRate;
    const continues = saved && (!options.optimizer || sameState(model, saved, optimizer));
    if (continues) {
      this.epoch = saved.epoch;
      this.step = saved.step;
      this.scheduleState = saved.scheduleState;
    }
    const { epoch, step } = this;
    this.memory = new DeviceMemory(device, model, optimizer, continues ? saved.state : undefined, { epoch, step });
    this.#modelVersion = model.version;
  }

  /**
   * Trains for whole epochs on the device. Afterwards the model holds the trained parameters. Data larger than the
   * device's largest buffer pass through it in windows, to the same bits.
   *
   * @returns loss and metrics of every epoch
   * @throws ShapeError, DataError or ArgumentError when data or options don't fit, before any work
   * @throws DeviceError when not even one batch, or the model, fits the device
   * @throws ArgumentError when the schedule gives something else than a rate
   * @throws DivergedError on NaN or infinity, which always ends it; the model is back at the last good epoch
   * @throws DeviceLostError when the device was lost and can't be had again; the model has the last epoch
   */
  async fit(data: Dataset, options: FitOptions = {}): Promise<History> {
    this.#checkData(data);
    if (options.validation) this.#checkData(options.validation);
    if (this.#resting) throw new ArgumentError("Trainer: it is still training. Call fit again when fit is over.");
    if (options.augment) {
      const { checkAugmentation } = await import("../data/augmentation/augment.js");
      checkAugmentation(options.augment, data.shape);
    }
    if (data.preprocessing) this.model.preprocessing = data.preprocessing.toJSON();
    return this.#exclusively(async () => {
      const told = options.resume
        ? (await import("./further.js")).resumeRun(this, this.memory, options, data.rows)
        : options;
      const run = new TrainingRun(this, this.#recipe, this.#schedule, data, told);
      try {
        return await run.train();
      } finally {
        run.dispose();
        await this.memory.download(this).catch(() => {}); // a lost device was reported already
      }
    }, false);
  }

  /**
   * Loss and metrics over a data set, without dropout: means over its rows, weighted where these have weights.
   *
   * @param data - samples of the model's input shape, with labels that the loss takes
   * @param options - `batchSize`: rows per step; where absent 256, or fewer, to fit the device
   * @throws ShapeError or DataError when the data don't fit; DeviceError when a batch doesn't fit the device
   */
  async evaluate(data: Dataset, { batchSize }: { batchSize?: number } = {}): Promise<Scores> {
    this.#checkData(data);
    return this.#exclusively(async () => {
      const { evaluateOn } = await import("./evaluate.js");
      return evaluateOn(this.#recipe, this.memory, data, batchSize);
    });
  }

  /**
   * What the model puts out for each row: logits, for losses that take logits.
   *
   * @param features - [rows, ...input], or raw rows of a table
   * @param options - `probabilities`: put through the loss's softmax or sigmoid; `batchSize`: rows per step; where absent
   * 256, or fewer, to fit the device
   * @throws ShapeError or DataError when the features don't fit; DeviceError when a batch doesn't fit the device
   */
  async predict(
    features: FeatureSource,
    { probabilities = false, batchSize }: { probabilities?: boolean; batchSize?: number } = {},
  ): Promise<Prediction> {
    const { featuresOf, predictOn } = await import("./evaluate.js");
    const values = await featuresOf(features, this.model, Dataset);
    return this.#exclusively(() => predictOn(this.#recipe, this.memory, values, probabilities, batchSize));
  }

  /**
   * Times a training step launch by launch; parameters and optimizer state stay as they are.
   *
   * @throws DeviceError where the device can't time launches; ShapeError or DataError when the data don't fit
   */
  async profile(data: Dataset, options: ProfileOptions = {}): Promise<Profile> {
    return this.#further(({ profileOn }) => profileOn(this.#recipe, this.memory, data, options), data);
  }

  /**
   * The kernels of a training step as the GPU runs them, in order: whole WGSL modules, in which each part begins with a
   * line that names its file (in a page's build the parts are compact, without such lines).
   *
   * @param options.batchSize - rows per step; 32
   * @throws ArgumentError when the device runs no WGSL; ShapeError or DataError when the data don't fit
   */
  async kernels(data: Dataset, options: Omit<ProfileOptions, "repeats"> = {}): Promise<readonly KernelText[]> {
    return this.#further(({ kernelsOn }) => kernelsOn(this.#recipe, this.memory, data, options), data);
  }

  /**
   * Looks for a learning rate: trains with rates from very low to very high, and tells how the loss went at each and
   * where it fell fastest. Parameters, optimizer state and the trainer's own rate stay as they are.
   *
   * @throws ArgumentError when an option is out of range; ShapeError or DataError when the data don't fit
   */
  async findLearningRate(data: Dataset, options: RateSearchOptions = {}): Promise<RateSearch> {
    return this.#further(({ findRateOn }) => findRateOn(this.#recipe, this.memory, data, options), data);
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
    return this.#further(({ explainOn }) => explainOn(this, this.#recipe, this.#schedule, batch, options), batch);
  }

  /** Brings the parameters home from the device into `model`. `fit` does it by itself. */
  sync(): Promise<void> {
    return this.#exclusively(() => this.memory.download(this));
  }

  /**
   * Does work, such as evaluating or saving, while the model has the moving averages of its parameters, which an optimizer
   * `movingAverage(...)` keeps. Afterwards it has the parameters as they were trained.
   *
   * @example await trainer.withAverage(() => trainer.evaluate(test))
   * @throws ArgumentError where no averages are kept, or nothing was trained yet
   */
  withAverage<T>(work: () => T | Promise<T>): Promise<T> {
    return this.#exclusively(async () => (await import("./further.js")).withAverage(this, this.#recipe, work), false);
  }

  /** What `saveModel` writes beside the parameters. @param withState - also the optimizer's state, to go on exactly */
  training(withState: boolean): Promise<SavedTraining> {
    return this.#further(({ describeTraining }) =>
      describeTraining(this, this.#recipe, this.#schedule, withState ? this.memory : undefined),
    );
  }

  /** Keeps the present parameters on the device, for `restoreParameters`. */
  keepParameters(): void {
    const { home } = this.memory;
    this.memory.keep("kept", "parameters");
    home.kept = home.epoch === this.epoch ? this.model.parameters() : undefined;
  }

  /** Goes back to the parameters that were kept last, if any were. */
  restoreParameters(): void {
    const { home } = this.memory;
    this.memory.restore("kept");
    this.memory.forget("kept");
    if (home.kept) this.model.setParameters(home.kept);
    else home.epoch = -1; // what the device has now isn't at home
    home.kept = undefined;
  }

  /**
   * Frees the trainer's device memory. The model keeps its parameters; the device stays open. A call that is still at
   * work ends first: `fit` with the epochs on the device, what was trained until then in the model.
   */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    if (!this.#busy) this.memory.dispose();
  }

  /** True after `dispose()`. */
  get disposed(): boolean {
    return this.#disposed;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Lets a callback use the trainer between epochs: save, evaluate, predict. */
  async whileResting<T>(work: () => T | Promise<T>): Promise<T> {
    const before = this.#resting;
    this.#resting = true;
    try {
      return await work();
    } finally {
      this.#resting = before;
    }
  }

  /**
   * Works on the device; where it is lost meanwhile, asks for it again and begins anew.
   *
   * @internal
   */
  async survive<T>(work: () => Promise<T>): Promise<T> {
    try {
      if (!this.memory.isLost) return await work();
    } catch (error) {
      if (!this.memory.isLost) throw error;
    }
    const { recover } = await import("./further.js");
    return recover(this, this.#recipe.optimizer, work);
  }

  /**
   * One thing at a time on this memory, and with the parameters that the model has now.
   *
   * @param repeats - whether the work can begin anew where the device is lost
   */
  async #exclusively<T>(work: () => Promise<T>, repeats = true): Promise<T> {
    if (this.#disposed && !this.#busy)
      throw new ArgumentError("Trainer: it was disposed. Make another with new Trainer(model, ...).");
    const isNested = this.#busy;
    if (isNested && !this.#resting) {
      throw new ArgumentError("Trainer: it is still at work. Await the call before this one.");
    }
    this.#busy = true;
    try {
      if (this.model.version !== this.#modelVersion) {
        this.memory.upload();
        this.#modelVersion = this.model.version;
      }
      return await (repeats ? this.survive(work) : work());
    } finally {
      if (!isNested) {
        this.#busy = false;
        if (this.#disposed) this.memory.dispose();
      }
    }
  }

  /** What is loaded when it is first asked for. @param data - what it works on, to be checked */
  #further<T>(work: (further: typeof import("./further.js")) => Promise<T>, ...data: Dataset[]): Promise<T> {
    for (const each of data) this.#checkData(each);
    return this.#exclusively(async () => work(await import("./further.js")));
  }

  #checkData(data: Dataset): void {
    if (!(data instanceof Dataset)) {
      throw new ArgumentError("Trainer: data must be a Dataset; make one with Dataset.from({ features, labels }).");
    }
    if (!fitsInput(data.shape, this.model.input)) throw shapeError(this.model.input, data.shape);
    this.#recipe.loss.encode(data.take([0]), sizeOf(this.model.output));
  }
}

/** Whether saved state is of use to an optimizer given anew: of the same kind, it keeps the same. */
const sameState = (model: Model, { optimizer: before, state }: SavedTraining, optimizer: Optimizer) =>
  before?.config.optimizer === optimizer.config.optimizer &&
  stateVariables(model, optimizer).every(([name, shape]) => !state || sameShape(state.get(name)?.shape ?? [], shape));

export type { Callback, FitOptions };

/** @throws ArgumentError when an option isn't a list of such elements, or what `accepts` throws */
function checkList<T>(name: string, list: readonly T[], example: string, accepts: (element: T) => unknown) {
  if (!Array.isArray(list) || !list.every(accepts)) {
    throw new ArgumentError(`Trainer: ${name} must be a list, such as ${name}: [${example}].`);
  }
}
