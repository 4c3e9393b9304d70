import { csvLine } from "../../data/index.js";
import { escapeFormula } from "../text/spreadsheet.js";
import type { Assessment } from "../training/assess.js";

/** Predictions for some rows, beside the truth. */
export interface Predictions {
  /** Row of the data set, from 1. */
  rows: readonly number[];
  truth: readonly (string | number)[];
  predicted: readonly (string | number)[];
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
  { truth, predicted, outputs }: Assessment,
  classNames: readonly string[] | undefined,
  rows: ArrayLike<number> | undefined,
  givesProbabilities: boolean,
): Predictions {
  const rowAt = (i: number) => (rows?.[i] ?? i) + 1;
  const order = Array.from(truth, (_, i) => i).sort((a, b) => rowAt(a) - rowAt(b));
  const inOrder = <T>(pick: (i: number) => T) => order.map(pick);
  if (!classNames) {
    return {
      rows: inOrder(rowAt),
      truth: inOrder((i) => truth[i]),
      predicted: inOrder((i) => rounded(predicted[i])),
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
export function predictionsCsv({ rows, truth, predicted, probabilities }: Predictions): string {
  const names = probabilities?.classNames.map((name) => `probability ${name}`) ?? [];
  const cell = (value: string | number) => (typeof value === "string" ? escapeFormula(value) : value);
  const lines = rows.map((row, i) => [row, cell(truth[i]), cell(predicted[i]), ...(probabilities?.values[i] ?? [])]);
  return [["row", "truth", "prediction", ...names], ...lines].map((fields) => csvLine(fields)).join("");
}
