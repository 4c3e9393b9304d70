import { DataError } from "../core/errors.js";
import { checkArgument } from "../core/options.js";
import { sizeOf } from "../core/shape.js";
import type { Dataset } from "../data/dataset.js";
import { type Features, packRows, readFeatures, requireFinite } from "../data/features.js";
import type { Named } from "../data/named.js";
import type { RawRows } from "../data/preprocessing/raw-rows.js";
import type { Model } from "../model/model.js";
import { checkSamples, featuresFor } from "./features.js";

/**
 * Features of samples: a data set, rows of numbers, or one flat array [rows, ...input], row after row, of ids a Uint32Array; or raw rows, a
 * table or records by the names of columns, for a model that keeps the preprocessing of the table it was trained on. Of
 * several inputs by name: { image, age }.
 */
export type FeatureSource =
  | Dataset
  | Float32Array
  | Uint32Array
  | readonly (readonly number[])[]
  | RawRows
  | Named<Features>;

/**
 * Features in a row, checked.
 *
 * @throws ShapeError or DataError when they don't fit
 */
export async function featuresOf(source: FeatureSource, model: Model): Promise<Float32Array<ArrayBuffer>> {
  const { input, preprocessing } = model;
  if (isDataset(source)) return featuresFor(model, source);
  const raw = source as RawRows;
  const needed = "features: a Float32Array, one list per row, or a Dataset";
  checkArgument("predict", needed, raw, typeof raw === "object" && raw !== null);
  const isByName = isRecord(source) && !("block" in raw);
  if ("block" in raw || isRecord(raw[0])) {
    const { rawFeatures } = await import("../data/preprocessing/raw-rows.js");
    const names = model.inputs.map(({ name }) => name);
    const { rows, parts } = rawFeatures(preprocessing, raw, names);
    return packRows(rows, parts);
  }
  if (isByName || model.inputs.length > 1) return namedFeatures(source, model, isByName);
  const given = source as Float32Array | Uint32Array | number[][];
  const size = sizeOf(input);
  const rows = ArrayBuffer.isView(given) ? given.length / size : given.length;
  if (!Number.isInteger(rows)) throw model.shapeError([given.length]);
  if (rows === 0) throw new DataError("predict: there are no rows. Give at least one row.");
  const isFlat = ArrayBuffer.isView(given) || given[0]?.length === size;
  const { values, shape } = readFeatures("predict", given, rows, isFlat ? input : undefined);
  requireFinite("predict: features", values, size);
  checkSamples(model, { shape, features: values });
  return values;
}

/** Rows of all inputs, of features by name. */
function namedFeatures(source: FeatureSource, model: Model, isByName: boolean): Float32Array<ArrayBuffer> {
  if (!isByName) return featuresFor(model, { inputs: undefined, features: new Float32Array(), shape: [] });
  const given = Object.entries(source as Named<Features>);
  const wanted = new Map(model.inputs.map(({ name, shape }) => [name, shape]));
  const [[first, { length }]] = given.length > 0 ? given : [["", { length: 0 }]];
  const rows = ArrayBuffer.isView(given[0]?.[1]) ? length / sizeOf(wanted.get(first) ?? [1]) : length;
  if (!(Number.isInteger(rows) && rows > 0)) {
    throw new DataError("predict: there are no rows, or their number can't be told. Give each input its features.");
  }
  const inputs = given.map(([name, values]) => {
    const part = readFeatures(`predict: features.${name}`, values, rows, wanted.get(name));
    requireFinite(`predict: features.${name}`, part.values, sizeOf(part.shape));
    return { name, ...part };
  });
  const parts = inputs.map(({ values, shape }) => ({ values, size: sizeOf(shape) }));
  const width = parts.reduce((sum, { size }) => sum + size, 0);
  return featuresFor(model, { inputs, features: packRows(rows, parts), shape: [width] });
}

/** Whether features are a data set, which alone has labels and a number of rows. */
export const isDataset = (source: FeatureSource): source is Dataset =>
  isRecord(source) && "labels" in source && typeof source.rows === "number";

/** Whether a row is values by the names of columns. */
const isRecord = (row: unknown): boolean =>
  typeof row === "object" && row !== null && !Array.isArray(row) && !ArrayBuffer.isView(row);
