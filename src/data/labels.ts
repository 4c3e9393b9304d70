import { DataError, ShapeError } from "../core/errors.js";
import type { Shape } from "../core/shape.js";
import { flattenRows, requireFinite } from "./features.js";

/** What a model learns to give for each row: class indices, class names, or numbers. */
export type Labels =
  | Uint32Array
  | Uint8Array
  | Float32Array
  | Float64Array
  | readonly number[]
  | readonly string[]
  | readonly ArrayLike<number>[];

/** Labels as a data set keeps them. */
export interface Targets {
  /** Class indices [rows], or numbers [rows, ...targetShape]. */
  labels: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
  /** [] for class indices, [k] for k numbers a row. */
  targetShape: Shape;
  /** One name per class; undefined for numbers. */
  classNames: readonly string[] | undefined;
}

// A class index past this is far more likely a number to predict, or an identifier, than a class.
const MAXIMUM_CLASSES = 2 ** 20;

function numbers(where: string, values: Float32Array<ArrayBuffer>, targetShape: Shape): Targets {
  requireFinite(`${where}: labels`, values, targetShape[0]);
  return { labels: values, targetShape, classNames: undefined };
}

function classIndices(where: string, indices: ArrayLike<number>, classNames: readonly string[] | undefined): Targets {
  const limit = classNames?.length ?? MAXIMUM_CLASSES;
  const labels = new Uint32Array(indices.length);
  let classes = 0;
  for (let row = 0; row < indices.length; row++) {
    const label = indices[row];
    if (typeof label !== "number" || !Number.isInteger(label) || label < 0 || label >= limit) {
      const remedy = classNames
        ? `classNames has ${limit} names: use class indices from 0, or give every class a name.`
        : "Pass a Float32Array to predict numbers, or string[] for classes that are codes.";
      throw new DataError(
        `${where}: labels: row ${row}, counted from 0, must be a class index, an integer from 0 to ${limit - 1}, ` +
          `got ${typeof label === "number" ? label : typeof label}. ${remedy}`,
      );
    }
    labels[row] = label;
    classes = Math.max(classes, label + 1);
  }
  return { labels, targetShape: [], classNames: classNames ?? Array.from({ length: classes }, (_, i) => String(i)) };
}

function namedClasses(where: string, labels: readonly string[], classNames: readonly string[] | undefined): Targets {
  const names = classNames ?? [...new Set(labels)].sort();
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const indices = Uint32Array.from(labels, (label, row) => {
    if (typeof label !== "string") {
      throw new DataError(`${where}: labels: row ${row} is a ${typeof label} where others are text. Use one kind.`);
    }
    const index = indexOf.get(label);
    if (index === undefined) {
      throw new DataError(
        `${where}: labels: row ${row}, counted from 0, is ${JSON.stringify(label.slice(0, 40))}, which classNames ` +
          "doesn't list. Add it to classNames or correct the label.",
      );
    }
    return index;
  });
  return { labels: indices, targetShape: [], classNames: names };
}

function requireNumberKind(where: string, classNames: readonly string[] | undefined): void {
  if (!classNames) return;
  throw new DataError(
    `${where}: classNames was given, but labels are numbers to predict. Pass class indices (Uint32Array) or class ` +
      "names (string[]), or leave classNames out.",
  );
}

/**
 * Decides what the labels are and checks them. Integer arrays and number[] of non-negative integers are class indices,
 * string[] are class names (sorted by code unit when `classNames` is absent), all else is numbers to predict.
 *
 * @param rows - how many; floats without structure are `labels.length / rows` numbers a row
 * @throws DataError when a label is not finite, negative, fractional, out of range or of another kind than the rest;
 * ShapeError when rows of numbers differ in length
 */
export function readLabels(
  where: string,
  labels: Labels,
  classNames: readonly string[] | undefined,
  rows: number,
): Targets {
  if (classNames && (classNames.length === 0 || new Set(classNames).size !== classNames.length)) {
    throw new DataError(`${where}: classNames must hold one or more different names, got ${classNames.length} names.`);
  }
  if (labels instanceof Float32Array || labels instanceof Float64Array) {
    requireNumberKind(where, classNames);
    return numbers(where, new Float32Array(labels), [labels.length / rows]);
  }
  if (ArrayBuffer.isView(labels)) return classIndices(where, labels, classNames);
  const first: unknown = labels[0];
  if (typeof first === "string") return namedClasses(where, labels as readonly string[], classNames);
  if (typeof first === "number") {
    const list = labels as readonly number[];
    if (classNames || list.every((label) => Number.isInteger(label) && label >= 0)) {
      return classIndices(where, list, classNames);
    }
  } else {
    requireNumberKind(where, classNames);
  }
  const { values, shape } = flattenRows(`${where}: labels`, labels);
  if (shape.length > 1 || shape[0] === 0) {
    throw new ShapeError(
      `${where}: labels must hold one or more numbers a row, got rows of shape [${shape.join(", ")}].`,
    );
  }
  return numbers(where, values, shape.length === 0 ? [1] : shape);
}
