import Papa from "papaparse";
import { ArgumentError, DataError } from "../core/errors.js";

/** CSV as text, or as the bytes of a UTF-8 file. */
export type CsvSource = string | Uint8Array;

/** A CSV file taken apart: a header of different names, and at least one record, each as long as the header. */
export interface CsvTable {
  name: string;
  /** What stands between fields. */
  delimiter: string;
  header: string[];
  records: string[][];
  /** The line, counted from 1, on which record `index` starts; quoted fields may hold line breaks. */
  lineOf(index: number): number;
}

const LONGEST_LINE = 2 ** 20; // characters; a longer one is a binary file, or a file without line breaks
const DELIMITERS = [",", ";", "\t"];
const LONGEST_QUOTE = 40;
const MOST_COLUMNS_LISTED = 20;

/** Text from a file as it may stand in a message: quoted, never longer than a line. */
export function shorten(text: string): string {
  return JSON.stringify(text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text);
}

/** The columns of a header for a message: the first 20 names, and how many more there are. */
export function listColumns(header: readonly string[]): string {
  const more = header.length - MOST_COLUMNS_LISTED;
  return header.slice(0, MOST_COLUMNS_LISTED).map(shorten).join(", ") + (more > 0 ? ` and ${more} more` : "");
}

function decode(bytes: Uint8Array, name: string): string {
  const mark = (bytes[0] << 8) | bytes[1];
  if (mark === 0xfffe || mark === 0xfeff) {
    const order = mark === 0xfffe ? "little" : "big";
    throw new DataError(`${name}: the file is UTF-16 (${order}-endian byte order mark). Save it as UTF-8.`);
  }
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const line = firstUndecodableLine(bytes);
    if (line === undefined) throw cause; // not the encoding: the text is too long for one string
    throw new DataError(
      `${name}: line ${line} isn't valid UTF-8. Save the file as UTF-8 (it may be Latin-1 or binary).`,
    );
  }
}

function firstUndecodableLine(bytes: Uint8Array): number | undefined {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  // A line feed byte is never part of a longer UTF-8 sequence, so lines can be decoded one by one.
  for (let line = 1, start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(0x0a, start);
    const next = end < 0 ? bytes.length : end + 1;
    try {
      decoder.decode(bytes.subarray(start, next));
    } catch {
      return line;
    }
    start = next;
  }
  return undefined;
}

function requireLines(text: string, name: string): void {
  for (let line = 1, start = 0; start < text.length; line++) {
    const end = text.indexOf("\n", start);
    const next = end < 0 ? text.length : end;
    if (next - start > LONGEST_LINE) {
      throw new DataError(
        `${name}: line ${line} has ${next - start} characters; lines of a CSV file may have ${LONGEST_LINE}. ` +
          "Is it a CSV file, and does it have line breaks?",
      );
    }
    start = next + 1;
  }
}

/** The delimiter that stands most often in the header, outside quotes; a comma when there is none. */
function detectDelimiter(text: string): string {
  const counts = DELIMITERS.map(() => 0);
  let quoted = false;
  for (const char of text.slice(0, LONGEST_LINE)) {
    if (char === '"') quoted = !quoted;
    if (char === "\n" && !quoted) break;
    const index = quoted ? -1 : DELIMITERS.indexOf(char);
    if (index >= 0) counts[index]++;
  }
  return DELIMITERS[counts.indexOf(Math.max(...counts))];
}

const isBlank = (record: readonly string[]): boolean => record.length === 1 && record[0].trim() === "";

function requireHeader(header: readonly string[], name: string): void {
  const seen = new Set<string>();
  header.forEach((column, i) => {
    if (column === "") {
      throw new DataError(`${name}: line 1: column ${i + 1} of ${header.length} has no name. Name it or remove it.`);
    }
    if (seen.has(column)) {
      throw new DataError(`${name}: line 1: two columns are named ${shorten(column)}. Rename or remove one.`);
    }
    seen.add(column);
  });
}

/**
 * Takes a CSV file apart. The first record is the header; names are trimmed, fields are not. A byte order mark, any line
 * ends and blank lines at the end are accepted.
 *
 * @param delimiter - one character; found from the header (`,` `;` or tab) when absent
 * @throws DataError when the file is empty, not UTF-8, has no record, an overlong line, an unclosed quote, a record of
 * another length than the header, or a column without a name or with one used before
 */
export function parseCsv(source: CsvSource, name: string, delimiter?: string): CsvTable {
  if (delimiter !== undefined && (delimiter.length !== 1 || /["\r\n\ufeff]/.test(delimiter))) {
    throw new ArgumentError(`${name}: delimiter must be one character such as ";", got ${shorten(delimiter)}.`);
  }
  let text = typeof source === "string" ? source : decode(source, name);
  text = text.replace(/^\ufeff/, "");
  if (text.includes("\r")) text = text.replace(/\r\n?/g, "\n");
  requireLines(text, name);
  const zero = text.indexOf("\0");
  if (zero >= 0) {
    const line = text.slice(0, zero).split("\n").length;
    throw new DataError(`${name}: line ${line} holds a NUL byte: a binary or UTF-16 file. Save it as UTF-8 text.`);
  }
  if (text.trim() === "") throw new DataError(`${name}: the file is empty. It needs a header line and rows.`);

  const between = delimiter ?? detectDelimiter(text);
  const parsed = Papa.parse<string[]>(text, { delimiter: between, newline: "\n" });
  const all = parsed.data;
  const lineOf = (index: number): number => {
    let line = 1;
    for (const record of all.slice(0, index + 1)) {
      line++;
      for (const field of record) if (field.includes("\n")) line += field.split("\n").length - 1;
    }
    return line;
  };
  for (const error of parsed.errors) {
    const line = lineOf((error.row ?? 0) - 1);
    const what = error.code === "MissingQuotes" ? "a quote is opened and never closed" : "text follows a closing quote";
    throw new DataError(`${name}: line ${line}: ${what}. Quotes inside a quoted field must be doubled ("").`);
  }
  while (all.length > 1 && isBlank(all[all.length - 1])) all.pop();

  const header = all[0].map((column) => column.trim());
  requireHeader(header, name);
  const records = all.slice(1);
  if (records.length === 0)
    throw new DataError(`${name}: there is a header but no rows below it. Add at least one row.`);
  records.forEach((record, index) => {
    if (record.length === header.length) return;
    if (isBlank(record)) throw new DataError(`${name}: line ${lineOf(index)} is blank. Remove it.`);
    throw new DataError(
      `${name}: line ${lineOf(index)} has ${record.length} fields, but the header has ${header.length}. ` +
        "Add or remove delimiters, or quote fields that hold one.",
    );
  });
  return { name, delimiter: between, header, records, lineOf };
}
