import { checkOptions } from "../../core/options.js";
import { Dataset } from "../dataset.js";
import { packRows } from "../features.js";
import { type FoldOptions, kFolds, type NumberedFold } from "../folds.js";
import type { Block } from "../preprocessing/block.js";
import type { BlockSource, Pipeline } from "../preprocessing/pipeline.js";
import type { Preprocessing } from "../preprocessing/preprocessing.js";
import { sortedNames } from "../preprocessing/steps.js";
import type { TargetCoding } from "../preprocessing/target.js";
import { textWarnings } from "../preprocessing/text-input.js";
import { ColumnRows, type ColumnValues, everyRow } from "./columns.js";
import { formatColumns } from "./format.js";
import type { ColumnInfo } from "./infer.js";
import { type DefaultPipelineOptions, defaultPipeline } from "./pipeline.js";
import {
  fitted,
  PREPARE,
  type PrepareOptions,
  partRows,
  SPLIT,
  type TableSplit,
  type TableSplitOptions,
} from "./prepare.js";
import { targetsOf } from "./targets.js";
import { tableWarnings } from "./warnings.js";

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
    this.#warnings ??= [...this.#found, ...tableWarnings(this)];
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
    return this.prepare(
      partRows(this.rows, stratify ? this.#labels() : undefined, { test, validation, seed }),
      prepared,
    );
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
    const preprocessing = fitted(this, places, this.#missing, options);
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
      ...targetsOf(this, target, rows),
      weights: weights && Float32Array.from(this.values(weights.name, rows) as Float64Array),
      featureNames: inputs.flatMap(({ names }) => names),
      ...(preprocessing.isNamed && { inputs: inputs.map(({ name, shape }) => ({ name, shape })) }),
      targetName: this.targets.join(", "),
      warnings,
      preprocessing,
    });
  }

  /** The columns as a table of text. */
  toString(): string {
    return formatColumns(this);
  }

  /** Class indices of all rows; numbers to predict don't matter to folds. */
  #labels() {
    const { rows, classNames } = this;
    const none = { rows, classes: undefined, labels: new Float32Array(0) };
    if (!classNames) return none;
    const { labels } = targetsOf(this, { kind: "classes", name: this.targets[0], classNames }, everyRow(rows));
    return { rows, classes: classNames.length, labels };
  }

  #classes(given: readonly string[] | undefined): readonly string[] {
    return given ?? sortedNames(this.values(this.targets[0]) as string[]);
  }
}
