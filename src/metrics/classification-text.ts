import { ArgumentError } from "../core/errors.js";
import { checkOptions } from "../core/options.js";
import { shown } from "../core/shown.js";
import type { ClassificationReport, ClassScores } from "./classification.js";

/** Characters as Python counts them: code points, not UTF-16 units. */
function widthOf(text: string): number {
  return [...text].length;
}

function padLeft(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - widthOf(text))) + text;
}

/** Decimals with exact ties to even, as Python prints them (`toFixed` rounds them up): 0.625 is "0.62". */
function decimals(score: number, digits: number): string {
  const unit = 10 ** digits;
  // float64 holds a tie at n decimals exactly: an odd multiple of 2^-(n + 1).
  const isTie = Math.abs(score * 2 ** (digits + 1)) % 2 === 1;
  const below = Math.floor(score * unit);
  return (isTie && below % 2 === 0 ? below / unit : score).toFixed(digits);
}

/** Options of `formatClassificationReport`. */
export interface ReportTextOptions {
  /** Decimals of the scores, 0 to 15. */
  digits?: number;
}

/** @throws ArgumentError when the number of decimals is none */
export function checkDigits(where: string, digits: number): void {
  if (Number.isInteger(digits) && digits >= 0 && digits <= 15) return;
  throw new ArgumentError(`${where}: digits must be a whole number from 0 to 15, got ${shown(digits)}.`);
}

/**
 * The report as the text of sklearn.metrics.classification_report: a line for each class, then accuracy, macro and
 * weighted averages. Every line ends with a line feed, as there.
 *
 * @param options.digits - decimals of the scores; 2, as there
 * @throws ArgumentError when the number of decimals isn't from 0 to 15
 */
export function formatClassificationReport(report: ClassificationReport, options: ReportTextOptions = {}): string {
  checkOptions("formatClassificationReport", options, { digits: true });
  const { digits = 2 } = options;
  checkDigits("formatClassificationReport", digits);
  const width = Math.max("weighted avg".length, digits, ...report.classes.map(({ name }) => widthOf(name)));
  const shown = (score: number) => decimals(score, digits);
  const line = (name: string, ...cells: string[]) =>
    `${padLeft(name, width)} ${cells.map((cell) => ` ${cell.padStart(9)}`).join("")}\n`;
  const scoresLine = (name: string, { precision, recall, f1, support }: ClassScores) =>
    line(name, shown(precision), shown(recall), shown(f1), String(support));
  return [
    line("", "precision", "recall", "f1-score", "support"),
    "\n",
    ...report.classes.map((scores) => scoresLine(scores.name, scores)),
    "\n",
    line("accuracy", "", "", shown(report.accuracy), String(report.macro.support)),
    scoresLine("macro avg", report.macro),
    scoresLine("weighted avg", report.weighted),
  ].join("");
}

/**
 * The confusion matrix as a table: a line for each true class, a column for each predicted one. Every line ends with a
 * line feed.
 *
 * @param matrix - [classes, classes], rows: truth, from `confusionMatrix`
 * @param names - [classes]
 * @throws ArgumentError when the matrix isn't square with a name for each class
 */
export function formatConfusionMatrix(matrix: readonly (readonly number[])[], names: readonly string[]): string {
  const ragged = matrix.findIndex((counts) => counts.length !== names.length);
  if (matrix.length !== names.length || ragged >= 0) {
    const row = ragged >= 0 ? ` (row ${ragged} has ${matrix[ragged].length} counts)` : "";
    throw new ArgumentError(
      `formatConfusionMatrix: ${names.length} names for a matrix of ${matrix.length} rows${row}. ` +
        "Pass the matrix that confusionMatrix() made and one name for each of its classes.",
    );
  }
  const corner = "truth \\ predicted";
  const first = names.reduce((width, name) => Math.max(width, widthOf(name)), corner.length);
  const widths = names.map((name, label) =>
    matrix.reduce((width, counts) => Math.max(width, String(counts[label]).length), widthOf(name)),
  );
  const line = (name: string, cells: readonly string[]) =>
    `${padLeft(name, first)}${cells.map((cell, label) => `  ${padLeft(cell, widths[label])}`).join("")}\n`;
  return line(corner, names) + matrix.map((counts, label) => line(names[label], counts.map(String))).join("");
}
