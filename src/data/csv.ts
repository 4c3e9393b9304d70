import { ArgumentError, DataError } from "../core/errors.js";
import { cellName, isDecimal, isNotFiniteWord, numberAt, numbersOf, textAt } from "./csv-number.js";
import { type CsvSource, type CsvTable, listColumns, parseCsv, shorten } from "./csv-table.js";
import { Dataset } from "./dataset.js";

export type { CsvSource } from "./csv-table.js";

export interface CsvOptions {
  /** Name of the column to predict. */
  target: string;
  /**
   * "auto" (default): text is classes; integers with at most 20 different values are classes; other numbers are
   * regression targets.
   */
  task?: "auto" | "classification" | "regression";
  /** One character; found from the header (`,` `;` or tab) when absent. */
  delimiter?: string;
  /** What messages and the data set call the file. Default "CSV". */
  name?: string;
  /** Columns to learn from, in this order; all but the target and the weights when absent. */
  featureNames?: readonly string[];
  /** Column of sample weights (see `Dataset.weights`), which is not learned from. */
  weights?: string;
  /** The classes, in this order, as a trained model knows them; found in the file when absent. */
  classNames?: readonly string[];
}

export interface CsvFeaturesOptions {
  /** Columns to read, in the order that the model was trained with; other columns are ignored. */
  featureNames: readonly string[];
  delimiter?: string;
  name?: string;
}

export interface CsvFeatures {
  /** [rows, featureNames.length], row-major. */
  features: Float32Array<ArrayBuffer>;
  rows: number;
  /** What stands between the fields of the file. */
  delimiter: string;
  /** Names of all columns of the file. */
  header: string[];
  /** The fields of every row as they stand in the file, without the header. */
  records: string[][];
}

const MOST_INTEGER_CLASSES = 20;
// Longer numbers can't all be told apart as float64, so they stay text.
const LONGEST_EXACT_NUMBER = 15;

function columnOf(table: CsvTable, column: string): number {
  const index = table.header.indexOf(column);
  if (index >= 0) return index;
  throw new DataError(
    `${table.name}: there is no column ${shorten(column)}. Use one of its columns: ${listColumns(table.header)}.`,
  );
}

function looksLikeClasses(texts: readonly string[]): boolean {
  const decimals = texts.filter(isDecimal).length;
  if (decimals === 0) return true;
  if (decimals === texts.length) {
    const values = new Set(texts.map(Number));
    return values.size <= MOST_INTEGER_CLASSES && [...values].every(Number.isInteger);
  }
  // Numbers and text: codes such as "1", "2", "other" are few; else text is a slip in a column of numbers.
  return new Set(texts).size <= MOST_INTEGER_CLASSES;
}

/** One name for each way to write a number: 1, 1.0 and +1 are the same class. */
function canonical(text: string): string {
  return isDecimal(text) && text.length <= LONGEST_EXACT_NUMBER ? String(Number(text) + 0) : text;
}

function sortedClasses(names: readonly string[]): string[] {
  const classes = [...new Set(names)].sort();
  return classes.every(isDecimal) ? classes.sort((a, b) => Number(a) - Number(b)) : classes;
}

function readClasses(
  table: CsvTable,
  column: number,
  texts: readonly string[],
  known: readonly string[] | undefined,
): { labels: string[]; classNames: readonly string[] } {
  const numeric = texts.every((text) => isDecimal(text) || isNotFiniteWord(text));
  const labels = texts.map((text, record) => {
    if (numeric || isNotFiniteWord(text)) numberAt(table, record, column); // for its errors
    const label = known?.includes(text) || !numeric ? text : canonical(text);
    if (known && !known.includes(label)) {
      throw new DataError(
        `${cellName(table, record, column)}: ${shorten(text)} isn't one of the classes ${listColumns(known)}.`,
      );
    }
    return label;
  });
  const classNames = known ?? sortedClasses(labels);
  if (!known && classNames.length === 1) {
    const asNumber = Number.isFinite(Number(classNames[0])) ? ', or take task: "regression" for a number' : "";
    throw new DataError(
      `${table.name}: column ${shorten(table.header[column])} holds a single class, ${shorten(classNames[0])}, in every ` +
        `row: there is nothing to tell apart. Add rows of another class${asNumber}.`,
    );
  }
  return { labels, classNames };
}

/** A column of weights, checked here for an error that names the line. */
function weightsOf(table: CsvTable, column: number): Float64Array<ArrayBuffer> {
  const weights = numbersOf(table, [column]);
  const bad = weights.findIndex((weight) => weight < 0);
  if (bad < 0) return weights;
  throw new DataError(`${cellName(table, bad, column)}: a weight must be 0 or more, got ${weights[bad]}.`);
}

/**
 * A data set from a CSV file with a header. Every column but the target must be numbers.
 *
 * @returns samples of shape [columns]; class labels or one number a row
 * @throws DataError naming line and column, with the remedy, when the file can't be used
 */
export function readCsv(source: CsvSource, options: CsvOptions): Dataset {
  const { target, task = options.classNames ? "classification" : "auto", name = "CSV", weights } = options;
  if (!["auto", "classification", "regression"].includes(task)) {
    throw new ArgumentError(`readCsv: task must be "auto", "classification" or "regression", got ${shorten(task)}.`);
  }
  if (options.classNames && task === "regression") {
    throw new ArgumentError('readCsv: classNames are for classes; leave them out, or pass task: "classification".');
  }
  const table = parseCsv(source, name, options.delimiter);
  const targetColumn = columnOf(table, target);
  const featureNames = options.featureNames ?? table.header.filter((column) => column !== target && column !== weights);
  if (featureNames.includes(target)) {
    throw new ArgumentError(`readCsv: the target ${shorten(target)} can't be one of the featureNames as well.`);
  }
  if (weights !== undefined && (weights === target || featureNames.includes(weights))) {
    throw new ArgumentError(`readCsv: the weights ${shorten(weights)} can't be the target or a feature as well.`);
  }
  if (featureNames.length === 0) {
    throw new DataError(
      `${name}: there is no column besides the target ${shorten(target)}. Add columns to learn from.`,
    );
  }
  const columns = featureNames.map((column) => columnOf(table, column));
  const texts = table.records.map((_, record) => textAt(table, record, targetColumn));
  const common = {
    features: numbersOf(table, columns),
    shape: [columns.length],
    featureNames,
    targetName: target,
    ...(weights !== undefined && { weights: weightsOf(table, columnOf(table, weights)) }),
    name,
  };
  if (task === "classification" || (task === "auto" && looksLikeClasses(texts))) {
    return Dataset.from({ ...common, ...readClasses(table, targetColumn, texts, options.classNames) });
  }
  const remedy = 'Correct it, or pass task: "classification" if the column holds classes.';
  return Dataset.from({ ...common, labels: numbersOf(table, [targetColumn], remedy) });
}

/**
 * The features of a CSV file to predict for, with or without a target column; columns are found by name.
 *
 * @throws DataError naming line and column, with the remedy, when the file can't be used
 */
export function readCsvFeatures(source: CsvSource, options: CsvFeaturesOptions): CsvFeatures {
  const { featureNames, delimiter, name = "CSV" } = options;
  if (featureNames.length === 0)
    throw new ArgumentError("readCsvFeatures: featureNames must name at least one column.");
  const table = parseCsv(source, name, delimiter);
  const columns = featureNames.map((column) => columnOf(table, column));
  const { header, records } = table;
  return {
    features: new Float32Array(numbersOf(table, columns)),
    rows: records.length,
    delimiter: table.delimiter,
    header,
    records,
  };
}
