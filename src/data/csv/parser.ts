import { ArgumentError, DataError } from "../../core/errors.js";
import type { RecordSink } from "./cells.js";
import { CodedText } from "./coded-text.js";
import { type Dialect, type DialectOptions, findDialect } from "./dialect.js";
import { Header } from "./header.js";
import { CsvRecord, STAND_IN } from "./record.js";
import { shorten } from "./text.js";

/** A longer record is a binary file, a file without line breaks, or an unclosed quote. 100,000 columns take less. */
const LONGEST_RECORD = 2 ** 23;
/** Length of the start of a file from which its dialect is found. */
const HEAD = 2 ** 18;
const MOST_FAULTS = 10;
const HASH = 35;
const BYTE_ORDER_MARK = 0xfeff;

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
  header: Header | undefined;
  /** Errors in the file, line by line. */
  readonly faults: string[] = [];
  #faultCount = 0;
  #rest = "";
  #pieces: string[] = [];
  #waiting = 0;
  #heldReturn = false;
  #heldDelimiter = "";
  #line = 1;
  /** Code of the first character of the header, with which a line that repeats it begins. */
  #first = -1;
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
    if (!this.header && this.dialect?.comments) {
      throw new DataError(
        `${name}: all its lines begin with #, and are comments. If they are rows, or name the columns, remove the #.`,
      );
    }
    if (!this.header) throw new DataError(`${name}: the file is empty. It needs a header line and rows.`);
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
    const { header } = this;
    if (header && this.dialect!.comments && record.first() === HASH && record.count !== header.width) return;
    if (record.badQuote) {
      this.#fault(record.line, 'text follows a closing quote. Quotes inside a quoted field must be doubled ("").', ":");
    }
    if (!header) this.#begin(record, text, next, isLast);
    else this.#check(record);
  }

  /** Takes the first record as header, or makes one for it. */
  #begin(record: CsvRecord, text: string, next: number, isLast: boolean): void {
    const { delimiter } = this.dialect!;
    const found = Array.from({ length: record.count }, (_, i) => record.text(i));
    const header = new Header(found, this.options, this.#line);
    this.header = header;
    if (this.dialect!.header) {
      if (this.dialect!.isHeaderPlain) this.#first = record.letter();
      header.lookAhead(this.#recordOf(), (ahead, at) => ahead.read(at, delimiter.charCodeAt(0), 0, isLast), next, text);
    } else header.makeNames();
    this.sink.begin(header.columns, this.#long ?? delimiter);
    if (!this.dialect!.header) this.sink.record(record);
  }

  #check(record: CsvRecord): void {
    const { isTrailing, width } = this.header!;
    if (this.#first >= 0 && this.#isRepeat(record)) return;
    if (record.count === width && !(isTrailing && record.text(width - 1) !== "")) {
      if (isTrailing) record.count--;
      this.sink.record(record);
      return;
    }
    const expected = width - Number(isTrailing);
    const fields = `${record.count} field${record.count === 1 ? "" : "s"}`;
    const remedy =
      expected === 1
        ? "If that is a title, remove the lines above the names of the columns"
        : "Add or remove delimiters, or quote fields that hold one";
    this.#fault(record.line, `has ${fields}, but the header has ${expected}. ${remedy}.`);
  }

  /** Each of several files that were put together may begin with a byte order mark. */
  #isRepeat(record: CsvRecord): boolean {
    const first = record.letter();
    return (first === this.#first || first === BYTE_ORDER_MARK) && this.header!.isRepeatedBy(record);
  }

  #fault(line: number, what: string, colon = ""): void {
    const fault = `line ${line}${colon} ${what}`;
    const { strict, eager, name } = this.options;
    if (strict || eager) throw new DataError(`${name}: ${fault}`);
    if (this.#faultCount++ < MOST_FAULTS) this.faults.push(fault);
  }
}
