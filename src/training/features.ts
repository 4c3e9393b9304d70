import type { ElementType, Values } from "../core/dtype.js";
import { DataError, ShapeError } from "../core/errors.js";
import { formatShape, sameShape, sizeOf } from "../core/shape.js";
import type { Dataset } from "../data/dataset.js";
import { bytesOf } from "../data/exact.js";
import { columnsOf } from "../data/features.js";
import type { InputRange, Model, NamedShape } from "../model/model.js";
import { idsOf } from "../model/structure.js";

/*
 * Features of a data set, as a model's inputs take them.
 */

/** A variable of features, by default of numbers. */
export type FeatureVariable = Omit<NamedShape, "dtype"> & { dtype?: ElementType };

/** The variables of a model's inputs: "features", or "features.image" of one of several. */
export const featureVariables = ({ inputs }: Model): FeatureVariable[] =>
  inputs.map(({ name, ...input }) => ({ name: inputs.length > 1 ? `features.${name}` : "features", ...input }));

/**
 * Contents of these variables.
 *
 * @param features - rows of all inputs, in the model's order
 * @throws DataError when an id is none of those that a layer knows, or a mask has others than 0 and 1
 */
export function featureValues(model: Model, features: Float32Array<ArrayBuffer>): Record<string, Values> {
  const width = sizeOf(model.input);
  let start = 0;
  return Object.fromEntries(
    featureVariables(model).map(({ name, shape }, place) => {
      const size = sizeOf(shape);
      start += size;
      const values = columnsOf(features, width, start - size, size);
      for (const { layer, inputs } of model.structure.calls) {
        layer.layer.checkInput?.(layer.name, inputs.indexOf(place), inputs.length, values);
      }
      const known = idsOf(model.structure, place);
      return [name, known ? known.ids.read(values, size, known.taker) : values];
    }),
  );
}

/** Variables of inputs and their contents, of bytes where the features are in whole words: the bits of steps are the same. */
export function featureData(model: Model, features: Float32Array<ArrayBuffer>) {
  const variables = featureVariables(model);
  const bytes = variables.length === 1 && !variables[0].dtype && sizeOf(model.input) % 4 === 0 && bytesOf(features);
  if (bytes) variables[0].dtype = "unorm8";
  return { variables, data: bytes ? { features: bytes } : featureValues(model, features) };
}

/**
 * Features of a data set as rows of all of the model's inputs, in its order.
 *
 * @throws ShapeError or DataError when they don't fit, or one isn't there
 */
export function featuresFor(
  model: Model,
  data: Pick<Dataset, "inputs" | "features" | "shape">,
): Float32Array<ArrayBuffer> {
  const { inputs } = model;
  if (!data.inputs) {
    if (inputs.length > 1) {
      const names = inputs.map(({ name }) => name).join(", ");
      throw new ShapeError(
        `Trainer: the model has the inputs ${names}, but the features have no names. Write Dataset.from({ features: { ${names} }, labels }).`,
      );
    }
    checkSamples(model, data);
    return data.features;
  }
  const width = sizeOf(data.shape);
  const parts = inputs.map((input) => {
    let start = 0;
    for (const part of data.inputs!) {
      const size = sizeOf(part.shape);
      if (part.name === input.name) {
        if (size === sizeOf(input.shape) && (part.shape.length === 1 || sameShape(part.shape, input.shape)))
          return { start, size };
        throw new ShapeError(
          `Trainer: features.${part.name} are ${formatShape(part.shape)} a row, the model's input is ${formatShape(input.shape)}. ` +
            "Give the data that shape, or the input theirs.",
        );
      }
      start += size;
    }
    const named = data.inputs!.map(({ name }) => name).join(", ");
    throw new DataError(
      `Trainer: the model has an input "${input.name}", but the features are ${named}. Add it: Dataset.from({ features: { ${input.name}: ... } }).`,
    );
  });
  const total = sizeOf(model.input);
  const inOrder = parts.every(({ start }, i) => i === 0 || start === parts[i - 1].start + parts[i - 1].size);
  if (inOrder) return columnsOf(data.features, width, parts[0].start, total);
  const rows = data.features.length / width;
  const features = new Float32Array(rows * total);
  for (let row = 0, at = 0; row < rows; row++) {
    for (const { start, size } of parts) {
      const from = row * width + start;
      features.set(data.features.subarray(from, from + size), at);
      at += size;
    }
  }
  return features;
}

/**
 * Checks samples' shape, and what the first layer with parameters asks of images that come to it.
 *
 * @throws ShapeError on another shape than the model's; DataError naming the layer when pixels are in another range
 */
export function checkSamples(model: Model, { shape, features }: Pick<Dataset, "shape" | "features">): void {
  model.checkSamples(shape);
  const [parameter] = model.own.keys();
  const first = model.layers.find(({ name }) => parameter?.startsWith(`${name}.`));
  first?.layer.checkPixels?.(`${first.kind} "${first.name}"`, features);
}

/** Samples of more numbers have one range for all of them. */
const MOST_RANGES = 256;

/** Widens the model's range to these data. */
export function noteRange(model: Model, features: Float32Array<ArrayBuffer>): void {
  const found = rangeOf({ features, shape: model.input });
  const before = model.inputRange ?? found;
  model.inputRange = {
    low: found.low.map((value, i) => Math.min(value, before.low[i])),
    high: found.high.map((value, i) => Math.max(value, before.high[i])),
  };
}

const ranges = new WeakMap<Float32Array, InputRange>();

/** Least and largest value of each feature. */
function rangeOf({ features, shape }: Pick<Dataset, "features" | "shape">): InputRange {
  const known = ranges.get(features);
  if (known) return known;
  const size = sizeOf(shape) > MOST_RANGES ? 1 : sizeOf(shape);
  const low = new Array<number>(size).fill(Number.POSITIVE_INFINITY);
  const high = new Array<number>(size).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0, feature = 0; i < features.length; i++, feature = feature + 1 === size ? 0 : feature + 1) {
    const value = features[i];
    if (value < low[feature]) low[feature] = value;
    if (value > high[feature]) high[feature] = value;
  }
  ranges.set(features, { low, high });
  return { low, high };
}
