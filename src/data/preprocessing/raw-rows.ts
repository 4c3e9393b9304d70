import { DataError } from "../../core/errors.js";
import type { RecordSink } from "../csv/cells.js";
import { type RecordList, readRecords } from "../formats/records.js";
import { ColumnRows, ColumnSink } from "../table/columns.js";
import { MissingMarks } from "../table/words.js";
import type { BlockSource } from "./pipeline.js";
import type { Preprocessing } from "./preprocessing.js";

/** What takes raw rows in the way that a model's training rows were read. */
export function rawSink({ columns, missing }: Preprocessing, name: string, rows = 0): ColumnSink {
  const kept = columns.map((column) => ({ name: column.name, reading: column.reading, gaps: "keep" as const }));
  return new ColumnSink(name, kept, new MissingMarks(missing), rows);
}

/** The rows that a sink took. @throws DataError with all cells that can't be read */
export const rawRows = (sink: ColumnSink, name: string): BlockSource => new ColumnRows(name, sink.rows, sink.end());

/**
 * Rows as a program has them, read as a model's training rows were: columns in any order, others passed over.
 *
 * @throws DataError when a column is absent from all rows, or a value can't be read as its column was
 */
export function recordRows(preprocessing: Preprocessing, records: RecordList): BlockSource {
  if (records.length === 0) throw new DataError("There are no rows. Give at least one.");
  const sink = rawSink(preprocessing, "rows", records.length);
  readRecords(records, sink as RecordSink);
  return rawRows(sink, "rows");
}
