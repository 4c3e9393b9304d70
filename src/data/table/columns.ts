import { DataError } from "../../core/errors.js";
import type { Cells, RecordSink } from "../csv/cells.js";
import { listNames, shorten } from "../csv/text.js";
import type { Block } from "../preprocessing/block.js";
import type { BlockSource } from "../preprocessing/pipeline.js";
import { parseDate } from "./dates.js";
import type { ColumnReading } from "./kinds.js";
import { parseNumber } from "./number-format.js";
import { NumberStore, stretchFor } from "./number-store.js";
import type { MissingMarks } from "./words.js";

/** A column's name and how its cells are read. */
export interface ReadColumn {
  name: string;
  reading: ColumnReading;
  /** Treatment of a row without a value in the column: it is kept with its gap, left out, or an error. */
  gaps: "keep" | "leave out" | "refuse";
  /** The only names that it may have. */
  names?: ReadonlySet<string>;
  /** Weights: 0 or more. */
  isWeight?: boolean;
}

/** The values of a column: numbers (dates in milliseconds, no and yes as 0 and 1) or names; a gap is NaN or undefined. */
export type ColumnValues = NumberStore | NameStore;

const NO_NAME = 2 ** 32 - 1;
const MOST_FAULTS = 10;
const LARGEST = 3.4028235677973366e38; // from here on float32 is infinite

/** A column of names, each kept once. */
export class NameStore {
  readonly names: string[] = [];
  readonly #places = new Map<string, number>();
  #codes: Uint32Array;
  length = 0;

  constructor(rows: number) {
    this.#codes = new Uint32Array(rows);
  }

  push(name: string | undefined): void {
    if (this.length === this.#codes.length) {
      const longer = new Uint32Array(Math.max(16, this.length * 2));
      longer.set(this.#codes);
      this.#codes = longer;
    }
    let code = name === undefined ? NO_NAME : this.#places.get(name);
    if (code === undefined) {
      code = this.names.push(name!) - 1;
      this.#places.set(name!, code);
    }
    this.#codes[this.length++] = code;
  }

  end(): this {
    return this;
  }

  at(row: number): string | undefined {
    return this.names[this.#codes[row]];
  }
}

/** The value of a cell, as its column is read; undefined for a gap, or the text that it can't be read as. */
export function cellValue(
  cells: Cells,
  column: number,
  { reading, names }: Pick<ReadColumn, "reading" | "names">,
  marks: MissingMarks,
): number | string | undefined {
  if (reading.kind === "number" && reading.format === undefined) {
    const plain = cells.number(column);
    if (plain > -LARGEST && plain < LARGEST && !marks.hasNumber(plain)) return plain;
  }
  if (reading.kind === "text") {
    const text = cells.text(column);
    return marks.hasText(text) ? undefined : text;
  }
  if (reading.kind === "category") {
    const number = reading.plain ? cells.number(column) : Number.NaN;
    const text = Number.isNaN(number) ? cells.text(column) : String(number + 0);
    if (names?.has(text)) return text;
    return marks.hasText(text) || marks.hasNumber(number) ? undefined : text;
  }
  const plain = cells.number(column);
  const isPlain = () => (Number.isInteger(plain) && !cells.isGrouped(column)) || cells.isNumber(column);
  if (reading.kind === "number" && (!reading.format || isPlain())) {
    if (marks.hasNumber(plain)) return undefined;
    if (!Number.isNaN(plain)) return Math.abs(plain) < LARGEST ? plain : cells.text(column);
  }
  const text = cells.text(column);
  if (marks.hasText(text) || marks.hasNumber(plain)) return undefined;
  // A word that training rows don't have says as little as a gap.
  if (reading.kind === "boolean") return booleanOf(text.toLowerCase(), reading.words);
  const value =
    reading.kind === "date"
      ? parseDate(text, reading.order)
      : reading.format
        ? parseNumber(text, reading.format)
        : Number.NaN;
  return Math.abs(value) < LARGEST ? value : text;
}

/** 0 or 1 for either of the words, and for the numbers themselves. */
function booleanOf(text: string, words: readonly [no: string, yes: string]): number | undefined {
  const place = words.indexOf(text);
  return place >= 0 ? place : text === "0" ? 0 : text === "1" ? 1 : undefined;
}

const EXPECTED: Record<ColumnReading["kind"], string> = {
  number: "a decimal number",
  boolean: "one of the words for no and yes",
  date: "a date",
  category: "text",
  text: "text",
};

/** A message for a cell that can't be read as its column is. @param isStrict - columns of plain numbers are read alone */
export function cellFault(
  name: string,
  { kind }: ColumnReading,
  line: number,
  text: string,
  isStrict: boolean,
): string {
  const where = `line ${line}, column ${shorten(name)}`;
  if (kind === "number" && /^[+-]?inf(inity)?$/i.test(text)) {
    return `${where} is ${shorten(text)}, not a finite number. Fill it in or remove the row.`;
  }
  if (kind === "number" && !Number.isNaN(Number(text)) && /^[\d.eE+-]+$/.test(text)) {
    return `${where}: ${shorten(text)} is too large for a 32-bit float (3.4e38). Rescale the column.`;
  }
  const got = `${where} must be ${EXPECTED[kind]}, got the text ${shorten(text)}.`;
  if (!isStrict) return `${got} Correct it, or leave the cell empty.`;
  const remedy = /^[+-]?\d+,\d+$/.test(text) ? "Write decimals with a point" : "Correct it or leave the column out";
  return `${got} ${remedy}; readTable() reads more forms.`;
}

function gapFault(name: string, line: number, text: string): string {
  const where = `line ${line}, column ${shorten(name)}`;
  const what =
    text === ""
      ? "is empty"
      : /^[+-]?nan$/i.test(text)
        ? `is ${shorten(text)}, not a finite number`
        : `is ${shorten(text)}, a mark for what is missing`;
  return `${where} ${what}. Fill it in or remove the row; readTable() fills gaps.`;
}

function nestedFault(name: string, line: number, text: string): string {
  return `line ${line}, column ${shorten(name)}: ${shorten(text)} is a list or an object, not one value.`;
}

function weightFault(name: string, line: number, value: number): string {
  return `line ${line}, column ${shorten(name)}: a weight must be 0 or more, got ${value}.`;
}

function nameFault(name: string, line: number, text: string, names: ReadonlySet<string>): string {
  return `line ${line}, column ${shorten(name)}: ${shorten(text)} isn't one of the classes ${listNames([...names])}.`;
}

/** Keeps the columns of a table that are read, each in a form of its own. */
export class ColumnSink implements RecordSink {
  readonly stores: Map<string, ColumnValues>;
  /** Rows left out, for they lack a target or weight. */
  left = 0;
  rows = 0;
  /** Words of columns of yes and no that are neither. */
  readonly others = new Map<string, { names: Set<string>; count: number }>();
  readonly #faults: string[] = [];
  #faultCount = 0;
  #places: number[] = [];
  readonly #kept: readonly ColumnValues[];
  /** Columns whose gaps leave rows out. */
  readonly #required: readonly number[];

  /** @param rows - how many there are at most */
  constructor(
    private readonly table: string,
    private readonly columns: readonly ReadColumn[],
    private readonly marks: MissingMarks,
    rows: number,
  ) {
    const stretch = stretchFor(Math.max(1, columns.length), Math.max(1, rows));
    const storeFor = ({ reading }: ReadColumn) =>
      reading.kind === "category" || reading.kind === "text" ? new NameStore(rows) : new NumberStore(stretch);
    this.stores = new Map(columns.map((column) => [column.name, storeFor(column)]));
    this.#kept = [...this.stores.values()];
    this.#required = [...columns.keys()].filter((column) => columns[column].gaps === "leave out");
  }

  begin(header: readonly string[]): void {
    const places = new Map(header.map((name, place) => [name, place]));
    const absent = this.columns.filter(({ name }) => !places.has(name));
    if (absent.length > 0) {
      const names = absent.slice(0, 10).map(({ name }) => shorten(name));
      throw new DataError(
        `${this.table}: there is no column ${names.join(", ")}, which the model learned from. Its columns are ` +
          `${listNames(header)}: rename them, or add those.`,
      );
    }
    this.#places = this.columns.map(({ name }) => places.get(name)!);
  }

  record(cells: Cells): void {
    const { columns, marks } = this;
    for (const i of this.#required) {
      if (cellValue(cells, this.#places[i], columns[i], marks) !== undefined) continue;
      this.left++;
      return;
    }
    this.rows++;
    for (let i = 0; i < columns.length; i++) {
      const value = cellValue(cells, this.#places[i], columns[i], marks);
      const store = this.#kept[i];
      if (value === undefined && columns[i].gaps === "refuse") {
        this.#fault(gapFault(columns[i].name, cells.line, cells.text(this.#places[i])));
      }
      if (store instanceof NumberStore) {
        if (typeof value === "number") {
          store.push(value);
          if (columns[i].isWeight && value < 0) this.#fault(weightFault(columns[i].name, cells.line, value));
        } else {
          if (value !== undefined) this.#fault(this.#cellFault(columns[i], cells.line, value));
          else if (columns[i].reading.kind === "boolean") this.#noteOther(columns[i].name, cells.text(this.#places[i]));
          store.push(Number.NaN);
        }
      } else store.push(this.#named(cells, i, value as string | undefined));
    }
  }

  #noteOther(column: string, text: string): void {
    if (this.marks.hasText(text)) return;
    const { names, count } = this.others.get(column) ?? { names: new Set(), count: 0 };
    this.others.set(column, { names: names.size < MOST_FAULTS ? names.add(text) : names, count: count + 1 });
  }

  #cellFault({ name, reading, gaps }: ReadColumn, line: number, text: string): string {
    return cellFault(name, reading, line, text, gaps === "refuse");
  }

  /** A name that its column may have: 1.0 is 1, unless it is known as 1.0. */
  #named(cells: Cells, column: number, value: string | undefined): string | undefined {
    const { name, names } = this.columns[column];
    if (value !== undefined && cells.isNested(this.#places[column])) {
      this.#fault(nestedFault(name, cells.line, value));
      return undefined;
    }
    if (!names || value === undefined || names.has(value)) return value;
    const text = cells.text(this.#places[column]);
    if (!names.has(text)) this.#fault(nameFault(name, cells.line, text, names));
    return text;
  }

  #fault(fault: string): void {
    if (this.#faultCount++ < MOST_FAULTS) this.#faults.push(fault);
  }

  /** @throws DataError with all cells that can't be read */
  end(): Map<string, ColumnValues> {
    if (this.#faultCount > 0) {
      const more = this.#faultCount - this.#faults.length;
      const list =
        this.#faults.length === 1 ? ` ${this.#faults[0]}` : this.#faults.map((fault) => `\n- ${fault}`).join("");
      throw new DataError(`${this.table}:${list}${more > 0 ? `\n- and ${more} more of that kind` : ""}`);
    }
    for (const store of this.stores.values()) store.end();
    return this.stores;
  }
}

/** All row numbers, in order. */
export function everyRow(rows: number): Uint32Array<ArrayBuffer> {
  const numbers = new Uint32Array(rows);
  for (let row = 0; row < rows; row++) numbers[row] = row;
  return numbers;
}

/** Rows of columns that were kept. */
export class ColumnRows implements BlockSource {
  #every: Uint32Array<ArrayBuffer> | undefined;

  /** @param name - what messages call the table */
  constructor(
    private readonly name: string,
    readonly rows: number,
    private readonly stores: ReadonlyMap<string, ColumnValues>,
    readonly others?: ColumnSink["others"],
  ) {}

  block(columns: readonly string[], rows: ArrayLike<number>): Block {
    return { rows: rows.length, columns: columns.map((name) => ({ name, values: this.values(name, rows) })) };
  }

  /** A column's values in these rows, all where absent: numbers, NaN for gaps, or names, undefined for gaps. */
  values(
    column: string,
    rows: ArrayLike<number> = this.#everyRow(),
  ): Float64Array<ArrayBuffer> | (string | undefined)[] {
    const store = this.stores.get(column);
    if (!store) throw new DataError(`${this.name}: there is no column ${shorten(column)} that was read.`);
    if (store instanceof NameStore) return Array.from({ length: rows.length }, (_, i) => store.at(rows[i]));
    const values = new Float64Array(rows.length);
    store.gather(rows instanceof Uint32Array ? rows : Uint32Array.from(rows), values);
    return values;
  }

  #everyRow(): Uint32Array {
    this.#every ??= everyRow(this.rows);
    return this.#every;
  }
}
