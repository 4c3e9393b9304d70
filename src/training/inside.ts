import { ArgumentError } from "../core/errors.js";
import { checkCount, nearestName, optionsOf } from "../core/options.js";
import { type Shape, sizeOf } from "../core/shape.js";
import { shown } from "../core/shown.js";
import { gradients } from "../graph/gradients.js";
import { type Tensor, variable } from "../graph/tensor.js";
import type { Model } from "../model/model.js";
import { collect } from "../ops/batch.js";
import { add } from "../ops/elementwise.js";
import { concatenate, slice } from "../ops/indexing.js";
import { reshape } from "../ops/layout.js";
import { sum } from "../ops/reduce.js";
import { take } from "./calls.js";
import type { DataShapes } from "./data-shapes.js";
import type { DeviceMemory } from "./device-memory.js";
import { epochOrder, Steps } from "./epochs.js";
import { type FeatureSource, featuresOf } from "./feature-source.js";
import { featureValues, featureVariables } from "./features.js";
import { batchOf, forward } from "./graphs.js";
import type { Internals } from "./internals.js";
import { BATCH } from "./options.js";
import { loadPass } from "./pass.js";
import type { Prediction } from "./prediction.js";

/*
 * Outputs of the layers of a model for given rows, and slopes by its input.
 */

/** See `Trainer.outputs`. */
export function layerOutputs(
  trainer: Internals,
  features: FeatureSource,
  layers: readonly string[],
  options: { batchSize?: number; wait?: boolean },
): Promise<Map<string, Prediction>> {
  const { batchSize, wait } = optionsOf("outputs", options, { batchSize: undefined, wait: false });
  return take(trainer, (_, memory) => outputsOn(trainer, memory, features, layers, batchSize), wait);
}

async function outputsOn(
  { spec: { model } }: Internals,
  memory: DeviceMemory,
  source: FeatureSource,
  layers: readonly string[],
  batchSize?: number,
): Promise<Map<string, Prediction>> {
  const known = model.layers.map(({ name }) => name);
  if (!Array.isArray(layers) || layers.length === 0) {
    throw new ArgumentError(`outputs: needs names of layers, such as ["${known[0]}"].`);
  }
  for (const name of layers) if (!known.includes(name)) throw unknownLayer(name, known);
  const names = [...new Set(layers)];
  const features = await featuresOf(source, model);
  const shapes = new Map<string, Shape>();
  const { rows, values } = await rowsOf(memory, model, features, batchSize, (xs) => {
    const outputs = new Map<string, Tensor>();
    forward(model, xs, {
      around(name, _layer, depth, work) {
        const output = work();
        if (depth > 0 || !names.includes(name)) return output;
        if (outputs.has(name)) {
          throw new ArgumentError(`outputs: the layer "${name}" is called several times. Take layers after it.`);
        }
        outputs.set(name, output);
        return output;
      },
    });
    const flat = names.map((name) => {
      const output = outputs.get(name)!;
      shapes.set(name, output.shape.slice(1));
      return flatRows(output);
    });
    return flat.length === 1 ? flat[0] : concatenate(flat, 1);
  });
  return cutRows(rows, values, new Map(names.map((name) => [name, shapes.get(name)!])));
}

/** Numbers of each row, [rows, ...all of the shapes side by side], by the shapes' names. */
export function cutRows(
  rows: number,
  values: Float32Array<ArrayBuffer>,
  shapes: ReadonlyMap<string, Shape>,
): Map<string, Prediction> {
  const width = values.length / rows;
  let start = 0;
  return new Map(
    [...shapes].map(([name, shape]): [string, Prediction] => {
      const size = sizeOf(shape);
      const own = new Float32Array(rows * size);
      for (let row = 0; row < rows; row++) {
        own.set(values.subarray(row * width + start, row * width + start + size), row * size);
      }
      start += size;
      return [name, { shape: [rows, ...shape], values: own }];
    }),
  );
}

/** See `Trainer.inputGradients`. */
export function slopes(
  trainer: Internals,
  features: FeatureSource,
  options: { output?: number; batchSize?: number; wait?: boolean },
): Promise<Prediction> {
  const defaults = { output: undefined, batchSize: undefined, wait: false };
  const { output, batchSize, wait } = optionsOf("inputGradients", options, defaults);
  return take(trainer, (_, memory) => gradientsOn(trainer, memory, features, output, batchSize), wait);
}

async function gradientsOn(
  { spec: { model } }: Internals,
  memory: DeviceMemory,
  source: FeatureSource,
  output: number | undefined,
  batchSize?: number,
): Promise<Prediction> {
  const count = sizeOf(model.output);
  const place = output ?? (count === 1 ? 0 : -1);
  if (!Number.isInteger(place) || place < 0 || place >= count) {
    throw new ArgumentError(
      `inputGradients: output must be a whole number from 0 to ${count - 1}, one of the model's ${count} outputs, got ${shown(output)}.`,
    );
  }
  const features = await featuresOf(source, model);
  const { rows, values } = await rowsOf(memory, model, features, batchSize, (xs) => {
    const outputs = concatenate(forward(model, xs));
    const wanted = sum(slice(outputs, [0, place], [outputs.shape[0], 1]));
    return concatenate(gradients(wanted, xs, (a, b) => add(a, b)).map(flatRows));
  });
  return { shape: [rows, ...model.input], values };
}

const flatRows = (x: Tensor) => reshape(x, [x.shape[0], sizeOf(x.shape.slice(1))]);

/** Numbers that a graph makes of each row, [rows, numbers]. @param trace - of the inputs, [batch, ...] each */
export async function rowsOf(
  memory: DeviceMemory,
  model: Model,
  features: Float32Array<ArrayBuffer>,
  batchSize: number | undefined,
  trace: (xs: readonly Tensor[]) => Tensor,
) {
  const rows = features.length / sizeOf(model.input);
  const batch = Math.min(checkCount("batchSize", batchSize ?? BATCH), rows);
  const graph = {
    label: "inside",
    output: "predictions",
    trace(shapes: DataShapes) {
      const made = trace(batchOf([], shapes).xs);
      return [collect(variable("predictions", [shapes.rows, made.shape[1]]), made)];
    },
  };
  const variables = featureVariables(model);
  const shapes = { rows, features: variables, targets: [], order: rows, batch, steps: Math.ceil(rows / batch) };
  const source = {
    shapes,
    data: featureValues(model, features),
    order: epochOrder(rows, 0, 0, false),
    anyBatch: batchSize === undefined,
  };
  const pass = await loadPass(memory, graph, source);
  try {
    const [values] = await memory.read([await pass.run(new Steps(rows, pass.batch))]);
    return { rows, values: values as Float32Array<ArrayBuffer> };
  } finally {
    pass.dispose();
  }
}

function unknownLayer(name: unknown, known: readonly string[]): ArgumentError {
  const near = nearestName(String(name), known);
  return new ArgumentError(
    `outputs: there is no layer ${shown(name)}.${near ? ` Did you mean "${near}"?` : ""} The model has ${known.join(", ")}.`,
  );
}
