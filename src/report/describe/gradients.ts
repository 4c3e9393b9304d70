import type { GradientNorms } from "../../charts/index.js";
import { Evaluator } from "../../checks/evaluator.js";
import { ArgumentError } from "../../core/errors.js";
import { optionsOf } from "../../core/options.js";
import { sizeOf } from "../../core/shape.js";
import { shown } from "../../core/shown.js";
import type { Dataset } from "../../data/dataset.js";
import { gradients } from "../../graph/gradients.js";
import { type Tensor, variable } from "../../graph/tensor.js";
import { add } from "../../ops/elementwise.js";
import { reshape } from "../../ops/layout.js";
import { sum } from "../../ops/reduce.js";
import type { Callback, TrainingControl } from "../../training/callbacks.js";
import { forward, rowLosses, Variables } from "../../training/graphs.js";
import type { GradientRecorder, GradientRecorderOptions } from "../report.js";

const ROWS = 32;
/** Each record is taken this many times as late as the one before: early epochs change most. */
const SPACING = 1.2;

/** See `gradientRecorder` of `report.ts`. */
export function recorderOf(data: Dataset, options: GradientRecorderOptions = {}): GradientRecorder {
  const { rows } = optionsOf("gradientRecorder", options, { rows: ROWS });
  if (!Number.isInteger(rows) || rows < 1) {
    throw new ArgumentError(`gradientRecorder: rows must be a whole number above 0, got ${shown(rows)}.`);
  }
  const few = data.take(Array.from({ length: Math.min(rows, data.rows) }, (_, row) => row));
  const norms: { epochs: number[]; layers: Record<string, number[]> } = { epochs: [], layers: {} };
  let measure: ((control: TrainingControl) => Record<string, number>) | undefined;
  let next = 1;
  return {
    norms,
    async onEpoch({ epoch }, control) {
      if (epoch < next) return;
      next = Math.max(epoch + 1, Math.ceil(epoch * SPACING));
      await control.sync();
      measure ??= await measureOf(few, control);
      norms.epochs.push(epoch);
      for (const [layer, norm] of Object.entries(measure(control))) {
        norms.layers[layer] ??= [];
        norms.layers[layer].push(norm);
      }
    },
  } satisfies Callback & { norms: GradientNorms };
}

/** The graph of the mean loss's gradients, without dropout, to be worked out with the parameters of any time. */
async function measureOf(data: Dataset, control: TrainingControl) {
  const { model } = control;
  const { loss } = await control.training(false);
  if (!loss || model.inputs.length > 1) {
    throw new ArgumentError("gradientRecorder: takes models of one input and one output.");
  }
  const encoded = loss.encode(data, sizeOf(model.output));
  const [{ dtype }] = model.inputs;
  const x = variable("features", [data.rows, ...model.input], dtype);
  const targets = variable("targets", encoded.shape, encoded.values instanceof Uint32Array ? "u32" : "f32");
  const variables = new Variables();
  const within = encoded.weights && variable("within", [data.rows, encoded.weights.length / data.rows]);
  const isByRow = within?.size === data.rows;
  const weights = isByRow ? reshape(within, [data.rows]) : undefined;
  const rows = { targets, weights, elementWeights: isByRow ? undefined : within };
  const total = sum(rowLosses({ loss }, forward(model, [x], {}, variables)[0], rows).weighted);
  const parameters = variables.trainable;
  const slopes = gradients(total, [...parameters.values()], add);
  const evaluator = new Evaluator(slopes);
  evaluator.set(
    new Map<Tensor, ArrayLike<number>>([
      [x, data.features],
      [targets, encoded.values],
      ...(within ? [[within, encoded.weights!] as const] : []),
    ]),
  );
  const layers = [...parameters.keys()].map((name) => name.slice(0, name.lastIndexOf(".")));
  return ({ model }: TrainingControl): Record<string, number> => {
    const now = model.parameters();
    evaluator.set(
      new Map([...parameters, ...variables.state].map(([name, tensor]) => [tensor, now.get(name)!.values])),
    );
    evaluator.run();
    const squares = new Map<string, number>();
    slopes.forEach((slope, i) => {
      const own = (evaluator.of(slope) as Float64Array).reduce((sofar, value) => sofar + value * value, 0);
      squares.set(layers[i], (squares.get(layers[i]) ?? 0) + own);
    });
    return Object.fromEntries([...squares].map(([layer, square]) => [layer, Math.sqrt(square) / data.rows]));
  };
}
