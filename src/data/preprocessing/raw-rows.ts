import { DataError } from "../../core/errors.js";
import { type RecordList, readRecords } from "../formats/records.js";
import { ColumnRows, ColumnSink, everyRow } from "../table/columns.js";
import { MissingMarks } from "../table/words.js";
import type { BlockSource } from "./pipeline.js";
import { Preprocessing } from "./preprocessing.js";

/** Rows as they are before preprocessing: a table, or records by the names of their columns. */
export type RawRows = BlockSource | RecordList;

/** Reader of raw rows in the way that a model's training rows were read. */
export function rawSink({ columns, missing }: Preprocessing, name: string, rows = 0): ColumnSink {
  const kept = columns.map(({ name, reading, required }) => ({
    name,
    reading,
    gaps: required ? ("refuse" as const) : ("keep" as const),
  }));
  return new ColumnSink(name, kept, new MissingMarks(missing), rows);
}

/** The rows that a sink took. @throws DataError with all cells that can't be read */
export const rawRows = (sink: ColumnSink, name: string): BlockSource =>
  new ColumnRows(name, sink.rows, sink.end(), sink.others);

/**
 * Rows as a program has them, read as a model's training rows were: columns in any order, others passed over.
 *
 * @throws DataError when a column is absent from all rows, or a value can't be read as its column was
 */
export function recordRows(preprocessing: Preprocessing, records: RecordList): BlockSource {
  if (records.length === 0) throw new DataError("There are no rows. Give at least one.");
  const sink = rawSink(preprocessing, "rows", records.length);
  readRecords(records, sink);
  return rawRows(sink, "rows");
}

/** Raw rows as what a model's preprocessing takes. */
export const sourceOf = (preprocessing: Preprocessing, rows: RawRows): BlockSource =>
  "block" in rows ? rows : recordRows(preprocessing, rows);

/**
 * The features of raw rows, by the preprocessing that a model keeps.
 *
 * @param json - as the model has it
 * @param inputs - names of the model's inputs, in its order
 * @returns those of each input, [rows, size]
 * @throws DataError when the model keeps none, or the rows can't be read as those it was trained on
 */
export function rawFeatures(json: Record<string, unknown> | undefined, rows: RawRows, inputs: readonly string[]) {
  if (!json) {
    throw new DataError(
      "The model keeps no preprocessing, so it takes numbers, not raw rows. Train it on a part of a table " +
        "(readTable), or give it features.",
    );
  }
  const preprocessing = Preprocessing.fromJSON(json);
  const source = sourceOf(preprocessing, rows);
  const made = preprocessing.apply(source, everyRow(source.rows));
  const names = inputs.length > 1 ? inputs : Object.keys(made); // a single one may be called as it likes
  const absent = names.find((name) => !Object.hasOwn(made, name));
  if (absent !== undefined) {
    throw new DataError(
      `The model's preprocessing makes ${Object.keys(made).join(", ")} of raw rows, and no "${absent}". Give it features by name.`,
    );
  }
  const parts = names.map((name) => ({ values: made[name].values, size: made[name].names.length }));
  return { rows: source.rows, parts };
}
