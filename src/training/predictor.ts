import type { Backend } from "../backends/backend.js";
import { openWithoutGpu } from "../backends/open-on-cpu.js";
import { ArgumentError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import type { RawRows } from "../data/preprocessing/raw-rows.js";
import {
  buildModel,
  type LoadOptions,
  type ModelFiles,
  readFiles,
  requireChecksums,
  type SavedModel,
} from "../formats/saved-model.js";
import { kindsIn } from "../formats/structure.js";
import { loadMakers } from "../layers/load-makers.js";
import type { Loss } from "../losses/index.js";
import type { Model } from "../model/model.js";
import { CallQueue } from "./call-queue.js";
import type { FeatureSource } from "./feature-source.js";
import type { Head } from "./heads.js";
import type { Predicting } from "./internals.js";
import { type PredictOptions, predict } from "./predict.js";
import type { PredictRowsOptions, RowPredictions } from "./predict-rows.js";
import type { Prediction } from "./prediction.js";
import { Session } from "./session.js";

/** Options of `loadPredictor`. */
export interface PredictorOptions extends LoadOptions {
  /**
   * Where it computes, as `openDevice()` gives it, such as a GPU. Where absent it opens WebAssembly for itself or, on
   * platforms without, plain code: a page then fetches nothing of the code for GPUs.
   */
  device?: Backend;
}

/** A saved model that predicts on a device, and isn't trained. Made by `loadPredictor`; owns the memory that it takes there. */
export class Predictor {
  readonly #predicting: Predicting & { spec: { heads: Pick<Head, "loss">[] } };
  readonly #losses: readonly (Loss["config"] | undefined)[];

  readonly #ownsDevice: boolean;
  #isDisposed = false;
  /** Calls at work. */
  #open = 0;

  /**
   * @internal
   * @param losses - saved forms of the losses of its outputs, in their order
   * @param ownsDevice - whether it disposes of the device
   */
  constructor(
    readonly model: Model,
    readonly device: Backend,
    losses: readonly (Loss["config"] | undefined)[],
    ownsDevice: boolean,
  ) {
    this.#losses = losses;
    this.#ownsDevice = ownsDevice;
    const start = { epoch: 0, step: 0, learningRate: 0 };
    this.#predicting = {
      spec: { model, heads: [] },
      session: new Session(device, model, undefined, start, undefined, async () => {}),
      calls: new CallQueue(),
    };
  }

  /**
   * The model's outputs for each row, to the bits of `Trainer.predict`: logits, where it was trained with a loss that takes
   * logits. Calls may overlap; those that wait for their turn are answered together.
   *
   * @param features - [rows, ...input], or raw rows of a table
   * @param options - as of `Trainer.predict`
   * @throws ShapeError or DataError when the features don't fit; DeviceError when a batch doesn't fit the device;
   * ArgumentError once it was disposed, and when probabilities are asked of a loss that the files don't know
   */
  async predict(features: FeatureSource, options: PredictOptions = {}): Promise<Prediction> {
    if (this.#isDisposed) throw new ArgumentError("Predictor: it was disposed. Load it again: loadPredictor(files).");
    const { spec } = this.#predicting;
    this.#open++;
    try {
      if (options?.probabilities && spec.heads.length === 0) spec.heads = await this.losses();
      return await predict(this.#predicting, features, options);
    } finally {
      this.#open--;
      if (this.#isDisposed) this.#free();
    }
  }

  /** Lets the next `predict` with `stateful` begin with states of 0: for other sequences. */
  resetStates(): void {
    this.#predicting.stateful?.reset();
  }

  /**
   * Predicts for raw rows of a table: names of classes, or numbers in their own unit, as `predictRows` does with a trainer.
   *
   * @param rows - a table, or records by the names of columns: in any order, with gaps, others passed over
   * @throws ArgumentError when the model keeps no preprocessing, or probabilities are asked of one that predicts numbers;
   * DataError when a column is absent or can't be read
   */
  async predictRows(rows: RawRows, options: PredictRowsOptions = {}): Promise<RowPredictions> {
    const { predictRows } = await import("./predict-rows.js");
    return predictRows(this, rows, options);
  }

  /**
   * The losses that the outputs were trained with, in their order.
   *
   * @internal
   * @throws ArgumentError when the files name none, or one of the user's own
   */
  async losses(): Promise<Pick<Head, "loss">[]> {
    const { isKnownLoss, lossFromConfig } = await import("../losses/registry.js");
    return this.#losses.map((config) => {
      if (config && isKnownLoss(config)) return { loss: lossFromConfig(config) };
      const lack = config ? `a loss of your own, "${config.loss}"` : "no loss";
      throw new ArgumentError(
        `Predictor: the model was saved with ${lack}, so it gives no probabilities. Leave them out, or make a Trainer with ` +
          "the loss: new Trainer(decodeModel(files), ...).",
      );
    });
  }

  /** Frees its memory on the device, once calls at work are over. A device that it was given stays open. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#free();
  }

  #free(): void {
    if (this.#open > 0) return;
    const { predictions, stateful, session } = this.#predicting;
    predictions?.dispose();
    stateful?.dispose();
    session.dispose();
    if (this.#ownsDevice) this.device.dispose();
  }

  /** True after `dispose()`. */
  get disposed(): boolean {
    return this.#isDisposed;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/**
 * Loads a saved model to predict with it: a page that does no more than that fetches much less than one with a Trainer.
 * Kinds of layers beyond dense networks, losses and preprocessing are fetched by models that have them.
 *
 * @param files - the contents of model.json and model.safetensors, as `encodeModel` gives or `saveModel` writes them
 * @throws FormatError when a file is damaged, of another format or of a newer version, they don't fit each other, or they
 * have no checksums and `unchecked` isn't true
 * @throws ArgumentError where files aren't these two, the device is none, or an option is unknown
 *
 * @example
 * const [json, bytes] = await Promise.all([fetch("model.json"), fetch("model.safetensors")]);
 * const files = { json: await json.text(), safetensors: new Uint8Array(await bytes.arrayBuffer()) };
 * const predictor = await loadPredictor(files);
 * const { values } = await predictor.predict([[5.1, 3.5, 1.4, 0.2]]);
 */
export async function loadPredictor(files: ModelFiles, options: PredictorOptions = {}): Promise<Predictor> {
  const { device, unchecked } = optionsOf("loadPredictor", options, { device: undefined, unchecked: false });
  if (device !== undefined && typeof device?.load !== "function") {
    throw new ArgumentError(
      "loadPredictor: the device must be one that openDevice() gives: { device: await openDevice() }.",
    );
  }
  const saved = readFiles("loadPredictor", files, "model");
  const model = buildModel(saved, "model", await loadMakers(kindsIn(saved.description)));
  requireChecksums(saved, unchecked, "model");
  const opened = device ?? (await openWithoutGpu("which predictors take", {}));
  return new Predictor(model, opened, lossesOf(saved, model), device === undefined);
}

/** Saved forms of the losses of a model's outputs, in their order. */
function lossesOf({ description: { training } }: SavedModel, { outputs }: Model): (Loss["config"] | undefined)[] {
  const isOnly = outputs.length === 1;
  return outputs.map(({ name }) => (isOnly ? training?.loss : training?.heads?.[name]?.loss));
}
