import { DataError } from "../core/errors.js";
import { type CsvTable, shorten } from "./csv-table.js";

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const NOT_FINITE = /^[+-]?(nan|inf|infinity)$/i;
const DECIMAL_COMMA = /^[+-]?\d+,\d+$/;

/** Whether trimmed text is a decimal number: 12, -0.5, .5, 1e-3; not 0x10, 1_000 or 1,5. */
export function isDecimal(text: string): boolean {
  return DECIMAL.test(text);
}

/** Whether trimmed text is a word for NaN or infinity, as programs write them. */
export function isNotFiniteWord(text: string): boolean {
  return NOT_FINITE.test(text);
}

/** Where a cell stands, for messages. */
export function cellName(table: CsvTable, record: number, column: number): string {
  return `${table.name}: line ${table.lineOf(record)}, column ${shorten(table.header[column])}`;
}

/**
 * The trimmed text of a cell.
 *
 * @throws DataError when it is empty
 */
export function textAt(table: CsvTable, record: number, column: number): string {
  const text = table.records[record][column].trim();
  if (text === "") {
    throw new DataError(`${cellName(table, record, column)} is empty. Fill it in or remove the row.`);
  }
  return text;
}

/**
 * The number in a cell, as float64.
 *
 * @param remedy - what to do about text, where there is more to say than to correct it
 * @throws DataError when the cell is empty, isn't a decimal number, or is beyond float32's range
 */
export function numberAt(table: CsvTable, record: number, column: number, remedy?: string): number {
  const text = textAt(table, record, column);
  if (!DECIMAL.test(text)) {
    const where = cellName(table, record, column);
    if (NOT_FINITE.test(text)) {
      throw new DataError(`${where} is ${shorten(text)}, not a finite number. Fill it in or remove the row.`);
    }
    const advice = DECIMAL_COMMA.test(text)
      ? "Write decimals with a point."
      : (remedy ?? "Correct it, remove the column, or turn it into numbers first.");
    throw new DataError(`${where} must be a decimal number, got the text ${shorten(text)}. ${advice}`);
  }
  const value = Number(text);
  if (!Number.isFinite(Math.fround(value))) {
    const where = cellName(table, record, column);
    throw new DataError(`${where}: ${shorten(text)} is too large for a 32-bit float (3.4e38). Rescale the column.`);
  }
  return value;
}

/**
 * Columns as one row-major array.
 *
 * @param columns - column numbers
 * @returns [records, columns.length]
 * @throws DataError as `numberAt`
 */
export function numbersOf(table: CsvTable, columns: readonly number[], remedy?: string): Float64Array<ArrayBuffer> {
  const values = new Float64Array(table.records.length * columns.length);
  let next = 0;
  for (let record = 0; record < table.records.length; record++) {
    for (const column of columns) values[next++] = numberAt(table, record, column, remedy);
  }
  return values;
}
