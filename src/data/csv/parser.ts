import { ArgumentError, DataError } from "../../core/errors.js";
import type { RecordSink } from "./cells.js";
import { CodedText } from "./coded-text.js";
import { type Dialect, type DialectOptions, findDialect } from "./dialect.js";
import { CsvRecord, STAND_IN } from "./record.js";
import { shorten } from "./text.js";

/** A longer record is a binary file, a file without line breaks, or an unclosed quote. 100,000 columns take less. */
const LONGEST_RECORD = 2 ** 23;
/** Length of the start of a file from which its dialect is found. */
const HEAD = 2 ** 18;
const MOST_FAULTS = 10;
const HASH = 35;

export interface CsvOptions extends DialectOptions {
  /** For messages. */
  name: string;
  /**
   * The first fault is an error at once, blank lines and columns without a name of their own among them. Else faults are
   * told at the end, and such columns get names.
   */
  strict?: boolean;
  /** The first fault is an error at once. */
  eager?: boolean;
}

/**
 * Takes text of separated values apart, piece by piece as it comes, and hands each record on. Fields may be quoted, with
 * quotes in them doubled; a quote within an unquoted field is a character like others. Nothing is kept but the record at
 * work.
 */
export class CsvParser {
  dialect: Dialect | undefined;
  /** Decisions made and lines skipped while parsing, in sentences. */
  readonly notes: string[] = [];
  /** Names that several columns have. */
  readonly repeated = new Set<string>();
  /** Whether columns after the first have no name. */
  hasUnnamed = false;
  /** Errors in the file, line by line. */
  readonly faults: string[] = [];
  #faultCount = 0;
  #rest = "";
  #pieces: string[] = [];
  #waiting = 0;
  #heldReturn = false;
  #heldDelimiter = "";
  #line = 1;
  #width = -1;
  #extra: "none" | "names" | "trailing" = "none";
  readonly #text = new CodedText();
  /** A delimiter of several characters. */
  readonly #long: string | undefined;
  #record: CsvRecord | undefined;

  constructor(
    private readonly sink: RecordSink,
    private readonly options: CsvOptions,
  ) {
    const { delimiter, quote, name } = options;
    if (delimiter !== undefined && !/^[^"\r\n\ufeff\0]+$/.test(delimiter)) {
      throw new ArgumentError(
        `${name}: delimiter must be characters such as ";" or "::", no quotes and line breaks, got ${shorten(delimiter)}.`,
      );
    }
    if (quote !== undefined && (quote.length !== 1 || /[\r\n\ufeff\0]/.test(quote) || delimiter?.includes(quote))) {
      throw new ArgumentError(`${name}: quote must be one character such as ', no delimiter, got ${shorten(quote)}.`);
    }
    this.#long = delimiter !== undefined && delimiter.length > 1 ? delimiter : undefined;
  }

  /** @throws DataError for a NUL byte or an overlong record; in strict reading for any fault */
  push(piece: string): void {
    const text = this.#lineEnds(piece);
    if (text.includes("\0")) {
      const before = this.#rest + this.#pieces.join("") + text.slice(0, text.indexOf("\0"));
      const line = this.#line + before.split("\n").length - 1;
      throw new DataError(`${this.options.name}: line ${line} holds a NUL byte: a binary file. Save it as text.`);
    }
    this.#add(text);
    // A record that isn't whole is looked at again when twice as much is there: each character a few times at most.
    if (this.#waiting >= Math.max(this.#rest.length, this.dialect ? 1 : HEAD)) this.#work(false);
  }

  /** @throws DataError when the file is empty, has no records, or ends within quotes; and for all faults on the way */
  end(): void {
    if (this.#heldReturn) this.#add("\n");
    this.#heldReturn = false;
    this.#pieces.push(this.#heldDelimiter);
    this.#work(true);
    const { name } = this.options;
    if (this.#width < 0 && this.dialect?.comments) {
      throw new DataError(
        `${name}: all its lines begin with #, and are comments. If they are rows, or name the columns, remove the #.`,
      );
    }
    if (this.#width < 0) throw new DataError(`${name}: the file is empty. It needs a header line and rows.`);
    if (this.#faultCount > this.faults.length) {
      this.faults.push(`and ${this.#faultCount - this.faults.length} more of that kind`);
    }
  }

  /** CRLF and CR as LF; a CR at the end of a piece waits for what follows it. */
  #lineEnds(piece: string): string {
    let text = this.#heldReturn ? `\r${piece}` : piece;
    this.#heldReturn = text.endsWith("\r");
    if (this.#heldReturn) text = text.slice(0, -1);
    return text.includes("\r") ? text.replace(/\r\n?/g, "\n") : text;
  }

  /** Takes a piece of text, in which one character stands for a delimiter of several; a part of one waits for the rest. */
  #add(piece: string): void {
    const long = this.#long;
    let text = this.#heldDelimiter + piece;
    if (long !== undefined) {
      text = text.replaceAll(long, STAND_IN);
      let held = long.length - 1;
      while (!text.endsWith(long.slice(0, held))) held--;
      this.#heldDelimiter = long.slice(0, held);
      text = text.slice(0, text.length - held);
    }
    this.#pieces.push(text);
    this.#waiting += text.length;
  }

  #recordOf(): CsvRecord {
    return new CsvRecord(this.#text, !this.options.strict, this.dialect!.quote.charCodeAt(0), this.#long);
  }

  #work(isLast: boolean): void {
    let text = this.#rest + this.#pieces.join("");
    this.#pieces = [];
    this.#waiting = 0;
    if (!this.dialect) {
      text = text.replace(/^\ufeff/, "");
      if (text.trim() === "") {
        this.#rest = text;
        return;
      }
      const { delimiter, quote, header } = this.options;
      const given = { delimiter: this.#long === undefined ? delimiter : STAND_IN, quote, header };
      this.dialect = findDialect(text.slice(0, HEAD), given, isLast && text.length <= HEAD);
      this.#record = this.#recordOf();
      if (this.options.strict && text.startsWith("\n")) this.#fault(this.#line, "is blank. Remove it.");
      this.#line += text.slice(0, this.dialect.start).split("\n").length - 1;
      text = text.slice(this.dialect.start);
    }
    this.#text.set(text);
    const record = this.#record!;
    let at = 0;
    while (at < text.length) {
      const next = record.read(at, this.dialect.delimiter.charCodeAt(0), this.#line, isLast);
      if (next === undefined || record.length > LONGEST_RECORD) {
        this.#requireShort(next === undefined ? text.length - at : record.length);
        break;
      }
      this.#take(record, text, next, isLast);
      this.#line += record.lines;
      at = next;
    }
    this.#rest = text.slice(at);
    if (isLast && this.#rest !== "") this.#unclosed();
  }

  #requireShort(length: number): void {
    if (length <= LONGEST_RECORD) return;
    throw new DataError(
      `${this.options.name}: line ${this.#line} has ${length} characters; lines of a CSV file may have ` +
        `${LONGEST_RECORD}. Is it a CSV file, does it have line breaks, and is every quote closed?`,
    );
  }

  #unclosed(): never {
    throw new DataError(
      `${this.options.name}: line ${this.#line}: a quote is opened and never closed. Quotes inside a quoted field must ` +
        'be doubled ("").',
    );
  }

  #take(record: CsvRecord, text: string, next: number, isLast: boolean): void {
    if (record.isBlank()) {
      if (this.options.strict && text.slice(next).trim() !== "") {
        this.#fault(record.line, "is blank. Remove it.");
      }
      return;
    }
    if (this.#width >= 0 && this.dialect!.comments && record.first() === HASH && record.count !== this.#width) return;
    if (record.badQuote) {
      this.#fault(record.line, 'text follows a closing quote. Quotes inside a quoted field must be doubled ("").', ":");
    }
    if (this.#width < 0) this.#begin(record, text, next, isLast);
    else this.#check(record);
  }

  /** Takes the first record as header, or makes one for it. */
  #begin(record: CsvRecord, text: string, next: number, isLast: boolean): void {
    const { header, delimiter } = this.dialect!;
    const said = this.#long ?? delimiter;
    const names = Array.from({ length: record.count }, (_, i) => record.text(i));
    this.#extra = header ? this.#extraField(names.length, text, next, delimiter, isLast) : "none";
    this.#width = names.length + Number(this.#extra !== "none");
    if (this.#extra === "trailing") this.notes.push("each line ends with a delimiter that the header lacks");
    if (!header) {
      this.notes.push(`there is no header: the columns are called "column 1" to "column ${names.length}"`);
      this.sink.begin(
        names.map((_, i) => `column ${i + 1}`),
        said,
      );
      this.sink.record(record);
      return;
    }
    this.sink.begin(this.#named(this.#extra === "names" ? ["", ...names] : names), said);
  }

  /** Names that differ: a column without one is called by its number, unless it is the first, which holds rows' names. */
  #named(header: readonly string[]): string[] {
    const { strict, name } = this.options;
    const seen = new Set<string>();
    /** The next number to try for a name that stands there already. */
    const numbers = new Map<string, number>();
    return header.map((column, i) => {
      if (strict && column === "") {
        throw new DataError(
          `${name}: line ${this.#line}: column ${i + 1} of ${header.length} has no name. Name it or remove it.`,
        );
      }
      if (strict && seen.has(column)) {
        throw new DataError(
          `${name}: line ${this.#line}: two columns are named ${shorten(column)}. Rename or remove one.`,
        );
      }
      const isUnnamed = column === "" && i > 0;
      if (isUnnamed) this.hasUnnamed = true;
      else if (seen.has(column)) this.repeated.add(column);
      let own = isUnnamed ? `column ${i + 1}` : column;
      for (let n = numbers.get(column) ?? 2; seen.has(own); n++) {
        own = `${column} ${n}`;
        numbers.set(column, n + 1);
      }
      if (own !== column && column !== "")
        this.notes.push(`two columns are named ${shorten(column)}: one is called ${shorten(own)}`);
      seen.add(own);
      return own;
    });
  }

  /** Looks ahead: each record may have one field more than the header, R's row names in front or nothing at the end. */
  #extraField(width: number, text: string, next: number, delimiter: string, isLast: boolean) {
    const ahead = this.#recordOf();
    let [records, empty] = [0, 0];
    for (let at: number | undefined = next; at !== undefined && at < text.length && records < 50; ) {
      at = ahead.read(at, delimiter.charCodeAt(0), 0, isLast);
      if (at === undefined || ahead.isBlank()) continue;
      if (ahead.count !== width + 1) return "none";
      records++;
      if (ahead.text(width) === "") empty++;
    }
    if (records > 0 && empty === records) return "trailing";
    return records > 1 && !this.options.strict ? "names" : "none";
  }

  #check(record: CsvRecord): void {
    const isTrailing = this.#extra === "trailing";
    if (record.count === this.#width && !(isTrailing && record.text(this.#width - 1) !== "")) {
      if (isTrailing) record.count--;
      this.sink.record(record);
      return;
    }
    const expected = this.#width - Number(isTrailing);
    const fields = `${record.count} field${record.count === 1 ? "" : "s"}`;
    const remedy =
      expected === 1
        ? "If that is a title, remove the lines above the names of the columns"
        : "Add or remove delimiters, or quote fields that hold one";
    this.#fault(record.line, `has ${fields}, but the header has ${expected}. ${remedy}.`);
  }

  #fault(line: number, what: string, colon = ""): void {
    const fault = `line ${line}${colon} ${what}`;
    const { strict, eager, name } = this.options;
    if (strict || eager) throw new DataError(`${name}: ${fault}`);
    if (this.#faultCount++ < MOST_FAULTS) this.faults.push(fault);
  }
}
