import { decimalOf } from "./cells.js";

/** Dialect of a file of separated values. */
export interface Dialect {
  /** One character between fields; a space stands for any run of blanks. */
  delimiter: string;
  /** The character around fields that hold delimiters. */
  quote: string;
  /** Place in the text at which the header, or the first record, begins. */
  start: number;
  /** The first record names the columns. */
  header: boolean;
  /** The header is of words above numbers: a line like it is no row. */
  isHeaderPlain: boolean;
  /** Lines that begin with # are passed over. */
  comments: boolean;
}

/** Known parts of a dialect; the rest is inferred from the file. */
export interface DialectOptions {
  delimiter?: string;
  quote?: string;
  header?: boolean;
}

const DELIMITERS = [",", ";", "\t", "|"];
const BLANKS = " ";
const DOUBLE = '"';
const SINGLE = "'";
const MOST_RECORDS = 50;
const SEPARATOR_LINE = /^"?sep=(.)"?[ \t]*\n/i;

/** The first records of a text, as lines: breaks within quotes don't end them. At most 50, whole ones only. */
function firstRecords(text: string, start: number, isAll: boolean, quote: string): string[] {
  const around = quote.charCodeAt(0);
  const records: string[] = [];
  let quoted = false;
  let from = start;
  for (let i = start; i < text.length && records.length < MOST_RECORDS; i++) {
    const code = text.charCodeAt(i);
    if (code === around) quoted = !quoted;
    if (code !== 10 || quoted) continue;
    records.push(text.slice(from, i));
    from = i + 1;
  }
  if (records.length === 0 || (isAll && records.length < MOST_RECORDS && from < text.length))
    records.push(text.slice(from));
  return records.filter((record) => record.trim() !== "");
}

const isBlank = (code: number) => code === 32 || code === 9;

/** Number of delimiters in a record, outside quotes; runs of blanks count once, at the ends not at all. */
function countIn(record: string, delimiter: string, quote: string): number {
  const around = quote.charCodeAt(0);
  const isBlanks = delimiter === BLANKS;
  const text = isBlanks ? record.trim() : record;
  const wanted = delimiter.charCodeAt(0);
  let quoted = false;
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === around) quoted = !quoted;
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
function findDelimiter(records: readonly string[], quote: string): string {
  const score = (delimiter: string) => {
    const counts = records.map((record) => countIn(record, delimiter, quote));
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
const fieldsOf = (record: string, delimiter: string, quote: string) =>
  (delimiter === BLANKS ? record.trim().split(/[ \t]+/) : record.split(delimiter)).map((field) => {
    const text = field.trim();
    return text.length > 1 && text.startsWith(quote) && text.endsWith(quote) ? text.slice(1, -1) : text;
  });

/** Number of fields of a record in quotes; undefined where something follows a closing quote, or none closes. */
function quotedIn(record: string, delimiter: string, quote: string): number | undefined {
  let count = 0;
  for (let at = 0; at < record.length; at++) {
    if (record[at] === quote) {
      let close = record.indexOf(quote, at + 1);
      while (close >= 0 && record[close + 1] === quote) close = record.indexOf(quote, close + 2);
      if (close < 0 || (close + 1 < record.length && record[close + 1] !== delimiter)) return undefined;
      count++;
      at = close + 1;
    } else {
      at = record.indexOf(delimiter, at);
      if (at < 0) break;
    }
  }
  return count;
}

/**
 * Whether apostrophes are a file's quotes: it has no others, each that begins a field ends one, they make records of one
 * width, and either all rows have some or without them the widths would differ.
 */
function areApostrophesQuotes(text: string, start: number, isAll: boolean, given: string | undefined): boolean {
  if (text.includes(DOUBLE) || !text.includes(SINGLE)) return false;
  const records = firstRecords(text, start, isAll, SINGLE).filter((record) => !record.startsWith("#"));
  const delimiter = given ?? findDelimiter(records, SINGLE);
  const quoted = records.map((record) => quotedIn(record, delimiter, SINGLE));
  const widths = (quote: string) => new Set(records.map((record) => countIn(record, delimiter, quote))).size;
  const hasSome = quoted.every((count) => count !== undefined) && quoted.some((count) => count! > 0);
  if (records.length < 2 || !hasSome || widths(SINGLE) > 1) return false;
  return quoted.slice(1).every((count) => count! > 0) || widths(DOUBLE) > 1;
}

const isNumber = (field: string) => !Number.isNaN(decimalOf(field));

/** Whether fields are words, and some below them are numbers. */
const areAboveNumbers = (fields: readonly string[], below: readonly (readonly string[])[]) =>
  !fields.some(isNumber) && below.some((record) => record.some(isNumber));

/**
 * Whether a first record is data already: columns aren't called 5.1 or -3, no two are called 0, none of several has a
 * number for its name where another has a text that stands below it as well, and not all have such a text, unless they are
 * the header again.
 *
 * @param below - fields of the records that follow
 */
function isData(fields: readonly string[], below: readonly (readonly string[])[]): boolean {
  const numbers = fields.filter(isNumber);
  if (numbers.some((field) => !/^\d+$/.test(field))) return true;
  const named = fields.filter((field) => field !== "");
  const recurs = (field: string, i: number) => field !== "" && below.some((record) => record[i] === field);
  const isAgain = (record: readonly string[]) =>
    record.length === fields.length && record.every((field, i) => field === fields[i]);
  // Words that stand above numbers, and below them all together again: files with headers that were put together.
  if (numbers.length === 0 && below.some(isAgain) && below.flat().some((field) => !Number.isNaN(decimalOf(field))))
    return false;
  if (numbers.length === 0) return named.length > 1 && named.length === fields.length && fields.every(recurs);
  if (numbers.length === named.length) return new Set(numbers).size < numbers.length;
  return fields.some((field, i) => !isNumber(field) && recurs(field, i));
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
  const quote = options.quote ?? (areApostrophesQuotes(text, start, isAll, delimiter) ? SINGLE : DOUBLE);
  let comments = false;
  for (;;) {
    const end = text.indexOf("\n", start);
    if (!text.startsWith("#", start)) break;
    if (end < 0) {
      if (!comments || !isAll) break;
      start = text.length;
      break;
    }
    const [line, ...below] = firstRecords(text, start, isAll, quote);
    const rest = below.filter((record) => !record.startsWith("#"));
    const between = delimiter ?? findDelimiter(rest, quote);
    const width = countIn(line, between, quote);
    // A first line that begins with # and is as wide as the records names the columns, as NumPy writes it.
    const isHeader = rest.length === below.length && width === countIn(rest[0] ?? "", between, quote);
    if (isHeader && width > 0) {
      start += line.match(/^#[ \t]*/)![0].length;
      break;
    }
    comments = true;
    start = end + 1;
  }
  const records = firstRecords(text, start, isAll, quote).filter((record, i) => i === 0 || !record.startsWith("#"));
  delimiter ??= findDelimiter(records.length > 0 ? records : [""], quote);
  const [first = [], ...below] = records.map((record) => fieldsOf(record, delimiter!, quote));
  const header = options.header ?? !isData(first, below);
  return { delimiter, quote, start, header, isHeaderPlain: header && areAboveNumbers(first, below), comments };
}
