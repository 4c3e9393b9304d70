import { DataError } from "../../core/errors.js";
import type { RecordSink } from "../csv/cells.js";
import { TextBytes } from "../csv/decode.js";
import type { Reading } from "../csv/reader.js";
import { shorten } from "../csv/text.js";
import type { ByteSource } from "../sources/source.js";
import { type RecordList, ValueCells } from "./records.js";

/** A table may have so many cells, and so many more for each character of its text. */
const FREE_CELLS = 2 ** 18;
const MOST_CELLS = 64;

const READING: Reading = { delimiter: ",", notes: [] };

/** The rows of a JSON text, and what was decided on the way, in sentences. */
export interface JsonRecords {
  records: RecordList;
  notes: string[];
}

/**
 * The records of a JSON text: a list of objects; a list of lists, whose first has the columns' names where all of it is
 * text; an object with a list for each column; or one with such a list of objects among other things, as services answer. By
 * pandas, all but orient="index" and "columns".
 *
 * @throws DataError when it is none of these
 */
export function recordsOfJson(text: string, name: string): JsonRecords {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw notJson(`${name}: it`, text, cause);
  }
  if (areObjects(json)) return { records: json, notes: [] };
  if (areLists(json)) return { records: recordsOfLists(json, name), notes: [] };
  const members = typeof json === "object" && json !== null ? Object.entries(json) : [];
  const { columns, data } = Object.fromEntries(members);
  if (Array.isArray(columns) && areLists(data))
    return { records: recordsOfLists([columns.map(String), ...data], name), notes: [] };
  const lists = members.filter(([, values]) => areObjects(values) && values.length > 0);
  if (lists.length === 1) {
    const [[member, records]] = lists;
    return { records, notes: [`the rows are those of its ${shorten(member)}`] };
  }
  if (lists.length > 1) {
    const listed = lists.map(([member]) => shorten(member)).join(", ");
    throw new DataError(
      `${name}: it holds several lists of objects: ${listed}. Save one of them as a file of its own.`,
    );
  }
  if (members.length > 0 && members.every(([, values]) => Array.isArray(values)))
    return { records: rowsOf(members, name), notes: [] };
  throw new DataError(
    `${name}: the JSON must be a list of objects, such as [{ "age": 22 }, ...], or an object of lists. ${REMEDY}`,
  );
}

const areObjects = (value: unknown): value is RecordList =>
  Array.isArray(value) && value.every((row) => typeof row === "object" && row !== null && !Array.isArray(row));
const areLists = (value: unknown): value is unknown[][] =>
  Array.isArray(value) && value.length > 0 && value.every(Array.isArray);

/** Rows of columns that are lists. @throws DataError when one is longer or shorter */
function rowsOf(columns: readonly [name: string, values: unknown[]][], name: string): RecordList {
  const [[first, { length }]] = columns;
  const other = columns.find(([, values]) => values.length !== length);
  if (other) {
    throw new DataError(
      `${name}: the lists of its columns differ in length: ${shorten(first)} has ${length}, ${shorten(other[0])} has ` +
        `${other[1].length}. ${REMEDY}`,
    );
  }
  return Array.from({ length }, (_, row) =>
    Object.fromEntries(columns.map(([column, values]) => [column, values[row]])),
  );
}

/** Python writes what isn't a number as NaN, which JSON hasn't. */
function notJson(what: string, text: string, cause: unknown): DataError {
  const remedy = /[[:,]\s*(?:NaN|-?Infinity)\b/.test(text)
    ? " Write null for NaN and Infinity, which JSON lacks."
    : /^\s*\{[^{]*\}\s*,?\s*\{/.test(text)
      ? " Objects one after the other need [ before the first, commas between, and ] after the last; or a line for each, and nothing between."
      : "";
  return Object.assign(new DataError(`${what} isn't JSON (${(cause as Error).message}).${remedy}`), { cause });
}

const REMEDY = 'By pandas: df.to_json(path, orient="records").';

/** Rows that are lists: the first names the columns where it is text throughout. @throws DataError when one is longer or shorter */
function recordsOfLists(rows: readonly unknown[][], name: string): RecordList {
  const [first] = rows;
  const isHeader = first.every((value) => typeof value === "string");
  const header = isHeader ? (first as string[]) : first.map((_, i) => `column ${i + 1}`);
  const seen = new Set<string>();
  const twice = header.find((column) => seen.size === seen.add(column).size);
  if (twice !== undefined) throw new DataError(`${name}: two columns are named ${shorten(twice)}. Rename one.`);
  const odd = rows.findIndex((row) => row.length !== header.length);
  if (odd > 0) {
    throw new DataError(
      `${name}: list ${odd + 1} has ${rows[odd].length} values, but the first has ${header.length}. Give all as many.`,
    );
  }
  return rows.slice(isHeader ? 1 : 0).map((row) => Object.fromEntries(header.map((column, i) => [column, row[i]])));
}

/**
 * Reads JSON lines, an object on each, piece by piece. A column that first occurs in a later line is told to the sink.
 *
 * @throws DataError naming the line that isn't an object
 */
export async function readJsonLines(source: ByteSource, sink: RecordSink, known: string[]): Promise<Reading> {
  const bytes = new TextBytes(source.name);
  const places = new Map(known.map((column, place) => [column, place]));
  const cells = new ValueCells();
  let [rest, line, begun] = ["", 0, false];
  let [rows, characters] = [0, 0];
  const take = (text: string) => {
    line++;
    characters += text.length;
    if (text.trim() === "") return;
    const record = parseLine(text, source.name, line);
    const isFirst = !begun;
    if (isFirst) {
      for (const column of Object.keys(record)) if (!places.has(column)) places.set(column, known.push(column) - 1);
      sink.begin(known);
      begun = true;
    }
    for (const column in record) {
      if (places.has(column)) continue;
      places.set(column, known.push(column) - 1);
      sink.column?.(column);
    }
    if (known.length * ++rows > FREE_CELLS + MOST_CELLS * characters) throw tooSparse(source.name, line, known.length);
    sink.record(
      cells.set(
        known.map((column) => record[column]),
        line,
      ),
    );
  };
  for await (const piece of source.pieces()) {
    const lines = bytes.push(piece).split("\n");
    lines[0] = rest + lines[0];
    rest = lines.pop()!;
    for (const text of lines) take(text);
  }
  rest += bytes.end();
  if (rest !== "") take(rest);
  if (!begun) throw new DataError(`${source.name}: there are no rows. Give at least one.`);
  return READING;
}

function tooSparse(name: string, line: number, columns: number): DataError {
  return new DataError(
    `${name}: up to line ${line}, the lines have ${columns} names, nearly all of them in few lines: a table would be empty almost ` +
      'throughout. Give the lines the same names, such as {"name": "k1", "value": 2} for {"k1": 2}.',
  );
}

function parseLine(text: string, name: string, line: number): Record<string, unknown> {
  let record: unknown;
  try {
    record = JSON.parse(text);
  } catch (cause) {
    throw notJson(`${name}: line ${line}`, text, cause);
  }
  if (typeof record === "object" && record !== null && !Array.isArray(record)) return record as Record<string, unknown>;
  throw new DataError(`${name}: line ${line} must be an object such as {"age": 22}, got ${text.slice(0, 40)}.`);
}
