import type { Values } from "../core/dtype.js";
import { sizeOf } from "../core/shape.js";
import type { DataShapes } from "./data-shapes.js";
import type { DeviceMemory } from "./device-memory.js";
import { epochOrder, Steps } from "./epochs.js";
import { featureValues, featureVariables } from "./features.js";
import type { Predicting } from "./internals.js";
import { BATCH } from "./options.js";
import { loadPass, type Pass } from "./pass.js";
import { type Prediction, predictionGraph, predictionOf } from "./prediction.js";

/** The most features, in numbers, of predictions whose graphs stay on the device. */
const MOST_FEATURES = 2 ** 18;
/** So many graphs stay, those that were used last. */
const MOST_GRAPHS = 8;

/** Rows that wait for their prediction. */
interface Request {
  features: Float32Array<ArrayBuffer>;
  rows: number;
  probabilities: boolean;
  result?: Prediction;
}

/** A graph for up to `rows` rows, a power of two, ready to run. */
interface Loaded {
  memory: DeviceMemory;
  pass: Pass;
  /** Contents of its variables, to be written anew. */
  data: Record<string, Values>;
  rows: number;
  steps?: Steps;
}

/**
 * Predictions of few rows: their graphs stay on the device from call to call, and calls that wait for their turn together
 * are answered together, to the bits of each by itself.
 */
export class Predictions {
  readonly #waiting = new Set<Request>();
  readonly #loaded = new Map<string, Loaded>();

  constructor(private readonly trainer: Predicting) {}

  /** Whether so many features are few enough. */
  static takes(rows: number, features: Float32Array): boolean {
    return rows > 0 && rows <= BATCH && features.length <= MOST_FEATURES;
  }

  /** Predicts in turn. @param features - [rows, ...input] @param wait - until `fit` rests */
  async predict(features: Float32Array<ArrayBuffer>, probabilities: boolean, wait: boolean): Promise<Prediction> {
    const { calls, session, spec } = this.trainer;
    const request: Request = { features, rows: features.length / sizeOf(spec.model.input), probabilities };
    this.#waiting.add(request);
    const answer = async (memory: DeviceMemory) => {
      if (!request.result) await this.#answer(memory, request);
      return request.result!;
    };
    try {
      return await calls.take(() => session.survive(answer), wait);
    } finally {
      this.#waiting.delete(request);
    }
  }

  /** Answers a request, and others that wait and fit in its batch. */
  async #answer(memory: DeviceMemory, first: Request): Promise<void> {
    const together = [first];
    let rows = first.rows;
    for (const request of this.#waiting) {
      const fits = !request.result && request !== first && request.probabilities === first.probabilities;
      if (!fits || !Predictions.takes(rows + request.rows, request.features)) continue;
      together.push(request);
      rows += request.rows;
    }
    const fill = (data: Loaded["data"]) => {
      let place = 0;
      for (const request of together) {
        const parts = featureValues(this.trainer.spec.model, request.features);
        for (const [name, values] of Object.entries(parts)) {
          data[name].set(values, (values.length / request.rows) * place);
        }
        place += request.rows;
      }
    };
    const loaded = await this.#load(memory, rows, first.probabilities, fill);
    if (loaded.steps?.rows !== rows) loaded.steps = new Steps(rows, loaded.rows);
    const [values] = await memory.read([await loaded.pass.run(loaded.steps)]);
    const { model } = this.trainer.spec;
    const width = sizeOf(model.output);
    let row = 0;
    for (const request of together) {
      const own = values.slice(row * width, (row + request.rows) * width) as Float32Array<ArrayBuffer>;
      request.result = predictionOf(model, request.rows, own);
      row += request.rows;
    }
  }

  /** The graph for so many rows, its variables filled. @param fill - puts features into their contents */
  async #load(
    memory: DeviceMemory,
    wanted: number,
    probabilities: boolean,
    fill: (data: Loaded["data"]) => void,
  ): Promise<Loaded> {
    const rows = 2 ** Math.ceil(Math.log2(wanted));
    const key = `${rows} ${probabilities}`;
    let loaded = this.#loaded.get(key);
    this.#loaded.delete(key);
    if (loaded?.memory !== memory) {
      loaded?.pass.dispose();
      const { spec } = this.trainer;
      const { model } = spec;
      const shapes = { rows, features: featureVariables(model), targets: [], order: rows, batch: rows, steps: 1 };
      const trace = (shapes: DataShapes) => predictionGraph(spec, shapes, probabilities);
      const data = featureValues(model, new Float32Array(rows * sizeOf(model.input)));
      fill(data);
      const order = epochOrder(rows, 0, 0, false);
      const source = { shapes, data, changing: Object.keys(data), order, anyBatch: true };
      const pass = await loadPass(memory, { label: "prediction", trace, output: "predictions" }, source);
      loaded = { memory, pass, data, rows: pass.batch };
    } else {
      this.#loaded.set(key, loaded);
      fill(loaded.data);
      for (const name of Object.keys(loaded.data)) await loaded.pass.refresh(name);
    }
    this.#loaded.set(key, loaded);
    const [oldest] = this.#loaded.keys();
    if (this.#loaded.size > MOST_GRAPHS) this.#drop(oldest);
    return loaded;
  }

  #drop(key: string): void {
    this.#loaded.get(key)!.pass.dispose();
    this.#loaded.delete(key);
  }

  dispose(): void {
    for (const key of [...this.#loaded.keys()]) this.#drop(key);
  }
}
