import type { Cells, RecordSink } from "../csv/cells.js";
import { DATE_ORDERS, ordersOf } from "./dates.js";
import { formsOf, isStray, mayLack, NUMBER_FORMATS } from "./number-format.js";
import type { MissingMarks } from "./words.js";

/** Of so many different numbers, or texts, a column keeps account; past them it is said that there are more. */
export const MOST_NUMBERS = 20;
export const MOST_TEXTS = 1000;
/** So many different texts of a kind are kept, to be named. */
const MOST_FIRST = 11;

const ALL_FORMATS = (1 << NUMBER_FORMATS.length) - 1;
/** Formats with decimals after a point. */
const POINTED = NUMBER_FORMATS.reduce((bits, { decimal }, i) => bits | (decimal === "." ? 1 << i : 0), 0);
const ALL_ORDERS = (1 << (2 * DATE_ORDERS.length)) - 1;

/**
 * Kinds of a text by itself: a number, alone or with a currency; a number with a unit, the column's or another; a date; digits
 * of which a number loses some; none of these.
 */
export type TextKind = "number" | "unit" | "other unit" | "date" | "code" | "word";

/** Texts of one kind: how many there are, and the first of them with their lines. */
export class TextGroup {
  count = 0;
  readonly first = new Map<string, number>();

  add(text: string, line: number): void {
    this.count++;
    if (this.first.size < MOST_FIRST && !this.first.has(text)) this.first.set(text, line);
  }
}

/** A text with its place. */
export interface FirstText {
  line: number;
  text: string;
}

/** Statistics of a column, found in one pass over its cells without keeping them. */
export class ColumnSurvey {
  missing = 0;
  /** Plain decimal numbers. */
  numbers = 0;
  infinite: FirstText | undefined;
  min = Infinity;
  max = -Infinity;
  whole = true;
  /** The first plain number whose point may part thousands: 2.851. */
  grouped: FirstText | undefined;
  /** Each number is one more than that before it. */
  counting = true;
  /** Different numbers, up to 20; undefined when there are more. */
  different: number[] | undefined = [];
  /** Texts that aren't plain numbers, and codes. Undefined when there are more than 1,000. */
  texts: Map<string, TextKind> | undefined = new Map();
  textCount = 0;
  /** Digits that a number would lose some of: 007. */
  codes = 0;
  firstText: FirstText | undefined;
  /** The first list or object, which isn't one value. */
  nested: FirstText | undefined;
  /** Texts by what each is by itself. */
  readonly groups: Readonly<Record<TextKind, TextGroup>> = {
    number: new TextGroup(),
    unit: new TextGroup(),
    "other unit": new TextGroup(),
    date: new TextGroup(),
    code: new TextGroup(),
    word: new TextGroup(),
  };
  /** Formats that all texts fit which are numbers, orders that all fit which are dates, as bits. */
  formats = ALL_FORMATS;
  orders = ALL_ORDERS;
  /** The unit of numbers: of the first that has one. */
  unit = "";
  /** Letters that stand behind numbers as k and M do, "" where none does. */
  readonly magnitudes = new Set<string>();
  /** Texts such as ,5 that are numbers only where the comma is decimal. */
  strays = 0;
  /** Texts that mark a gap, the empty one left out; how often each. */
  readonly marks = new Map<string, number>();
  /** Of its plain numbers. */
  sum = 0;
  last = Number.NaN;
  /** The last line that has something else. */
  lastOther = 0;

  constructor(readonly name: string) {}

  get present(): number {
    return this.numbers + this.textCount;
  }

  /** @param names - texts that are no marks of gaps here */
  add(cells: Cells, column: number, marks: MissingMarks, names?: ReadonlySet<string>): void {
    const value = cells.number(column);
    if (Number.isNaN(value)) this.#addOther(cells, column, marks, names);
    else if (marks.hasNumber(value)) this.#addGap("", cells.line);
    else this.#addNumber(value, cells, column);
  }

  #addNumber(value: number, cells: Cells, column: number): void {
    if (value === Infinity || value === -Infinity) this.infinite ??= { line: cells.line, text: cells.text(column) };
    this.numbers++;
    if (value < this.min) this.min = value;
    if (value > this.max) this.max = value;
    if (!Number.isInteger(value)) this.whole = false;
    else if (cells.isCode(column)) {
      this.codes++;
      this.#keep(cells.text(column), "code");
    }
    if (cells.isGrouped(column)) this.grouped ??= { line: cells.line, text: cells.text(column) };
    else if (!Number.isInteger(value) && !cells.isNumber(column)) this.formats &= POINTED;
    if (this.numbers > 1 && value !== this.last + 1) this.counting = false;
    if (value !== this.last && this.different && !this.different.includes(value)) {
      if (this.different.length === MOST_NUMBERS) this.different = undefined;
      else this.different.push(value);
    }
    this.last = value;
    this.sum += value;
  }

  #addOther(cells: Cells, column: number, marks: MissingMarks, names: ReadonlySet<string> | undefined): void {
    const text = cells.text(column);
    if (cells.isNested(column)) this.nested ??= { line: cells.line, text };
    if (marks.hasText(text) && !names?.has(text)) this.#addGap(text, cells.line);
    else this.#addText(text, cells.line);
  }

  #addGap(text: string, line: number): void {
    this.missing++;
    this.lastOther = line;
    if (text !== "") this.marks.set(text, (this.marks.get(text) ?? 0) + 1);
  }

  #addText(text: string, line: number): void {
    this.textCount++;
    this.lastOther = line;
    this.firstText ??= { line, text };
    const known = this.texts?.get(text);
    const kind = known ?? this.#kindOf(text);
    if (known === undefined) this.#keep(text, kind);
    this.groups[kind].add(text, line);
    if (kind === "number" && isStray(text)) this.strays++;
  }

  /** Where most of many different texts are words, no more of them are looked at. */
  #kindOf(text: string): TextKind {
    if (!this.texts && this.groups.word.count * 2 > this.textCount) return "word";
    const forms = formsOf(text);
    if (forms) {
      const { formats, unit, magnitude } = forms;
      if (this.unit === "") this.unit = unit;
      if (unit !== "" && unit !== this.unit) return "other unit";
      this.formats &= formats;
      this.magnitudes.add(magnitude);
      return magnitude !== "" || (unit !== "" && !mayLack(unit)) ? "unit" : "number";
    }
    const orders = ordersOf(text);
    if (orders !== 0) {
      this.orders &= orders;
      return "date";
    }
    return "word";
  }

  #keep(text: string, kind: TextKind): void {
    if (!this.texts || this.texts.has(text)) return;
    if (this.texts.size === MOST_TEXTS) this.texts = undefined;
    else this.texts.set(text, kind);
  }
}

/** Surveys the columns of a table. */
export class Survey implements RecordSink {
  columns: ColumnSurvey[] = [];
  rows = 0;
  lastLine = 0;
  #places: number[] = [];

  /**
   * @param only - the columns to look at; all where absent
   * @param names - of columns, texts that are no marks of gaps in them
   */
  constructor(
    private readonly marks: MissingMarks,
    private readonly only?: readonly string[],
    private readonly names: ReadonlyMap<string, ReadonlySet<string>> = new Map(),
  ) {}

  begin(header: readonly string[]): void {
    this.columns = header.map((name) => new ColumnSurvey(name));
    this.#places = [...header.keys()].filter((place) => !this.only || this.only.includes(header[place]));
  }

  column(name: string): void {
    const column = new ColumnSurvey(name);
    column.missing = this.rows;
    this.#places.push(this.columns.push(column) - 1);
  }

  record(cells: Cells): void {
    this.rows++;
    this.lastLine = cells.line;
    for (const place of this.#places) {
      const column = this.columns[place];
      column.add(cells, place, this.marks, this.names.size > 0 ? this.names.get(column.name) : undefined);
    }
  }
}
