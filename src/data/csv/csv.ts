import { ArgumentError, DataError } from "../../core/errors.js";
import { checkArgument, checkOptions, type OptionNames } from "../../core/options.js";
import { Dataset } from "../dataset.js";
import { toFloat32 } from "../exact.js";
import { sortedNames } from "../preprocessing/steps.js";
import { ColumnSink, type ColumnValues, type NameStore, type ReadColumn } from "../table/columns.js";
import type { NumberStore } from "../table/number-store.js";
import { namesIn } from "../table/options.js";
import { Survey } from "../table/survey.js";
import { targetKind } from "../table/target-kind.js";
import { MissingMarks } from "../table/words.js";
import type { RecordSink } from "./cells.js";
import { type CsvSource, type Reading, readSource } from "./reader.js";
import { listNames, shorten } from "./text.js";

/** Options of `readCsv`. */
export interface ReadCsvOptions {
  /** Name of the column to predict. */
  target: string;
  /**
   * "auto" (default): text is classes where few texts are; whole numbers with at most 20 different values that repeat are
   * classes; other numbers are regression targets.
   */
  task?: "auto" | "classification" | "regression";
  /** One character; found in the file when absent. */
  delimiter?: string;
  /** Name of the file in messages, and of the data set. Default "CSV". */
  name?: string;
  /** Columns to learn from, in this order; all but the target and the weights when absent. */
  featureNames?: readonly string[];
  /** Column of sample weights (see `Dataset.weights`), which is not learned from. */
  weights?: string;
  /** The classes, in this order, as a trained model knows them; found in the file when absent. One called NA is no gap then. */
  classNames?: readonly string[];
}

const CSV: OptionNames<ReadCsvOptions> = {
  target: true,
  task: true,
  delimiter: true,
  name: true,
  featureNames: true,
  weights: true,
  classNames: true,
};

/** Rows written at a time: so many of a wide table stay in a processor's cache. */
const ROWS_AT_A_TIME = 64;

/** Row-major features from columns of numbers: float64 where float32 rounds. */
function featuresOf(
  stores: readonly NumberStore[],
  rows: number,
): Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer> {
  const single = new Float32Array(rows * stores.length);
  if (writeRows(stores, rows, single)) return single;
  const double = new Float64Array(rows * stores.length);
  writeRows(stores, rows, double);
  return double;
}

/** Whether each number came out as it was. */
function writeRows(stores: readonly NumberStore[], rows: number, out: Float32Array | Float64Array): boolean {
  const width = stores.length;
  let isExact = true;
  for (let first = 0; first < rows; first += ROWS_AT_A_TIME) {
    const last = Math.min(rows, first + ROWS_AT_A_TIME);
    for (let column = 0; column < width; column++) {
      const store = stores[column];
      for (let row = first, to = first * width + column; row < last; row++, to += width) {
        const value = store.at(row);
        out[to] = value;
        if (out[to] !== value) isExact = false;
      }
    }
  }
  return isExact;
}

/**
 * A data set from a CSV file with a header. Every column but the target must be numbers; for names, dates and gaps
 * there
 * is `readTable`.
 *
 * @returns samples of shape [columns]; class labels or one number a row
 * @throws DataError naming lines and columns, with the remedy, when the file can't be used
 * @throws ArgumentError when an option is unknown or out of range
 */
export function readCsv(source: CsvSource, options: ReadCsvOptions): Dataset {
  checkOptions("readCsv", options, CSV);
  const isTold = typeof options?.target === "string";
  checkArgument(
    "readCsv",
    'the column to predict as target: readCsv(text, { target: "species" })',
    options?.target,
    isTold,
  );
  const { target, task = options.classNames ? "classification" : "auto", name = "CSV", weights, classNames } = options;
  if (!["auto", "classification", "regression"].includes(task)) {
    throw new ArgumentError(`readCsv: task must be "auto", "classification" or "regression", got ${shorten(task)}.`);
  }
  if (classNames && task === "regression") {
    throw new ArgumentError('readCsv: classNames are for classes; leave them out, or pass task: "classification".');
  }
  const marks = new MissingMarks();
  const survey = new Survey(marks, [target], namesIn({ target, classNames }));
  const reading = readSource(source, survey, { name, delimiter: options.delimiter, strict: true });
  const header = survey.columns.map((column) => column.name);
  const featureNames = options.featureNames ?? header.filter((column) => column !== target && column !== weights);
  requireColumns(name, header, [target, ...featureNames, ...(weights === undefined ? [] : [weights])]);
  if (survey.rows === 0) throw new DataError(`${name}: there is a header but no rows below it. Add at least one row.`);
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
  const columns = numberColumns(featureNames);
  if (weights !== undefined) columns.push({ ...numberColumns([weights])[0], isWeight: true });
  const faults: string[] = [];
  columns.push(targetColumn(survey, options, task, reading, faults));
  // Cells that can't be read are told first, by line; then what the target as a whole isn't fit for.
  const stores = readColumns(source, columns, survey.rows, marks, options);
  if (faults.length > 0) throw new DataError(`${name}: ${faults.join(" ")}`);
  const labels = stores.get(target)!;
  return Dataset.from({
    features: featuresOf(
      featureNames.map((feature) => stores.get(feature) as NumberStore),
      survey.rows,
    ),
    shape: [featureNames.length],
    featureNames,
    targetName: target,
    name,
    ...(weights !== undefined && { weights: weightsOf(stores.get(weights) as NumberStore) }),
    ...("names" in labels ? namesOf(labels, classNames) : { labels: featuresOf([labels], survey.rows) }),
  });
}

const namesOf = (store: NameStore, classNames: readonly string[] | undefined) => ({
  labels: Array.from({ length: store.length }, (_, row) => store.at(row)!),
  classNames: classNames ?? sortedNames(store.names),
});

const numberColumns = (names: readonly string[]): ReadColumn[] =>
  names.map((name) => ({ name, reading: { kind: "number" }, gaps: "refuse" }));

function requireColumns(table: string, header: readonly string[], names: readonly string[]): void {
  const known = new Set(header);
  const absent = names.find((name) => !known.has(name));
  if (absent === undefined) return;
  throw new DataError(`${table}: there is no column ${shorten(absent)}. Use one of its columns: ${listNames(header)}.`);
}

function targetColumn(
  survey: Survey,
  options: ReadCsvOptions,
  task: ReadCsvOptions["task"],
  { delimiter }: Reading,
  faults: string[],
): ReadColumn {
  const { target, classNames } = options;
  const column = survey.columns.find(({ name }) => name === target)!;
  const { reading = { kind: "category" } } = targetKind(column, {
    options: { task, classNames },
    signs: { delimiter },
    faults,
  });
  return { name: target, reading, gaps: "refuse", ...(classNames && { names: new Set(classNames) }) };
}

function readColumns(
  source: CsvSource,
  columns: readonly ReadColumn[],
  rows: number,
  marks: MissingMarks,
  { name = "CSV", delimiter }: Pick<ReadCsvOptions, "name" | "delimiter">,
): Map<string, ColumnValues> {
  const sink = new ColumnSink(name, columns, marks, rows);
  readSource(source, sink, { name, delimiter, strict: true });
  return sink.end();
}

const weightsOf = (store: NumberStore) => Float64Array.from({ length: store.length }, (_, row) => store.at(row));

/** Options of `readCsvFeatures`. */
export interface CsvFeaturesOptions {
  /** Columns to read, in the order that the model was trained with; other columns are ignored. */
  featureNames: readonly string[];
  delimiter?: string;
  name?: string;
}

/** Features of a CSV file, with its texts; see `readCsvFeatures`. */
export interface CsvFeatures {
  /** [rows, featureNames.length], row-major. */
  features: Float32Array<ArrayBuffer>;
  /** Rows of the file, without the header. */
  rows: number;
  /** Delimiter between the fields of the file. */
  delimiter: string;
  /** Names of all columns of the file. */
  header: string[];
  /** The fields of every row as they stand in the file, without the header. */
  records: string[][];
}

/** The fields of a CSV file as they stand in it. */
export interface CsvTexts {
  delimiter: string;
  header: string[];
  records: string[][];
}

/** The names of a CSV file's columns, of its first lines alone; none where they can't be read. */
export function csvHeader(source: CsvSource): readonly string[] {
  let header: readonly string[] = [];
  const sink: RecordSink = {
    begin(names) {
      header = names;
    },
    record() {},
  };
  try {
    readSource(source.slice(0, 2 ** 16), sink, { name: "CSV" });
  } catch {
    // The lines below may be faulty, or the last one cut off.
  }
  return header;
}

/**
 * All fields of a CSV file as text.
 *
 * @throws DataError naming the line when the file isn't CSV
 * @throws ArgumentError on an option that there isn't
 */
export function readCsvTexts(source: CsvSource, options: { delimiter?: string; name?: string } = {}): CsvTexts {
  checkOptions("readCsvTexts", options, { delimiter: true, name: true });
  let header: string[] = [];
  const records: string[][] = [];
  const sink: RecordSink = {
    begin(names) {
      header = [...names];
    },
    record(cells) {
      records.push(Array.from({ length: cells.count }, (_, i) => cells.raw(i)));
    },
  };
  const { name = "CSV", delimiter } = options;
  const reading = readSource(source, sink, { name, delimiter, strict: true });
  if (records.length === 0)
    throw new DataError(`${name}: there is a header but no rows below it. Add at least one row.`);
  return { delimiter: reading.delimiter, header, records };
}

/**
 * The numeric features of a CSV file to predict for, with or without a target column; columns are found by name.
 *
 * @returns `features` [rows, features]
 * @throws DataError naming lines and columns, with the remedy, when the file can't be used
 * @throws ArgumentError when an option is unknown or out of range
 */
export function readCsvFeatures(source: CsvSource, options: CsvFeaturesOptions): CsvFeatures {
  checkOptions("readCsvFeatures", options, { featureNames: true, delimiter: true, name: true });
  const isTold = Array.isArray(options?.featureNames);
  checkArgument("readCsvFeatures", "the columns to read as featureNames, a list", options?.featureNames, isTold);
  const { featureNames, delimiter, name = "CSV" } = options;
  if (featureNames.length === 0) {
    throw new ArgumentError("readCsvFeatures: featureNames must name at least one column.");
  }
  const texts = readCsvTexts(source, { name, delimiter });
  requireColumns(name, texts.header, featureNames);
  const rows = texts.records.length;
  const stores = readColumns(source, numberColumns(featureNames), rows, new MissingMarks(), options);
  const features = featuresOf(
    featureNames.map((feature) => stores.get(feature) as NumberStore),
    rows,
  );
  return { features: features instanceof Float64Array ? toFloat32(features) : features, rows, ...texts };
}
