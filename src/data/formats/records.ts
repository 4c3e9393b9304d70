import { DataError } from "../../core/errors.js";
import { checkArgument } from "../../core/options.js";
import { shown } from "../../core/shown.js";
import { type Cells, decimalOf, isCode, isGrouped, type RecordSink } from "../csv/cells.js";
import type { Reading } from "../csv/reader.js";
import { trimmed } from "../csv/text.js";

/** Rows as a program has them: values by the names of their columns. */
export type RecordList = readonly Readonly<Record<string, unknown>>[];

/** A record whose cells are values of a program: numbers, text, booleans, dates, null. */
export class ValueCells implements Cells {
  line = 0;
  #values: ArrayLike<unknown> = [];

  /** @param line - the record's number, counted from 1 */
  set(values: ArrayLike<unknown>, line: number): this {
    this.#values = values;
    this.line = line;
    return this;
  }

  get count(): number {
    return this.#values.length;
  }

  number(column: number): number {
    const value = this.#values[column];
    if (typeof value === "number") return value;
    if (typeof value === "bigint") return Number(value);
    return typeof value === "string" ? decimalOf(value) : Number.NaN;
  }

  isNumber(column: number): boolean {
    return typeof this.#values[column] === "number";
  }

  isCode(column: number): boolean {
    const value = this.#values[column];
    if (typeof value === "bigint") return !Number.isSafeInteger(Number(value));
    return typeof value === "string" && isCode(value);
  }

  isGrouped(column: number): boolean {
    const value = this.#values[column];
    return typeof value === "string" && isGrouped(value);
  }

  isNested(column: number): boolean {
    const value = this.#values[column];
    return typeof value === "object" && value !== null && !(value instanceof Date);
  }

  text(column: number): string {
    return trimmed(this.raw(column));
  }

  raw(column: number): string {
    const value = this.#values[column];
    if (typeof value === "string") return value;
    if (value === null || value === undefined || Number.isNaN(value)) return "";
    if (value instanceof Date) return Number.isNaN(value.getTime()) ? "" : value.toISOString();
    return typeof value === "object" ? JSON.stringify(value, plain) : String(value);
  }
}

/** JSON has no integers of 64 bits. */
const plain = (_: string, value: unknown) => (typeof value === "bigint" ? String(value) : value);

/** Whether a value is a list of rows as a program has them. */
export const areRecords = (value: unknown): value is RecordList =>
  Array.isArray(value) &&
  value.length > 0 &&
  typeof value[0] === "object" &&
  value[0] !== null &&
  !Array.isArray(value[0]) &&
  !ArrayBuffer.isView(value[0]);

/** Reads records; columns come in the order in which they first occur. @throws DataError when one isn't an object */
export function readRecords(records: RecordList, sink: RecordSink): Reading {
  checkArgument("tableFromRecords", "a list of objects, such as [{ age: 22 }]", records, Array.isArray(records));
  const header = new Set<string>();
  records.forEach((record, row) => {
    if (typeof record !== "object" || record === null || Array.isArray(record)) {
      throw new DataError(`Row ${row}, counted from 0, must be an object such as { age: 22 }, got ${shown(record)}.`);
    }
    for (const name in record) header.add(name);
  });
  const names = [...header];
  sink.begin(names);
  const cells = new ValueCells();
  records.forEach((record, row) => {
    sink.record(
      cells.set(
        names.map((name) => record[name]),
        row + 1,
      ),
    );
  });
  return { delimiter: ",", notes: [] };
}
