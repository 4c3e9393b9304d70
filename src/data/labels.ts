import { DataError, ShapeError } from "../core/errors.js";
import { type Shape, sizeOf } from "../core/shape.js";
import { shown } from "../core/shown.js";
import { exactOf, toFloat32 } from "./exact.js";
import { flattenRows, isFiniteOrUnknown, requireFinite } from "./features.js";

/** Labels of rows, [rows] or [rows, ...]: class names, whole numbers, or numbers. */
export type Labels =
  | Uint32Array
  | Int32Array
  | Uint16Array
  | Int16Array
  | Uint8Array
  | Int8Array
  | Uint8ClampedArray
  | Float32Array
  | Float64Array
  | readonly number[]
  | readonly string[]
  | readonly boolean[]
  | readonly ArrayLike<number>[];

/**
 * Kind of labels, as far as it is known. "classes": by name. "integers": whole numbers from 0, which are class indices to
 * a loss of classes and numbers to a loss of numbers. "numbers": neither.
 */
export type LabelKind = "classes" | "integers" | "numbers";

/** Labels as a data set keeps them. */
export interface Targets {
  /** Whole numbers [rows], or numbers [rows, ...targetShape]. */
  labels: Uint32Array<ArrayBuffer> | Float32Array<ArrayBuffer>;
  labelKind: LabelKind;
  /** [] for classes and integers, [k] for k numbers a row. */
  targetShape: Shape;
  /** Of classes and integers: how many indices there are, the highest one included. */
  classes: number | undefined;
  /** Of classes their names; of few integers "0", "1", ...; undefined for numbers. */
  classNames: readonly string[] | undefined;
}

/** Names that nobody gave: they don't make classes of whole numbers. */
const indexNames = new WeakSet<readonly string[]>();
const MOST_INDEX_NAMES = 2 ** 16;

function numbers(where: string, values: Float64Array<ArrayBuffer>, targetShape: Shape): Targets {
  const labels = toFloat32(values);
  // NaN is a label that isn't known: the loss takes it or not.
  requireFinite(`${where}: labels`, labels, sizeOf(targetShape), undefined, isFiniteOrUnknown);
  return { labels, labelKind: "numbers", targetShape, classes: undefined, classNames: undefined };
}

const isIndex = (label: unknown): label is number =>
  typeof label === "number" && Number.isInteger(label) && label >= 0 && label < 2 ** 32;

/** @param least - classes that there are in any case */
function integers(values: ArrayLike<number>, least: number): Targets {
  const labels = Uint32Array.from(values);
  const classes = labels.reduce((most, label) => Math.max(most, label + 1), least);
  const isFew = classes <= MOST_INDEX_NAMES;
  const classNames = isFew ? Object.freeze(Array.from({ length: classes }, (_, i) => String(i))) : undefined;
  if (classNames) indexNames.add(classNames);
  return { labels, labelKind: "integers", targetShape: [], classes, classNames };
}

function indicesOf(where: string, indices: ArrayLike<number>, names: readonly string[]): Targets {
  const labels = new Uint32Array(indices.length);
  for (let row = 0; row < indices.length; row++) {
    const label = indices[row];
    if (!isIndex(label) || label >= names.length) {
      throw new DataError(
        `${where}: labels: row ${row}, counted from 0, must be a class index, an integer from 0 to ` +
          `${names.length - 1}, got ${typeof label === "number" ? label : typeof label}. classNames has ` +
          `${names.length} names: use class indices from 0, or give every class a name.`,
      );
    }
    labels[row] = label;
  }
  return { labels, labelKind: "classes", targetShape: [], classes: names.length, classNames: names };
}

function named(where: string, labels: readonly string[], classNames: readonly string[] | undefined): Targets {
  const names = classNames ?? [...new Set(labels)].sort();
  const indexOf = new Map(names.map((name, index) => [name, index]));
  const indices = Uint32Array.from(labels, (label, row) => {
    if (typeof label !== "string") {
      throw new DataError(`${where}: labels: row ${row} is ${shown(label)} where others are text. Use one kind.`);
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
  return { labels: indices, labelKind: "classes", targetShape: [], classes: names.length, classNames: names };
}

function requireNumberKind(where: string, classNames: readonly string[] | undefined): void {
  if (!classNames) return;
  throw new DataError(
    `${where}: classNames was given, but labels are numbers to predict. Pass class indices (Uint32Array) or class ` +
      "names (string[]), or leave classNames out.",
  );
}

const bigIntegers = (where: string) =>
  new DataError(
    `${where}: labels are 64-bit integers. Turn them into numbers: Array.from(labels, Number), or into text for codes.`,
  );

/** Integer arrays and lists of numbers: one whole number a row where all are, else one number a row. */
function wholeOrNumbers(
  where: string,
  labels: ArrayLike<number>,
  classNames: readonly string[] | undefined,
  least: number,
): Targets {
  if (classNames) return indicesOf(where, labels, classNames);
  let whole = true;
  for (let row = 0; row < labels.length && whole; row++) whole = isIndex(labels[row]);
  if (whole) return integers(labels, least);
  const { values } = flattenRows(`${where}: labels`, labels); // for its errors
  return numbers(where, values, [1]);
}

/**
 * Keeps labels as what they were given as, checked. Text and booleans are classes, named and sorted by code unit where
 * `classNames` is absent; whole numbers from 0 are left to the loss, or class indices where `classNames` is given; all
 * else is numbers to predict.
 *
 * @param rows - how many; floats without structure are `labels.length / rows` numbers a row
 * @throws DataError when a label is infinite, out of range of `classNames` or of another kind than the rest; ShapeError
 * when rows of numbers differ in length
 */
export function readLabels(
  where: string,
  labels: Labels,
  givenNames: readonly string[] | undefined,
  rows: number,
): Targets {
  const classNames = givenNames && indexNames.has(givenNames) ? undefined : givenNames;
  const least = classNames ? 0 : (givenNames?.length ?? 0);
  if (classNames && (classNames.length === 0 || new Set(classNames).size !== classNames.length)) {
    throw new DataError(`${where}: classNames must hold one or more different names, got ${classNames.length} names.`);
  }
  if (labels instanceof Float32Array || labels instanceof Float64Array) {
    requireNumberKind(where, classNames);
    const exact = labels instanceof Float32Array ? exactOf(labels) : labels;
    return numbers(where, new Float64Array(exact), [labels.length / rows]);
  }
  if (ArrayBuffer.isView(labels)) {
    if (typeof (labels[0] as unknown) === "bigint") throw bigIntegers(where);
    const width = labels.length / rows;
    if (width <= 1 || !Number.isInteger(width) || classNames) return wholeOrNumbers(where, labels, classNames, least);
    return numbers(where, Float64Array.from(labels), [width]); // tokens, which a loss takes for classes
  }
  const first: unknown = labels[0];
  if (typeof first === "bigint") throw bigIntegers(where);
  if (typeof first === "string") return named(where, labels as readonly string[], classNames);
  if (typeof first === "boolean" && (labels as readonly unknown[]).every((label) => typeof label === "boolean")) {
    return named(where, Array.from(labels as readonly boolean[], String), classNames ?? ["false", "true"]);
  }
  if (typeof first === "number") return wholeOrNumbers(where, labels as readonly number[], classNames, least);
  requireNumberKind(where, classNames);
  const { values, shape } = flattenRows(`${where}: labels`, labels);
  if (shape.length > 1 || shape[0] === 0) {
    throw new ShapeError(
      `${where}: labels must hold one or more numbers a row, got rows of shape [${shape.join(", ")}].`,
    );
  }
  return numbers(where, values, shape.length === 0 ? [1] : shape);
}

const MOST_NAMED = 5;
/** Past so many, whole numbers are hardly classes, and nobody wants to hear of those that don't occur. */
const MOST_WATCHED = 1000;

/** Warnings on classes: those without rows, and those that differ in case or spaces only. */
export function labelWarnings({ labels, labelKind, classes = 0, classNames }: Targets): string[] {
  if (labelKind === "numbers" || classes > MOST_WATCHED) return [];
  const counts = new Uint32Array(classes);
  for (const label of labels) counts[label]++;
  const nameOf = (label: number) => JSON.stringify((classNames?.[label] ?? String(label)).slice(0, 40));
  const absent = [...counts.keys()].filter((label) => counts[label] === 0);
  const warnings: string[] = [];
  if (absent.length > 0) {
    const listed = absent.slice(0, MOST_NAMED).map(nameOf).join(", ");
    const more = absent.length > MOST_NAMED ? ` and ${absent.length - MOST_NAMED} more` : "";
    const from0 = labelKind === "integers" ? " (classes are numbered from 0)" : "";
    warnings.push(
      `${absent.length > 1 ? "The classes" : "The class"} ${listed}${more} never occur${absent.length > 1 ? "" : "s"}${from0}.`,
    );
  }
  const alike = new Map<string, string>();
  for (const name of (labelKind === "classes" ? classNames : undefined) ?? []) {
    const folded = foldedName(name);
    const other = alike.get(folded);
    if (other === undefined) alike.set(folded, name);
    else
      warnings.push(`The classes ${JSON.stringify(other)} and ${JSON.stringify(name)} differ in case or spaces only.`);
  }
  return warnings;
}

/** A name without its case and the spaces around and between its words. */
export const foldedName = (name: string) => name.trim().replace(/\s+/g, " ").toLowerCase();
