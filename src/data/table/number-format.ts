import { decimalOf } from "../csv/cells.js";

/** Format of numbers: the sign before decimals, and the sign between groups of three digits. */
export interface NumberFormat {
  decimal: "." | ",";
  /** "" for none; " " for blanks of any kind and apostrophes. */
  thousands: "" | "," | "." | " ";
}

/** The ways of writing numbers that are told apart, plain decimals first. */
export const NUMBER_FORMATS: readonly NumberFormat[] = [
  { decimal: ".", thousands: "," },
  { decimal: ",", thousands: "." },
  { decimal: ".", thousands: " " },
  { decimal: ",", thousands: " " },
];

/** A currency sign or code, or a percent sign, before or after; a sign may stand before or after it, a minus behind all. */
const UNIT = "(?:[$€£¥₹₽₩]|USD|EUR|GBP|CHF|JPY|%)";
/** U+2212 is typography's minus. */
const SIGN = "[+\\-\u2212]";
const AROUND = new RegExp(
  `^(${SIGN}?)(?:${UNIT}\\s?)?(${SIGN}?)([\\d.,'’\\s]*\\d[.,]?)((?:[eE]${SIGN}?\\d+)?)(?:\\s?${UNIT})?([-\\u2212]?)$`,
  "u",
);
/** A number in the parentheses of accounts, with its unit within or before them: what is below 0. */
const IN_PARENTHESES = new RegExp(`^(${UNIT}?)\\s?\\(([^()]*)\\)$`, "u");
const LONGEST = 40;

/** Digits in groups of three, in India in pairs before the last; none begins with a group of 0, so that 0,700 has decimals. */
const GROUPED: Readonly<Record<NumberFormat["thousands"], RegExp>> = {
  "": /^\d*$/,
  ",": /^[1-9](?:\d{0,2}(?:,\d{3})+|\d?(?:,\d{2})+,\d{3})$/,
  ".": /^[1-9]\d{0,2}(\.\d{3})+$/,
  " ": /^[1-9]\d{0,2}([\s'’]\d{3})+$/,
};

/**
 * The number that a text stands for in a format: "1,234.50", "$12", "12 %" where decimals follow a point, "1.234,50" or
 * "1,5E+03" where they follow a comma. Percents keep their number: "12 %" is 12. "(12)" and "12-" are -12, as accounts have it.
 *
 * @returns NaN where the text isn't a number of this format
 */
export function parseNumber(text: string, { decimal, thousands }: NumberFormat): number {
  if (text.length > LONGEST) return Number.NaN;
  const [, unit, account] = text.match(IN_PARENTHESES) ?? [];
  const [, before, inner, digits, exponent, behind] =
    (account === undefined ? text : unit + account).match(AROUND) ?? [];
  if (digits === undefined) return Number.NaN;
  const signs = [before, inner, behind, ...(account === undefined ? [] : ["-"])].filter((sign) => sign !== "");
  if (signs.length > 1) return Number.NaN;
  const point = digits.lastIndexOf(decimal);
  const whole = point < 0 ? digits : digits.slice(0, point);
  const decimals = point < 0 ? "" : digits.slice(point + 1);
  if (!/^\d*$/.test(decimals) || !(GROUPED[""].test(whole) || GROUPED[thousands].test(whole))) return Number.NaN;
  return decimalOf(`${signs.join("")}${whole.replace(/\D/g, "")}.${decimals}${exponent}`.replaceAll("\u2212", "-"));
}

const EVERY_FORMAT = (1 << NUMBER_FORMATS.length) - 1;
/** A comma with digits on one side: decimals where other texts have such commas, and by itself as good as a typing error. */
const STRAY_COMMA = /^[+-]?(?:,\d+|\d+,)$/;

/** Whether a text is a number only where its comma begins or ends it; see `formatsOf`. */
export const isStray = (text: string): boolean => STRAY_COMMA.test(text);

/** The formats in which a text may be a number, as bits in the order of `NUMBER_FORMATS`; all where it decides nothing. */
export function formatsOf(text: string): number {
  if (text.length > LONGEST || !(AROUND.test(text) || IN_PARENTHESES.test(text))) return 0;
  if (isStray(text)) return EVERY_FORMAT;
  return NUMBER_FORMATS.reduce((bits, format, i) => bits | (Number.isNaN(parseNumber(text, format)) ? 0 : 1 << i), 0);
}

/**
 * The one format that all texts of a column are numbers in. Where a comma may part thousands or decimals, as in 402,528,
 * a file that commas delimit has thousands; others don't say.
 *
 * @param bits - formats that fit every text
 * @returns "unclear" where the texts don't decide; undefined where no format fits
 */
export function formatFrom(bits: number, delimiter: string): NumberFormat | "unclear" | undefined {
  const fitting = NUMBER_FORMATS.filter((_, i) => bits & (1 << i));
  if (fitting.length === 0) return undefined;
  const decimals = new Set(fitting.map(({ decimal }) => decimal));
  if (decimals.size === 1 || delimiter === ",") return fitting[0];
  // No text has a point or a comma: both read the same.
  return bits === EVERY_FORMAT ? fitting[0] : "unclear";
}
