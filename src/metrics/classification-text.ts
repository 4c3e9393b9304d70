import { ArgumentError } from "../core/errors.js";
import type { ClassificationReport, ClassScores } from "./classification.js";

/** Characters as Python counts them: code points, not UTF-16 units. */
function widthOf(text: string): number {
  return [...text].length;
}

function padLeft(text: string, width: number): string {
  return " ".repeat(Math.max(0, width - widthOf(text))) + text;
}

/** Two decimals, exact ties to even as Python prints them (`toFixed` rounds them up): 0.625 is "0.62". */
function twoDecimals(score: number): string {
  const eighths = score * 8; // the only ties at two decimals are odd eighths
  return eighths % 4 === 1 ? (score - 0.005).toFixed(2) : score.toFixed(2);
}

/**
 * The report as the text of sklearn.metrics.classification_report: a line for each class, then accuracy, macro and
 * weighted averages, scores with two decimals. Every line ends with a line feed, as there.
 */
export function formatClassificationReport(report: ClassificationReport): string {
  const width = Math.max("weighted avg".length, ...report.classes.map(({ name }) => widthOf(name)));
  const line = (name: string, ...cells: string[]) =>
    `${padLeft(name, width)} ${cells.map((cell) => ` ${cell.padStart(9)}`).join("")}\n`;
  const scoresLine = (name: string, { precision, recall, f1, support }: ClassScores) =>
    line(name, twoDecimals(precision), twoDecimals(recall), twoDecimals(f1), String(support));
  return [
    line("", "precision", "recall", "f1-score", "support"),
    "\n",
    ...report.classes.map((scores) => scoresLine(scores.name, scores)),
    "\n",
    line("accuracy", "", "", twoDecimals(report.accuracy), String(report.macro.support)),
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
