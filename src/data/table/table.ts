import { DataError } from "../../core/errors.js";
import { checkOptions, type OptionNames } from "../../core/options.js";
import { listNames, shorten } from "../csv/text.js";
import { Dataset } from "../dataset.js";
import { packRows } from "../features.js";
import { type FoldOptions, kFolds, type NumberedFold } from "../folds.js";
import { labelWarnings, type Targets } from "../labels.js";
import { momentsOf } from "../moments.js";
import type { Block } from "../preprocessing/block.js";
import type { BlockSource, Pipeline } from "../preprocessing/pipeline.js";
import { FEATURES, Preprocessing, type RawColumn } from "../preprocessing/preprocessing.js";
import { sortedNames } from "../preprocessing/steps.js";
import type { TargetCoding } from "../preprocessing/target.js";
import { textWarnings } from "../preprocessing/text-input.js";
import { splitRows, strataOf } from "../split.js";
import { ColumnRows, type ColumnValues, everyRow } from "./columns.js";
import { formatColumns } from "./format.js";
import type { ColumnInfo } from "./infer.js";
import { type FarNumbers, farNumbers, farWarning, rangeOf } from "./outliers.js";
import { type DefaultPipelineOptions, defaultPipeline } from "./pipeline.js";

/** Options for making a model's features and targets of a table's columns. */
export interface PrepareOptions extends DefaultPipelineOptions {
  /**
   * Columns and steps of one's own in place of the default ones: `[...table.pipeline(), { columns, steps }]`. For a model of
   * several inputs one for each, by the input's name: `{ review: [...], features: [...] }`.
   */
  pipeline?: Pipeline | Readonly<Record<string, Pipeline>>;
  /** Scale numbers to predict to mean 0 and deviation 1. Default true; `predictRows` brings them back. */
  scaleTarget?: boolean;
}

/** Options of `Table.split`. */
export interface TableSplitOptions extends PrepareOptions {
  /** Fraction of all rows that goes to the test part, in [0, 1); 0 for no such part, the default. */
  test?: number;
  /** Fraction of all rows that goes to the validation part. */
  validation?: number;
  /** Keep the proportions of the classes in every part. Default: where there are classes. */
  stratify?: boolean;
  /** Default 0. The same seed gives the same parts. */
  seed?: number;
}

const PREPARE: OptionNames<PrepareOptions> = {
  pipeline: true,
  scaleTarget: "switch",
  scale: true,
  impute: true,
  indicators: "switch",
  tokens: true,
};
const SPLIT: OptionNames<TableSplitOptions> = {
  ...PREPARE,
  test: true,
  validation: true,
  stratify: "switch",
  seed: true,
};

/** Parts of a table, made ready to train on by what was measured on the training part. */
export interface TableSplit {
  train: Dataset;
  test: Dataset | undefined;
  validation: Dataset | undefined;
  preprocessing: Preprocessing;
  /** Row numbers of the parts, in the table. */
  rows: { train: number[]; test: number[]; validation: number[] };
}

/** Parts of a table; `readTable` and `Table.fromRecords` find them. */
export interface TableParts {
  name: string;
  rows: number;
  columns: readonly ColumnInfo[];
  stores: ReadonlyMap<string, ColumnValues>;
  task: "classification" | "regression" | undefined;
  targets: readonly string[];
  classNames: readonly string[] | undefined;
  missing: readonly string[];
  notes: readonly string[];
  warnings?: readonly string[];
}

/**
 * A table as it was published: columns of numbers, names, dates, with gaps. What is learned from each column is in
 * `columns`; nothing is measured on rows until they are split.
 */
export class Table implements BlockSource {
  readonly name: string;
  /** Number of rows, without a header. */
  readonly rows: number;
  /** Kind of each column, with the reason. */
  readonly columns: readonly ColumnInfo[];
  /** Task of predicting the target; undefined if there is no target. */
  readonly task: "classification" | "regression" | undefined;
  readonly targets: readonly string[];
  /** The classes of the target. */
  readonly classNames: readonly string[] | undefined;
  /** Decisions made while reading, in sentences. */
  readonly notes: readonly string[];
  readonly #rows: ColumnRows;
  readonly #missing: readonly string[];
  readonly #found: readonly string[];
  #warnings: readonly string[] | undefined;

  constructor(parts: TableParts) {
    this.name = parts.name;
    this.rows = parts.rows;
    this.columns = parts.columns;
    this.task = parts.task;
    this.targets = parts.targets;
    this.notes = parts.notes;
    this.#rows = new ColumnRows(parts.name, parts.rows, parts.stores);
    this.#missing = parts.missing;
    this.#found = parts.warnings ?? [];
    this.classNames = this.task === "classification" ? this.#classes(parts.classNames) : undefined;
  }

  /** Warnings on the data, such as points that may part thousands, classes that differ in case only, or numbers far from all others of their column. */
  get warnings(): readonly string[] {
    const ofClasses = () => (this.classNames ? this.#classWarnings(this.classNames) : []);
    this.#warnings ??= [...this.#found, ...ofClasses(), ...farWarning(this.#far())];
    return this.#warnings;
  }

  /** Values of some rows of some columns. @throws DataError when there is no such column, or it wasn't read */
  block(columns: readonly string[], rows: ArrayLike<number>): Block {
    return this.#rows.block(columns, rows);
  }

  /**
   * A column's values: numbers (NaN for gaps; dates in milliseconds since 1970) or names (undefined for gaps).
   *
   * @param rows - row numbers; all rows where absent
   * @returns [rows]
   */
  values(column: string, rows?: ArrayLike<number>): Float64Array<ArrayBuffer> | (string | undefined)[] {
    return this.#rows.values(column, rows);
  }

  /**
   * The default steps of the table's features, to be changed or added to.
   *
   * @throws DataError when the table has no features
   */
  pipeline(options: DefaultPipelineOptions = {}): Pipeline {
    return defaultPipeline(this.columns, options);
  }

  /**
   * Random parts that share no row, with preprocessing fitted on the training part alone.
   *
   * @throws ArgumentError for fractions out of range; DataError when a part would be empty or there is no target
   */
  split(
    options: TableSplitOptions & { test: number; validation: number },
  ): TableSplit & { test: Dataset; validation: Dataset };
  split(options: TableSplitOptions & { test: number }): TableSplit & { test: Dataset };
  split(options?: TableSplitOptions): TableSplit;
  split(options: TableSplitOptions = {}): TableSplit {
    checkOptions("Table.split", options, SPLIT);
    const { test = 0, validation = 0, stratify = this.task === "classification", seed = 0, ...prepared } = options;
    return this.prepare(this.#partRows(test, validation, stratify, seed), prepared);
  }

  /**
   * Data sets of given rows, with preprocessing fitted on those to train on.
   *
   * @throws ArgumentError on an option that there isn't
   */
  prepare(rows: { train: number[]; test?: number[]; validation?: number[] }, options: PrepareOptions = {}): TableSplit {
    checkOptions("Table.prepare", options, PREPARE);
    const { train, test = [], validation = [] } = rows;
    const places = Uint32Array.from(train);
    const preprocessing = this.#fit(places, this.#measure(places), options);
    const warnings = [...this.warnings, ...textWarnings(preprocessing)];
    const dataset = (part: number[]) => this.dataset(preprocessing, part, warnings);
    return {
      train: dataset(train),
      test: test.length > 0 ? dataset(test) : undefined,
      validation: validation.length > 0 ? dataset(validation) : undefined,
      preprocessing,
      rows: { train, test, validation },
    };
  }

  /**
   * Row numbers for cross-validation; `prepare` makes data sets of them, with preprocessing fitted for each fold.
   *
   * @throws ArgumentError when an option is out of range; DataError when there are fewer rows or groups than folds
   */
  kFold(options: FoldOptions = {}): NumberedFold[] {
    const groups = this.columns.find(({ role }) => role === "groups");
    const known = groups && (this.values(groups.name) as (string | undefined)[]).map((name) => name ?? "");
    return kFolds(this.#labels(), { ...(known && { groups: known }), ...options });
  }

  /**
   * Rows as a data set that a model with this preprocessing takes.
   *
   * @throws DataError when a cell can't be read
   */
  dataset(
    preprocessing: Preprocessing,
    rows: ArrayLike<number> = everyRow(this.rows),
    warnings: readonly string[] = [],
  ): Dataset {
    const inputs = Object.entries(preprocessing.apply(this, rows)).map(([name, { values, names }]) => ({
      ...{ name, values, names, size: names.length, shape: [names.length] },
    }));
    const isNamed = inputs.length > 1 || inputs[0].name !== FEATURES;
    const features = packRows(rows.length, inputs);
    const weights = this.columns.find(({ role }) => role === "weights");
    // Here the columns to predict may be called otherwise than in training.
    const { targets } = this;
    const coding = preprocessing.target!;
    const target: TargetCoding =
      coding.kind === "classes" ? { ...coding, name: targets[0] } : { ...coding, names: targets };
    return Dataset.own({
      name: this.name,
      rows: rows.length,
      shape: [inputs.reduce((sum, { size }) => sum + size, 0)],
      features,
      ...this.#targetsOf(target, rows),
      weights: weights && Float32Array.from(this.values(weights.name, rows) as Float64Array),
      featureNames: inputs.flatMap(({ names }) => names),
      ...(isNamed && { inputs: inputs.map(({ name, shape }) => ({ name, shape })) }),
      targetName: this.targets.join(", "),
      warnings,
      preprocessing,
    });
  }

  /** The columns as a table of text. */
  toString(): string {
    return formatColumns(this);
  }

  /** Features with the range of their numbers in the training rows. */
  #measure(train: Uint32Array): RawColumn[] {
    return this.columns.flatMap(({ name, reading, role }): RawColumn[] => {
      if (!reading || role !== "feature") return [];
      const range = reading.kind === "number" && rangeOf(this.values(name, train) as Float64Array);
      return [{ name, reading, ...(range && { range }) }];
    });
  }

  /** Numbers that lie far from all others of their column: in any row, as a mark in a row held out spoils the scores. */
  #far(): FarNumbers[] {
    return this.columns.flatMap(({ name, reading, role }) => {
      if (reading?.kind !== "number" || role !== "feature") return [];
      const outside = farNumbers(this.values(name) as Float64Array);
      return outside ? [{ name, ...outside }] : [];
    });
  }

  #fit(train: Uint32Array, columns: RawColumn[], options: PrepareOptions): Preprocessing {
    const { scale, impute, indicators, tokens, scaleTarget = true } = options;
    const pipeline = options.pipeline ?? this.pipeline({ scale, impute, indicators, tokens });
    const pipelines = (Array.isArray(pipeline) ? { [FEATURES]: pipeline } : pipeline) as Record<string, Pipeline>;
    const target = this.#targetCoding(train, scaleTarget);
    const targetColumns = this.columns.flatMap(({ name, reading, role }) =>
      role === "target" ? [{ name, reading: reading! }] : [],
    );
    const rest = { columns, missing: this.#missing, target, targetColumns };
    return Preprocessing.fit(this, train, pipelines, rest);
  }

  #targetCoding(train: Uint32Array, isScaled: boolean): TargetCoding {
    const { targets, classNames } = this;
    if (targets.length === 0)
      throw new DataError(`${this.name}: say which column to predict: readTable(file, { target }).`);
    if (classNames) return { kind: "classes", name: targets[0], classNames };
    const isFlag = (name: string) => this.columns.find((column) => column.name === name)!.reading!.kind === "boolean";
    const scales = targets.map((name) => {
      if (!isScaled || isFlag(name)) return { mean: 0, deviation: 1 };
      const { mean, deviation } = momentsOf(this.values(name, train) as Float64Array);
      return { mean, deviation: deviation || 1 };
    });
    const [mean, deviation] = [scales.map((scale) => scale.mean), scales.map((scale) => scale.deviation)];
    return { kind: "numbers", names: targets, mean, deviation };
  }

  #targetsOf(target: TargetCoding, rows: ArrayLike<number>): Targets {
    if (target.kind === "classes") {
      const { classNames } = target;
      const places = new Map(classNames.map((name, place) => [name, place]));
      const values = this.values(target.name, rows) as string[];
      const labels = Uint32Array.from(values, (name) => placeOf(places, name, this.name));
      return { labels, labelKind: "classes", targetShape: [], classes: classNames.length, classNames };
    }
    const { names, mean, deviation } = target;
    const labels = new Float32Array(rows.length * names.length);
    names.forEach((name, column) => {
      const values = this.values(name, rows) as Float64Array;
      for (let row = 0; row < values.length; row++) {
        labels[row * names.length + column] = (values[row] - mean[column]) / deviation[column];
      }
    });
    return { labels, labelKind: "numbers", targetShape: [names.length], classes: undefined, classNames: undefined };
  }

  /** Class indices of all rows; numbers to predict don't matter to folds. */
  #labels() {
    const { rows, classNames } = this;
    const none = { rows, classes: undefined, labels: new Float32Array(0) };
    if (!classNames) return none;
    const { labels } = this.#targetsOf({ kind: "classes", name: this.targets[0], classNames }, everyRow(rows));
    return { rows, classes: classNames.length, labels };
  }

  #classes(given: readonly string[] | undefined): readonly string[] {
    return given ?? sortedNames(this.values(this.targets[0]) as string[]);
  }

  #classWarnings(classNames: readonly string[]): string[] {
    const targets = this.#targetsOf({ kind: "classes", name: this.targets[0], classNames }, everyRow(this.rows));
    return [...loneWarning(classNames), ...labelWarnings(targets)];
  }

  #partRows(test: number, validation: number, stratify: boolean, seed: number) {
    const { labels, classes } = this.#labels();
    const strata = stratify && labels instanceof Uint32Array ? strataOf(labels, classes!) : undefined;
    if (stratify && !strata)
      throw new DataError("split: stratify needs classes, but the target is numbers. Leave stratify out.");
    if (test > 0) return splitRows(this.rows, { test, validation: validation || undefined, seed }, strata);
    if (validation === 0) return { train: [...everyRow(this.rows)], test: [], validation: [] };
    const parts = splitRows(this.rows, { test: validation, validation: undefined, seed }, strata);
    return { train: parts.train, test: [], validation: parts.test };
  }
}

function placeOf(places: ReadonlyMap<string, number>, name: string, table: string): number {
  const place = places.get(name);
  if (place !== undefined) return place;
  throw new DataError(`${table}: ${shorten(name)} isn't one of the classes ${listNames([...places.keys()])}.`);
}

/** A warning on classes that are numbers but for one, which may be a mark of gaps. */
function loneWarning(classNames: readonly string[]): string[] {
  const words = classNames.filter((name) => !Number.isFinite(Number(name)));
  if (words.length !== 1 || classNames.length < 3) return [];
  const word = JSON.stringify(words[0]);
  return [`The classes are numbers but for ${word}. Give missing: [${word}] where that marks a gap.`];
}
