import type { Values } from "../core/dtype.js";
import { sizeOf } from "../core/shape.js";
import type { DeviceMemory } from "./device-memory.js";
import { epochOrder, Steps } from "./epochs.js";
import { type Prediction, predictionGraph } from "./evaluate.js";
import type { DataShapes } from "./graphs.js";
import type { Internals } from "./internals.js";
import { BATCH } from "./options.js";
import { loadPass, type Pass } from "./pass.js";

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

  constructor(private readonly trainer: Internals) {}

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
    const loaded = await this.#load(memory, rows, first.probabilities);
    const features = loaded.data.features as Float32Array;
    let at = 0;
    for (const request of together) {
      features.set(request.features, at);
      at += request.features.length;
    }
    await loaded.pass.refresh("features");
    if (loaded.steps?.rows !== rows) loaded.steps = new Steps(rows, loaded.rows);
    const [values] = await memory.read([await loaded.pass.run(loaded.steps)]);
    const { output } = this.trainer.spec.model;
    let row = 0;
    for (const request of together) {
      const own = values.slice(row * sizeOf(output), (row + request.rows) * sizeOf(output));
      request.result = { shape: [request.rows, ...output], values: own as Float32Array<ArrayBuffer> };
      row += request.rows;
    }
  }

  async #load(memory: DeviceMemory, wanted: number, probabilities: boolean): Promise<Loaded> {
    const rows = 2 ** Math.ceil(Math.log2(wanted));
    const key = `${rows} ${probabilities}`;
    let loaded = this.#loaded.get(key);
    this.#loaded.delete(key);
    if (loaded?.memory !== memory) {
      loaded?.pass.dispose();
      const { spec } = this.trainer;
      const { input } = spec.model;
      const shapes = { rows, sample: input, order: rows, batch: rows, steps: 1 };
      const trace = (shapes: DataShapes) => predictionGraph(spec, shapes, probabilities);
      const data = { features: new Float32Array(rows * sizeOf(input)) };
      const order = epochOrder(rows, 0, 0, false);
      const source = { shapes, data, changing: ["features"], order, anyBatch: true };
      const pass = await loadPass(memory, { label: "prediction", trace, output: "predictions" }, source);
      loaded = { memory, pass, data, rows: pass.batch };
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
