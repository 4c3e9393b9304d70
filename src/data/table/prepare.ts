import { DataError } from "../../core/errors.js";
import type { OptionNames } from "../../core/options.js";
import type { Dataset } from "../dataset.js";
import type { Targets } from "../labels.js";
import type { Pipeline } from "../preprocessing/pipeline.js";
import { FEATURES, Preprocessing, type RawColumn } from "../preprocessing/preprocessing.js";
import { splitRows, strataOf } from "../split.js";
import { everyRow } from "./columns.js";
import { rangeOf } from "./outliers.js";
import { type DefaultPipelineOptions, defaultPipeline } from "./pipeline.js";
import { type ColumnTable, targetCoding } from "./targets.js";

type ClassLabels = Pick<Targets, "labels" | "classes">;

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

export const PREPARE: OptionNames<PrepareOptions> = {
  pipeline: true,
  scaleTarget: "switch",
  scale: true,
  impute: true,
  indicators: "switch",
  tokens: true,
};
export const SPLIT: OptionNames<TableSplitOptions> = {
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

/** Preprocessing of a table's columns, measured on the rows to train on. @param missing - marks of gaps that were given */
export function fitted(
  table: ColumnTable,
  train: Uint32Array,
  missing: readonly string[],
  { scale, impute, indicators, tokens, scaleTarget = true, pipeline: given }: PrepareOptions,
): Preprocessing {
  const pipeline = given ?? defaultPipeline(table.columns, { scale, impute, indicators, tokens });
  const pipelines = (Array.isArray(pipeline) ? { [FEATURES]: pipeline } : pipeline) as Record<string, Pipeline>;
  const target = targetCoding(table, train, scaleTarget);
  const targetColumns = table.columns.flatMap(({ name, reading, role }) =>
    role === "target" ? [{ name, reading: reading! }] : [],
  );
  return Preprocessing.fit(table, train, pipelines, {
    columns: measured(table, train),
    missing,
    target,
    targetColumns,
  });
}

/** Features with the range of their numbers in the training rows. */
function measured(table: ColumnTable, train: Uint32Array): RawColumn[] {
  return table.columns.flatMap(({ name, reading, role }): RawColumn[] => {
    if (!reading || role !== "feature") return [];
    const range = reading.kind === "number" && rangeOf(table.values(name, train) as Float64Array);
    return [{ name, reading, ...(range && { range }) }];
  });
}

/**
 * Row numbers of the parts of a split.
 *
 * @param classes - the classes of all rows, whose proportions every part keeps; undefined where they needn't
 */
export function partRows(
  rows: number,
  classes: ClassLabels | undefined,
  { test, validation, seed }: { test: number; validation: number; seed: number },
) {
  const strata = classes?.labels instanceof Uint32Array ? strataOf(classes.labels, classes.classes!) : undefined;
  if (classes && !strata)
    throw new DataError("split: stratify needs classes, but the target is numbers. Leave stratify out.");
  if (test > 0) return splitRows(rows, { test, validation: validation || undefined, seed }, strata);
  if (validation === 0) return { train: [...everyRow(rows)], test: [], validation: [] };
  const parts = splitRows(rows, { test: validation, validation: undefined, seed }, strata);
  return { train: parts.train, test: [], validation: parts.test };
}
