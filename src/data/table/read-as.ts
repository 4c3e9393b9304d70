import { DataError } from "../../core/errors.js";
import { optionsOf } from "../../core/options.js";
import { shorten } from "../csv/text.js";
import type { Preprocessing } from "../preprocessing/preprocessing.js";
import { type ByteInput, openSource } from "../sources/source.js";
import { ColumnSink, type ReadColumn } from "./columns.js";
import type { ColumnInfo } from "./infer.js";
import { feedOf } from "./read-table.js";
import { Table } from "./table.js";
import { MissingMarks } from "./words.js";

/** Options of `readTableAs`. */
export interface ReadAsOptions {
  /** The column to predict, where it is called otherwise than in training. */
  target?: string;
  weights?: string;
  name?: string;
  /** As of `readTable`; found in the file where absent. */
  delimiter?: string;
  quote?: string;
  header?: boolean;
}

/**
 * Reads a table in the way that a model's training rows were read, with what it predicts: to evaluate the model on.
 *
 * @throws DataError when a column is absent, or a cell can't be read as its column was
 */
export async function readTableAs(
  preprocessing: Preprocessing,
  source: ByteInput,
  options: ReadAsOptions = {},
): Promise<Table> {
  const ofText = { delimiter: undefined, quote: undefined, header: undefined };
  const defaults = { target: undefined, weights: undefined, name: undefined, ...ofText };
  const { target, weights, name, ...text } = optionsOf("readTableAs", options, defaults);
  const { columns, targetColumns, missing } = preprocessing;
  const opened = await openSource(source, name);
  const known = preprocessing.target?.kind === "classes" ? new Set(preprocessing.target.classNames) : undefined;
  const targets = targetColumns.map((column) => ({ ...column, name: target ?? column.name }));
  const read: ReadColumn[] = [
    ...columns.map(({ name, reading }) => ({ name, reading, gaps: "keep" as const })),
    ...targets.map(({ name, reading }) => ({
      name,
      reading,
      gaps: "leave out" as const,
      ...(known && { names: known }),
    })),
    ...(weights === undefined
      ? []
      : [{ name: weights, reading: { kind: "number" as const }, gaps: "leave out" as const, isWeight: true }]),
  ];
  const names = new Set<string>();
  const twice = read.find(({ name }) => names.size === names.add(name).size);
  if (twice)
    throw new DataError(`${opened.name}: ${shorten(twice.name)} can't be a feature and something else as well.`);
  const sink = new ColumnSink(opened.name, read, new MissingMarks(missing), 0);
  const { notes } = await (await feedOf(opened, text))(sink);
  const stores = sink.end();
  if (sink.rows === 0) throw new DataError(`${opened.name}: no row has a value in every column to predict.`);
  const roles = (column: ReadColumn): ColumnInfo["role"] =>
    column.isWeight ? "weights" : column.gaps === "leave out" ? "target" : "feature";
  return new Table({
    name: opened.name,
    rows: sink.rows,
    columns: read.map((column) => ({
      name: column.name,
      kind: column.reading.kind,
      role: roles(column),
      missing: 0,
      different: undefined,
      reason: "as in training",
      reading: column.reading,
    })),
    stores,
    task: known ? "classification" : "regression",
    targets: targets.map((column) => column.name),
    classNames: preprocessing.target?.kind === "classes" ? preprocessing.target.classNames : undefined,
    missing,
    notes,
  });
}
