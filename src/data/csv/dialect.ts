import { decimalOf } from "./cells.js";

/** Dialect of a file of separated values. */
export interface Dialect {
  /** One character between fields; a space stands for any run of blanks. */
  delimiter: string;
  /** Place in the text at which the header, or the first record, begins. */
  start: number;
  /** The first record names the columns. */
  header: boolean;
  /** Lines that begin with # are passed over. */
  comments: boolean;
}

/** Known parts of a dialect; the rest is inferred from the file. */
export interface DialectOptions {
  delimiter?: string;
  header?: boolean;
}

const DELIMITERS = [",", ";", "\t", "|"];
const BLANKS = " ";
const MOST_RECORDS = 50;
const SEPARATOR_LINE = /^"?sep=(.)"?[ \t]*\n/i;

/** The first records of a text, as lines: breaks within quotes don't end them. At most 50, whole ones only. */
function firstRecords(text: string, start: number, isAll: boolean): string[] {
  const records: string[] = [];
  let quoted = false;
  let from = start;
  for (let i = start; i < text.length && records.length < MOST_RECORDS; i++) {
    const code = text.charCodeAt(i);
    if (code === 34) quoted = !quoted;
    if (code !== 10 || quoted) continue;
    records.push(text.slice(from, i));
    from = i + 1;
  }
  if (records.length === 0 || (isAll && records.length < MOST_RECORDS && from < text.length))
    records.push(text.slice(from));
  return records.filter((record) => record.trim() !== "");
}

const QUOTE = 34;
const isBlank = (code: number) => code === 32 || code === 9;

/** Number of delimiters in a record, outside quotes; runs of blanks count once, at the ends not at all. */
function countIn(record: string, delimiter: string): number {
  const isBlanks = delimiter === BLANKS;
  const text = isBlanks ? record.trim() : record;
  const wanted = delimiter.charCodeAt(0);
  let quoted = false;
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === QUOTE) quoted = !quoted;
    else if (quoted) continue;
    else if (isBlanks) count += Number(isBlank(code) && !isBlank(text.charCodeAt(i - 1)));
    else if (code === wanted) count++;
  }
  return count;
}

/**
 * The delimiter that parts most records alike; of equal ones the one that parts the header into more. A comma where none does.
 * Records with one field more than the header have R's row names in front.
 */
function findDelimiter(records: readonly string[]): string {
  const score = (delimiter: string) => {
    const counts = records.map((record) => countIn(record, delimiter));
    const named = records.length > 2 && counts[0] > 0 && counts.slice(1).every((count) => count === counts[0] + 1);
    const alike = named ? counts.length : counts.filter((count) => count === counts[0] && count > 0).length;
    return { delimiter, alike, most: counts[0] };
  };
  const better = (a: ReturnType<typeof score>, b: ReturnType<typeof score>) =>
    b.alike > a.alike || (b.alike === a.alike && b.most > a.most) ? b : a;
  const best = DELIMITERS.map(score).reduce(better);
  if (best.most > 0) return best.delimiter;
  const blanks = score(BLANKS);
  // Words of a sentence are parted by blanks, too: only when all records agree do blanks make columns.
  return blanks.most > 0 && blanks.alike === records.length && records.length > 1 ? BLANKS : ",";
}

/** Fields of a record, roughly: enough to tell names from numbers. */
const fieldsOf = (record: string, delimiter: string) =>
  (delimiter === BLANKS ? record.trim().split(/[ \t]+/) : record.split(delimiter)).map((field) =>
    field.trim().replace(/^"(.*)"$/, "$1"),
  );

/**
 * Whether a first record is data already: columns aren't called 5.1 or -3, no two are called 0, and none of several has a
 * number for its name where another has a text that stands below it as well.
 *
 * @param below - fields of the records that follow
 */
function isData(fields: readonly string[], below: readonly (readonly string[])[]): boolean {
  const numbers = fields.filter((field) => !Number.isNaN(decimalOf(field)));
  if (numbers.some((field) => !/^\d+$/.test(field))) return true;
  const named = fields.filter((field) => field !== "");
  if (numbers.length === 0 || numbers.length === named.length) {
    return numbers.length > 0 && new Set(numbers).size < numbers.length;
  }
  return fields.some(
    (field, i) => field !== "" && Number.isNaN(decimalOf(field)) && below.some((record) => record[i] === field),
  );
}

/**
 * Finds out how a file is written from its first lines: Excel's `sep=`, comments, the delimiter, whether there is a
 * header.
 *
 * @param isAll - the text is the whole file
 */
export function findDialect(text: string, options: DialectOptions, isAll: boolean): Dialect {
  let start = 0;
  let delimiter = options.delimiter;
  const separator = text.match(SEPARATOR_LINE);
  if (separator) {
    start = separator[0].length;
    delimiter ??= separator[1];
  }
  while (text.startsWith("\n", start)) start++;
  let comments = false;
  for (;;) {
    const end = text.indexOf("\n", start);
    if (!text.startsWith("#", start) || end < 0) break;
    const [line, ...below] = firstRecords(text, start, isAll);
    const rest = below.filter((record) => !record.startsWith("#"));
    const between = delimiter ?? findDelimiter(rest);
    // A first line that begins with # and is as wide as the records names the columns, as NumPy writes it.
    const isHeader = rest.length === below.length && countIn(line, between) === countIn(rest[0] ?? "", between);
    if (isHeader && countIn(line, between) > 0) {
      start += line.match(/^#[ \t]*/)![0].length;
      break;
    }
    comments = true;
    start = end + 1;
  }
  const records = firstRecords(text, start, isAll).filter((record, i) => i === 0 || !record.startsWith("#"));
  delimiter ??= findDelimiter(records.length > 0 ? records : [""]);
  const [first = [], ...below] = records.map((record) => fieldsOf(record, delimiter!));
  const header = options.header ?? !isData(first, below);
  return { delimiter, start, header, comments };
}
