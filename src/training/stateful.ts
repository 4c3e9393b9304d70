import type { Values } from "../core/dtype.js";
import { ArgumentError, ShapeError } from "../core/errors.js";
import { sizeOf } from "../core/shape.js";
import { columnsOf } from "../data/features.js";
import { type Tensor, variable } from "../graph/tensor.js";
import type { Model } from "../model/model.js";
import { collect } from "../ops/batch.js";
import { concatenate, slice } from "../ops/indexing.js";
import type { DataShapes } from "./data-shapes.js";
import type { DeviceMemory } from "./device-memory.js";
import { epochOrder, Steps } from "./epochs.js";
import { featureValues, featureVariables } from "./features.js";
import { batchOf, forward } from "./graphs.js";
import type { Predicting } from "./internals.js";
import { loadPass, type Pass } from "./pass.js";
import { askedOf, type Prediction, predictionOf } from "./prediction.js";

/** States that a model's recurrent layers hand on, [rows, size] each, side by side in the order that layers ask for them. */
type StateSizes = ReadonlyMap<string, number>;

/** @throws ArgumentError when no layer of the model hands a state on, or one does in several places */
function stateSizesOf(model: Model): StateSizes {
  const sizes = new Map<string, number>();
  const memory = {
    take(name: string, [batch, size]: readonly number[]) {
      if (sizes.has(name)) {
        throw new ArgumentError(
          `predict: ${name} would be those of several calls of one layer. Give each a layer of its own for stateful.`,
        );
      }
      sizes.set(name, size);
      return variable(name, [batch, size]);
    },
    keep() {},
  };
  forward(model, model.samples(1), { memory });
  if (sizes.size > 0) return sizes;
  throw new ArgumentError("predict: stateful is for recurrent layers (rnn, gru, lstm), and the model has none.");
}

/** The outputs of a batch with the states after it, [rows, outputs + states], the states before it being the last features. */
function statefulGraph(
  spec: Predicting["spec"],
  shapes: DataShapes,
  probabilities: boolean,
  sizes: StateSizes,
): Tensor[] {
  const { xs } = batchOf([], shapes);
  const before = xs.at(-1)!;
  const after = new Map<string, Tensor>();
  const starts = new Map<string, number>();
  let width = 0;
  for (const [name, size] of sizes) {
    starts.set(name, width);
    width += size;
  }
  const memory = {
    take: (name: string, shape: readonly number[]) => slice(before, [0, starts.get(name)!], shape),
    keep: (name: string, value: Tensor) => void after.set(name, value),
  };
  const outputs = askedOf(spec, forward(spec.model, xs.slice(0, -1), { memory }), probabilities);
  const rows = variable("predictions", [shapes.rows, sizeOf(spec.model.output) + width]);
  return [collect(rows, concatenate([...outputs, ...[...sizes.keys()].map((name) => after.get(name)!)]))];
}

/** A graph for so many rows, ready to run. */
interface Loaded {
  memory: DeviceMemory;
  pass: Pass;
  /** Contents of its variables, to be written anew. */
  data: Record<string, Values>;
  steps: Steps;
}

/**
 * Predictions of sequences that come in parts: states of recurrent layers go on from call to call, row by row. They are kept
 * at home, so that a lost device loses none.
 */
class StatefulPredictions {
  #sizes?: StateSizes;
  /** After the last call, [rows, states]; none at the beginning. */
  #states: { values?: Float32Array<ArrayBuffer>; rows?: number } = {};
  #loaded?: Loaded & { key: string };

  constructor(private readonly trainer: Predicting) {}

  /**
   * Predicts what follows, in turn.
   *
   * @param features - [rows, ...input]
   * @throws ShapeError when rows are others than in the calls before
   */
  predict(features: Float32Array<ArrayBuffer>, probabilities: boolean, wait: boolean): Promise<Prediction> {
    const { calls, session, spec } = this.trainer;
    const { model } = spec;
    this.#sizes ??= stateSizesOf(model);
    const width = [...this.#sizes.values()].reduce((sum, size) => sum + size, 0);
    const rows = features.length / sizeOf(model.input);
    const work = async (memory: DeviceMemory) => {
      const states = this.#states;
      if (states.rows !== undefined && states.rows !== rows) {
        throw new ShapeError(
          `predict: states are of ${states.rows} sequences, the features have ${rows} rows. Give the same sequences' next ` +
            "parts, or begin others: resetStates().",
        );
      }
      const before = states.values ?? new Float32Array(rows * width);
      const { pass, steps } = await this.#load(memory, rows, probabilities, { features, states: before });
      const [values] = await memory.read([await pass.run(steps)]);
      const outputs = sizeOf(model.output);
      const all = values as Float32Array<ArrayBuffer>;
      states.values = columnsOf(all, outputs + width, outputs, width);
      states.rows = rows;
      return predictionOf(model, rows, columnsOf(all, outputs + width, 0, outputs));
    };
    return calls.take(() => session.survive(work), wait);
  }

  async #load(
    memory: DeviceMemory,
    rows: number,
    probabilities: boolean,
    { features, states }: { features: Float32Array<ArrayBuffer>; states: Float32Array<ArrayBuffer> },
  ): Promise<Loaded> {
    const { spec } = this.trainer;
    const key = `${rows} ${probabilities}`;
    const data: Record<string, Values> = { ...featureValues(spec.model, features), states };
    const known = this.#loaded;
    if (known?.memory === memory && known.key === key) {
      for (const [name, values] of Object.entries(data)) {
        known.data[name].set(values);
        await known.pass.refresh(name);
      }
      return known;
    }
    this.dispose();
    const sizes = this.#sizes!;
    const variables = [...featureVariables(spec.model), { name: "states", shape: [states.length / rows] }];
    const shapes = { rows, features: variables, targets: [], order: rows, batch: rows, steps: 1 };
    const trace = (shapes: DataShapes) => statefulGraph(spec, shapes, probabilities, sizes);
    const source = { shapes, data, changing: Object.keys(data), order: epochOrder(rows, 0, 0, false), anyBatch: true };
    const pass = await loadPass(memory, { label: "prediction", trace, output: "predictions" }, source);
    this.#loaded = { key, memory, pass, data, steps: new Steps(rows, pass.batch) };
    return this.#loaded;
  }

  /** Lets the next call begin with states of 0. */
  reset(): void {
    this.#states = {};
  }

  dispose(): void {
    this.#loaded?.pass.dispose();
    this.#loaded = undefined;
  }
}

/**
 * Predicts what follows the features of the last call, in turn.
 *
 * @param features - [rows, ...input]
 * @param wait - until `fit` rests
 * @throws ShapeError when rows are others than in the calls before; ArgumentError when the model has no state to go on with
 */
export function predictOnwards(
  trainer: Predicting,
  features: Float32Array<ArrayBuffer>,
  probabilities: boolean,
  wait: boolean,
): Promise<Prediction> {
  trainer.stateful ??= new StatefulPredictions(trainer);
  return trainer.stateful.predict(features, probabilities, wait);
}
