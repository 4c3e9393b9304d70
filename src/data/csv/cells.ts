import { CodedText } from "./coded-text.js";

/** A record of a table, as its format gives it: cell by cell, as number or as text. */
export interface Cells {
  /** The line on which the record starts, or its number where there are no lines; counted from 1. */
  readonly line: number;
  /** Number of cells. */
  readonly count: number;
  /** The plain decimal number in a cell; ±Infinity where it is too large for float64, NaN where it is anything else. */
  number(column: number): number;
  /** Whether a cell is a number by its type, which no format spells otherwise. */
  isNumber(column: number): boolean;
  /** Whether a cell is digits that a number would lose some of: leading zeros, or more than float64 keeps. */
  isCode(column: number): boolean;
  /** Whether a plain number may have thousands after a point: 2.851, 2.000. */
  isGrouped(column: number): boolean;
  /** Whether a cell holds a list or an object, which isn't one value. */
  isNested(column: number): boolean;
  /** The text of a cell without blanks around it; "" where there is nothing. */
  text(column: number): string;
  /** The text of a cell as it stands; JSON where it is nested. */
  raw(column: number): string;
}

/** Receiver of a table's records, one after the other. */
export interface RecordSink {
  /**
   * Comes before the first record.
   *
   * @param header - names of the columns
   * @param delimiter - character between the fields of a text file
   */
  begin(header: readonly string[], delimiter?: string): void;
  /** A column that no record before had; formats that don't list their columns in front have such. */
  column?(name: string): void;
  record(cells: Cells): void;
}

const ZERO = 48;
const NINE = 57;
const PLUS = 43;
const MINUS = 45;
const POINT = 46;
const SPACE = 32;
const LETTER_E = 101;
const LOWER = 32;

/** Numbers of so many digits are whole numbers below 2^53, and so are these powers of ten: their quotient rounds once. */
const EXACT_DIGITS = 15;
const POWERS = Array.from({ length: EXACT_DIGITS + 1 }, (_, i) => 10 ** i);

/**
 * The decimal number in a part of a text: 12, -0.5, .5, 5., 1e-3, with blanks around it; not 0x10, 1_000 or 1,5. Looks at
 * each character once, and makes no string of numbers with up to 15 digits.
 *
 * @returns the nearest float64, ±Infinity beyond its range, or NaN where it isn't such a number
 */
export function decimalAt({ text, codes }: CodedText, from: number, to: number): number {
  let start = from;
  let end = to;
  while (start < end && codes[start] <= SPACE) start++;
  while (end > start && codes[end - 1] <= SPACE) end--;
  let i = start;
  const sign = codes[i];
  if (sign === MINUS || sign === PLUS) i++;
  let digits = 0;
  let decimals = 0;
  let mantissa = 0;
  for (let code = codes[i]; i < end && code >= ZERO && code <= NINE; code = codes[++i]) {
    mantissa = mantissa * 10 + (code - ZERO);
    digits++;
  }
  if (i < end && codes[i] === POINT) {
    for (let code = codes[++i]; i < end && code >= ZERO && code <= NINE; code = codes[++i]) {
      mantissa = mantissa * 10 + (code - ZERO);
      digits++;
      decimals++;
    }
  }
  if (digits === 0) return Number.NaN;
  if (i === end && digits <= EXACT_DIGITS) {
    const value = decimals === 0 ? mantissa : mantissa / POWERS[decimals];
    return sign === MINUS ? -value : value;
  }
  if (i < end && !isExponent(codes, i, end)) return Number.NaN;
  return Number(text.slice(start, end));
}

const one = new CodedText();

/** The decimal number that a text is; see `decimalAt`. */
export const decimalOf = (text: string): number => decimalAt(one.set(text), 0, text.length);

/** Whether a text is digits that a number would lose some of; see `isCodeAt`. */
export const isCode = (text: string): boolean => isCodeAt(one.set(text), 0, text.length);

/** Whether a part of a text is an exponent: e5, E-12. */
function isExponent(codes: Uint16Array, from: number, end: number): boolean {
  if ((codes[from] | LOWER) !== LETTER_E) return false;
  let i = from + 1;
  const sign = codes[i];
  if (i < end && (sign === MINUS || sign === PLUS)) i++;
  if (i === end) return false;
  for (; i < end; i++) if (codes[i] < ZERO || codes[i] > NINE) return false;
  return true;
}

/** Longer whole numbers can't all be told apart as float64. */
const LONGEST_EXACT = 15;
const GROUPED = /^[+-]?[1-9]\d{0,2}\.\d{3}$/;

/** Whether a part of a text is a number with three digits after its one point, which parts decimals or thousands. */
export function isGroupedAt({ text, codes }: CodedText, from: number, to: number): boolean {
  let end = to;
  while (end > from && codes[end - 1] <= SPACE) end--;
  return end - from > 4 && codes[end - 4] === POINT && GROUPED.test(text.slice(from, end).trimStart());
}

/** Whether a text is such a number; see `isGroupedAt`. */
export const isGrouped = (text: string): boolean => isGroupedAt(one.set(text), 0, text.length);

/** Whether a part of a text is digits that a number would lose some of: leading zeros, or more than float64 keeps. */
export function isCodeAt({ codes }: CodedText, from: number, to: number): boolean {
  let start = from;
  let end = to;
  while (start < end && codes[start] <= SPACE) start++;
  while (end > start && codes[end - 1] <= SPACE) end--;
  if (end - start < 2 || (codes[start] !== ZERO && end - start <= LONGEST_EXACT)) return false;
  for (let i = start; i < end; i++) if (codes[i] < ZERO || codes[i] > NINE) return false;
  return true;
}
