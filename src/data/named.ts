import { DataError, ShapeError } from "../core/errors.js";
import { checkArgument } from "../core/options.js";
import { type Shape, sizeOf } from "../core/shape.js";
import type { DatasetSource } from "./dataset.js";
import { columnsOf, type Features, packRows, readFeatures } from "./features.js";
import { type Labels, readLabels, type Targets } from "./labels.js";

/*
 * Features and labels by name, for models of several inputs or outputs. A row has all of them one after the other.
 */

/** Some of a row's numbers. */
export interface NamedFeatures {
  name: string;
  /** For one row. */
  shape: Shape;
}

/** One of several labels of a row. */
export type NamedLabels = { name: string } & Omit<Targets, "labels">;

export type Named<T> = Readonly<Record<string, T>>;

/** Whether it is an object of names: nothing else that is no list, such as a Set, holds what its keys say. */
export const isNamed = <T extends object>(given: T | Named<T>): given is Named<T> =>
  Object.getPrototypeOf(given ?? []) === Object.prototype && Object.keys(given).length > 0;

/** Number of rows, where a part tells. */
function countRows(features: readonly [Features, Shape | undefined][], labels: readonly Labels[]): number {
  const told = [
    ...features.map(([values, shape]) => {
      if (!ArrayBuffer.isView(values)) return (values as { length: number } | undefined)?.length ?? 0;
      return shape ? (values as Float32Array).length / sizeOf(shape) : 0;
    }),
    ...labels.map((values) =>
      values instanceof Float32Array || values instanceof Float64Array ? 0 : (values?.length ?? 0),
    ),
  ];
  return told.find((rows) => rows > 0) ?? labels[0]?.length ?? 0;
}

/** Reads features or labels of which some have names. @throws what `Dataset.from` does, naming the part */
export function readNamed(where: string, source: DatasetSource) {
  const { features, labels, shape, classNames, scale } = source;
  const parts = isNamed<Features & object>(features as object as Features & object)
    ? (features as unknown as Named<Features>)
    : undefined;
  const targets = isNamed(labels as object) ? (labels as Named<Labels>) : undefined;
  const shapeOf = (name: string) => (Array.isArray(shape) ? undefined : (shape as Named<Shape> | undefined)?.[name]);
  const sources = parts
    ? Object.entries(parts).map(([name, values]) => [values, shapeOf(name)] as [Features, Shape | undefined])
    : [[features as Features, shape as Shape | undefined] as [Features, Shape | undefined]];
  const rows = countRows(sources, targets ? Object.values(targets) : [labels as Labels]);
  if (!(Number.isInteger(rows) && rows > 0)) {
    throw new DataError(
      `${where}: there are no rows, or their number can't be told. Give shape: { name: [...] } for flat arrays.`,
    );
  }
  const read = sources.map(([values, wanted], i) => {
    const name = parts ? `: features.${Object.keys(parts)[i]}` : "";
    const factor = typeof scale === "object" && parts ? scale[Object.keys(parts)[i]] : scale;
    return readFeatures(`${where}${name}`, values, rows, wanted, factor as number | undefined);
  });
  const inputs = parts && Object.keys(parts).map((name, i): NamedFeatures => ({ name, shape: read[i].shape }));
  const own = (name: string, given: Labels): NamedLabels & Targets => {
    const names = (Array.isArray(classNames) ? undefined : (classNames as Named<readonly string[]> | undefined))?.[
      name
    ];
    const isList = typeof given === "object" && Number.isInteger(given?.length);
    checkArgument(where, `a list or a typed array as labels.${name}`, given, isList);
    const part = readLabels(`${where}: labels.${name}`, given, names, rows);
    if (part.labels.length === rows * sizeOf(part.targetShape)) return { name, ...part };
    throw new ShapeError(
      `${where}: labels.${name} has ${given.length} rows, the features have ${rows}. Give one per row.`,
    );
  };
  const outputs = targets && Object.entries(targets).map(([name, given]) => own(name, given));
  const packed = read.map(({ values, shape }) => ({ values, size: sizeOf(shape) }));
  const whole = outputs
    ? numbersOf(rows, outputs)
    : readLabels(where, labels as Labels, classNames as readonly string[] | undefined, rows);
  return {
    rows,
    features: packRows(rows, packed),
    shape: read.length === 1 ? read[0].shape : [packed.reduce((sum, { size }) => sum + size, 0)],
    inputs,
    outputs: outputs?.map(({ labels, ...part }) => part),
    ...whole,
    parts: outputs ?? [],
  };
}

/** The largest class index, or other whole number, that floats hold exactly. */
const MOST_EXACT = 2 ** 24;

function numbersOf(rows: number, outputs: readonly (NamedLabels & Targets)[]): Targets {
  const large = outputs.find(({ classes = 0 }) => classes > MOST_EXACT);
  if (large)
    throw new DataError(`Dataset: labels.${large.name} has whole numbers above ${MOST_EXACT}. Give them as numbers.`);
  const packed = outputs.map(({ labels, targetShape }) => ({ values: labels, size: sizeOf(targetShape) }));
  const width = packed.reduce((sum, { size }) => sum + size, 0);
  const labels = packRows(rows, packed);
  return { labels, labelKind: "numbers", targetShape: [width], classes: undefined, classNames: undefined };
}

/** One of the named labels by itself. @param labels - [rows, all of them] */
export function labelsOf(labels: Float32Array<ArrayBuffer>, all: readonly NamedLabels[], place: number): Targets {
  const sizes = all.map(({ targetShape }) => sizeOf(targetShape));
  const sum = (count: number) => sizes.slice(0, count).reduce((total, size) => total + size, 0);
  const { name, ...part } = all[place];
  const own = columnsOf(labels, sum(sizes.length), sum(place), sizes[place]);
  return { ...part, labels: part.labelKind === "numbers" ? own : Uint32Array.from(own) };
}
