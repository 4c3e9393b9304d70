import { type Cells, decimalAt, isCodeAt, isGroupedAt } from "./cells.js";
import type { CodedText } from "./coded-text.js";
import { trimmed } from "./text.js";

const NEWLINE = 10;
const SPACE = 32;
const TAB = 9;
/** A character that parts fields in place of a delimiter of several. */
export const STAND_IN = "\x1f";
/** The code after the last one: no text that is read holds it. */
const END = 0;

/** One record of separated values within a text: where its fields begin and end. */
export class CsvRecord implements Cells {
  line = 0;
  count = 0;
  /** Line breaks that belong to it, its own end among them. */
  lines = 0;
  length = 0;
  badQuote = false;
  #starts = new Int32Array(64);
  #ends = new Int32Array(64);
  /** 1: quoted, 2: with doubled quotes. */
  #quotes = new Uint8Array(64);

  /**
   * @param tabsAreBlanks - where blanks part fields, tabs do so as well
   * @param quote - code of the character around quoted fields
   * @param long - a delimiter of several characters, for which `STAND_IN` stands in the text
   */
  constructor(
    private readonly source: CodedText,
    private readonly tabsAreBlanks: boolean,
    private readonly quote: number,
    private readonly long?: string,
  ) {}

  /**
   * Reads the record that begins at `from`.
   *
   * @returns where the next one begins; undefined when the text ends before the record does
   */
  read(from: number, delimiter: number, line: number, isLast: boolean): number | undefined {
    const { source, quote } = this;
    const { text, codes } = source;
    const { length } = text;
    this.line = line;
    this.count = 0;
    this.lines = 1;
    this.badQuote = false;
    const blanks = delimiter === SPACE;
    const other = blanks && this.tabsAreBlanks ? TAB : delimiter;
    let i = blanks ? this.#pastBlanks(from) : from;
    let [starts, ends, quotes] = [this.#starts, this.#ends, this.#quotes];
    let count = 0;
    for (;;) {
      if (count === starts.length) {
        this.#grow();
        [starts, ends, quotes] = [this.#starts, this.#ends, this.#quotes];
      }
      let code = codes[i];
      if (code === SPACE && !blanks) {
        i = this.#pastSpaces(i);
        code = codes[i];
      }
      if (code === quote) {
        starts[count] = i + 1;
        const close = this.#closing(i + 1, count, isLast);
        if (close < 0) return undefined;
        ends[count] = close;
        i = close + 1;
        code = codes[i];
        while (code !== delimiter && code !== NEWLINE && code !== other && code !== END) {
          if (code > SPACE) this.badQuote = true;
          code = codes[++i];
        }
      } else {
        starts[count] = i;
        quotes[count] = 0;
        while (code !== delimiter && code !== NEWLINE && code !== other && code !== END) code = codes[++i];
        ends[count] = i;
      }
      if (i >= length && !isLast) return undefined;
      count++;
      if (blanks) i = this.#pastBlanks(i);
      if (i >= length || codes[i] === NEWLINE) break;
      if (!blanks) i++;
    }
    this.count = count;
    this.length = i - from;
    return i + 1;
  }

  /** The place of the quote that ends a field; -1 where the text ends first. */
  #closing(start: number, field: number, isLast: boolean): number {
    const { source, quote } = this;
    const { text, codes } = source;
    const sign = String.fromCharCode(quote);
    let quotes = 1;
    let close = text.indexOf(sign, start);
    while (close >= 0 && codes[close + 1] === quote) {
      quotes = 2;
      close = text.indexOf(sign, close + 2);
    }
    if (close < 0 || (close === text.length - 1 && !isLast)) return -1;
    this.#quotes[field] = quotes;
    for (let at = start; at < close; at++) if (codes[at] === NEWLINE) this.lines++;
    return close;
  }

  /** The place behind spaces where a quote stands there: `a, "b, c"`; else where they begin. */
  #pastSpaces(from: number): number {
    const { codes } = this.source;
    let i = from;
    while (codes[i] === SPACE) i++;
    return codes[i] === this.quote ? i : from;
  }

  #pastBlanks(from: number): number {
    const { codes } = this.source;
    let i = from;
    while (codes[i] === SPACE || (this.tabsAreBlanks && codes[i] === TAB)) i++;
    return i;
  }

  #grow(): void {
    const [starts, ends, quotes] = [this.#starts, this.#ends, this.#quotes];
    this.#starts = new Int32Array(starts.length * 2);
    this.#ends = new Int32Array(starts.length * 2);
    this.#quotes = new Uint8Array(starts.length * 2);
    this.#starts.set(starts);
    this.#ends.set(ends);
    this.#quotes.set(quotes);
  }

  isBlank(): boolean {
    return this.count === 1 && this.#quotes[0] === 0 && this.text(0) === "";
  }

  /** The code of the first character. */
  first(): number {
    return this.#quotes[0] === 0 ? this.source.codes[this.#starts[0]] : this.quote;
  }

  /** The code of the first character within quotes, where there are any. */
  letter(): number {
    return this.source.codes[this.#starts[0]];
  }

  number(column: number): number {
    return decimalAt(this.source, this.#starts[column], this.#ends[column]);
  }

  isNumber(): boolean {
    return false;
  }

  isCode(column: number): boolean {
    return isCodeAt(this.source, this.#starts[column], this.#ends[column]);
  }

  isGrouped(column: number): boolean {
    return isGroupedAt(this.source, this.#starts[column], this.#ends[column]);
  }

  isNested(): boolean {
    return false;
  }

  text(column: number): string {
    return trimmed(this.raw(column));
  }

  /** The field as it stands in the file, its quotes taken off. */
  raw(column: number): string {
    const field = this.source.text.slice(this.#starts[column], this.#ends[column]);
    const raw = this.long === undefined ? field : field.replaceAll(STAND_IN, this.long);
    const sign = String.fromCharCode(this.quote);
    return this.#quotes[column] === 2 ? raw.replaceAll(sign + sign, sign) : raw;
  }
}
