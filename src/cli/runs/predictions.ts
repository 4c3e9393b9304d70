import { csvLine } from "../../data/index.js";
import { escapeFormula } from "../text/spreadsheet.js";
import type { Assessment } from "../training/assess.js";

/** Predictions for some rows, beside the truth. */
export interface Predictions {
  /** Row of the data set, from 1. */
  rows: readonly number[];
  truth: readonly (string | number)[];
  predicted: readonly (string | number)[];
  /** Names of several targets, whose numbers `truth` and `predicted` have row after row. */
  targetNames?: readonly string[];
  /** Probability of each class; only for losses that give probabilities. */
  probabilities?: { classNames: readonly string[]; values: readonly number[][] };
}

/** float32 keeps about seven digits; more would be noise. */
const DIGITS = 7;

export const rounded = (value: number) => Number(value.toPrecision(DIGITS));

/**
 * Predictions with the names of their classes, in the order of the data set's rows.
 *
 * @param rows - row numbers in the data set, from 0; undefined: all in order
 * @param givesProbabilities - whether the loss takes outputs for probabilities
 */
export function predictionsOf(
  { truth, predicted, outputs, targetNames }: Assessment,
  classNames: readonly string[] | undefined,
  rows: ArrayLike<number> | undefined,
  givesProbabilities: boolean,
): Predictions {
  const rowAt = (i: number) => (rows?.[i] ?? i) + 1;
  const width = targetNames?.length ?? 1;
  const order = Array.from({ length: truth.length / width }, (_, i) => i).sort((a, b) => rowAt(a) - rowAt(b));
  const inOrder = <T>(pick: (i: number) => T) => order.map(pick);
  if (!classNames) {
    const each = (values: ArrayLike<number>) =>
      order.flatMap((i) => Array.from({ length: width }, (_, target) => values[i * width + target]));
    return {
      rows: inOrder(rowAt),
      truth: each(truth),
      predicted: each(predicted).map(rounded),
      ...(targetNames && { targetNames }),
    };
  }
  const predictions = {
    rows: inOrder(rowAt),
    truth: inOrder((i) => classNames[truth[i]]),
    predicted: inOrder((i) => classNames[predicted[i]]),
  };
  if (!outputs || !givesProbabilities) return predictions;
  const probabilities = probabilityRows(outputs, classNames.length, truth);
  return { ...predictions, probabilities: { classNames, values: inOrder((i) => probabilities[i]) } };
}

/** Probabilities of each row's classes; of a single output, of no and of yes. */
export function probabilityRows(outputs: Float32Array, classes: number, rows: ArrayLike<unknown>): number[][] {
  const isSingle = outputs.length === rows.length;
  return Array.from(rows, (_, row) =>
    isSingle
      ? [rounded(1 - outputs[row]), rounded(outputs[row])]
      : Array.from(outputs.subarray(row * classes, (row + 1) * classes), rounded),
  );
}

/** A table with a row for each prediction, safe for spreadsheets. */
export function predictionsCsv({ rows, truth, predicted, probabilities, targetNames = [] }: Predictions): string {
  if (targetNames.length > 0) return severalCsv(rows, truth, predicted, targetNames);
  const names = probabilities?.classNames.map((name) => `probability ${name}`) ?? [];
  const cell = (value: string | number) => (typeof value === "string" ? escapeFormula(value) : value);
  const lines = rows.map((row, i) => [row, cell(truth[i]), cell(predicted[i]), ...(probabilities?.values[i] ?? [])]);
  return [["row", "truth", "prediction", ...names], ...lines].map((fields) => csvLine(fields)).join("");
}

/** Columns of truth and prediction for each of several targets. */
function severalCsv(
  rows: readonly number[],
  truth: Predictions["truth"],
  predicted: Predictions["predicted"],
  names: readonly string[],
): string {
  const width = names.length;
  const header = ["row", ...names.map((name) => `truth ${name}`), ...names.map((name) => `prediction ${name}`)];
  const own = (values: Predictions["truth"], i: number) => values.slice(i * width, (i + 1) * width);
  return [header, ...rows.map((row, i) => [row, ...own(truth, i), ...own(predicted, i)])]
    .map((fields) => csvLine(fields))
    .join("");
}
