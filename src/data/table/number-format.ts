import { decimalOf } from "../csv/cells.js";

/** Format of numbers: the sign before decimals, the sign between groups of three digits, and what stands around them. */
export interface NumberFormat {
  decimal: "." | ",";
  /** "" for none; " " for blanks of any kind and apostrophes. */
  thousands: "" | "," | "." | " ";
  /** The unit of the numbers, "kg" or "US$": no other may stand there. Where absent, signs of currencies may. */
  unit?: string;
  /** k, M and B behind a number multiply it: 1.5M is 1,500,000. */
  magnitudes?: true;
}

/** The ways of writing numbers that are told apart, plain decimals first. */
export const NUMBER_FORMATS: readonly NumberFormat[] = [
  { decimal: ".", thousands: "," },
  { decimal: ",", thousands: "." },
  { decimal: ".", thousands: " " },
  { decimal: ",", thousands: " " },
];

/** Signs and codes of currencies, and percent, of which none is a word: they may stand before a number, too. */
const CURRENCY =
  "[A-Z]{0,3}\\p{Sc}|USD|EUR|GBP|CHF|JPY|CNY|INR|AUD|CAD|NZD|BRL|MXN|ZAR|SEK|NOK|DKK|PLN|CZK|HUF|RON|TRY|RUB|%";
/** Currencies that are words, before a number: kr 500, Rs. 500. */
const BEFORE = `${CURRENCY}|kr\\.?|Kr\\.?|Rs\\.?|zł|Fr\\.`;
/** A unit behind a number: 50 kg, 12 km/h, 3 m², 5 sq ft. */
const BEHIND = `(?:${CURRENCY}|[\\p{L}°µ‰′″])[\\p{L}\\p{Sc}°²³%/·.\\s]*`;
/** Typography's minus, and the dash that stands for it. */
const SIGN = "[+\\-\u2212\u2013]";
/** A sign may stand before or after what is before the number, a minus behind all. */
const AROUND = new RegExp(
  `^(${SIGN}?)(?:(${BEFORE})\\s?)?(${SIGN}?)([\\d.,'’\\s]*\\d[.,]?)((?:[eE]${SIGN}?\\d+)?)(?:\\s?(${BEHIND}))?([-\\u2212]?)$`,
  "u",
);
/** A number in the parentheses of accounts, with its unit within or before them: what is below 0. */
const IN_PARENTHESES = new RegExp(`^((?:${BEFORE})?)\\s?\\(([^()]*)\\)$`, "u");
const IS_CURRENCY = new RegExp(`^(?:${CURRENCY})$`, "u");
const MAGNITUDE = /^(.*?)\s?([kKmMB])$/su;
const POWERS: Readonly<Record<string, number>> = { k: 3, K: 3, m: 6, M: 6, B: 9 };
/** Hours and minutes of a day, or hours, minutes and seconds. */
const CLOCK = /^(\d+):([0-5]\d)(?::([0-5]\d(?:\.\d+)?))?$/;
const LONGEST = 40;

/** Digits in groups of three, in India in pairs before the last; none begins with a group of 0, so that 0,700 has decimals. */
const GROUPED: Readonly<Record<NumberFormat["thousands"], RegExp>> = {
  "": /^\d*$/,
  ",": /^[1-9](?:\d{0,2}(?:,\d{3})+|\d?(?:,\d{2})+,\d{3})$/,
  ".": /^[1-9]\d{0,2}(\.\d{3})+$/,
  " ": /^[1-9]\d{0,2}([\s'’]\d{3})+$/,
};

/** A text as sign, digits, and what stands around them. */
interface Written {
  sign: string;
  digits: string;
  exponent: string;
  unit: string;
}

function writtenIn(text: string): Written | undefined {
  if (text.length > LONGEST) return undefined;
  const [, around, account] = text.match(IN_PARENTHESES) ?? [];
  const found = (account === undefined ? text : around + account).match(AROUND);
  if (!found) return undefined;
  const [, before, ahead = "", inner, digits, exponent, behind = "", after] = found;
  const signs = [before, inner, after, ...(account === undefined ? [] : ["-"])].filter((sign) => sign !== "");
  if (signs.length > 1) return undefined;
  return { sign: signs.join(""), digits, exponent, unit: `${ahead}${behind.trim()}` };
}

/** Hours of a clock, 7:30 as 7.5, with the form in which it stands as the unit; undefined for other texts. */
function clockOf(text: string): { hours: number; unit: string } | undefined {
  const [, hours, minutes, seconds] = (text.length > LONGEST ? null : text.match(CLOCK)) ?? [];
  if (hours === undefined || (seconds === undefined && Number(hours) > 23)) return undefined;
  const value = Number(hours) + Number(minutes) / 60 + Number(seconds ?? 0) / 3600;
  return { hours: value, unit: seconds === undefined ? "0:00" : "0:00:00" };
}

/** A unit without the letter that multiplies, and that letter; "" where there is none. 5 m are metres, €5m millions. */
function magnitudeOf(unit: string): [unit: string, magnitude: string] {
  const [, rest, magnitude] = unit.match(MAGNITUDE) ?? [];
  const isOne = magnitude !== undefined && (rest === "" ? magnitude !== "m" : IS_CURRENCY.test(rest));
  return isOne ? [rest, magnitude] : [unit, ""];
}

/**
 * Whether letters behind a column's numbers multiply them: they differ, or stand behind some numbers only.
 *
 * @param letters - those that occur, "" for numbers without one
 */
export function areMagnitudes(letters: ReadonlySet<string>, unit: string): boolean {
  const powers = new Set([...letters].filter((letter) => letter !== "").map((letter) => POWERS[letter]));
  return powers.size > 1 || (powers.size === 1 && letters.has("") && (unit !== "" || !letters.has("B")));
}

/** Whether a unit is a sign or code of currency, or percent: of the numbers with it each may be another. */
export const isCurrency = (unit: string): boolean => IS_CURRENCY.test(unit);

/** Whether numbers may lack a unit in some rows: $5 and 5 are the same, 5 % and 5 may be 5 and 500 %. */
export const mayLack = (unit: string): boolean => isCurrency(unit) && unit !== "%";

/**
 * The number that a text stands for in a format: "1,234.50", "$12", "12 %" where decimals follow a point, "1.234,50" or
 * "1,5E+03" where they follow a comma. Units keep their number: "12 %" is 12; of a clock it is hours. "(12)" and "12-" are -12,
 * as accounts have it.
 *
 * @returns NaN where the text isn't a number of this format
 */
export function parseNumber(text: string, format: NumberFormat): number {
  const clock = clockOf(text);
  if (clock) return clock.unit === format.unit ? clock.hours : Number.NaN;
  const written = writtenIn(text);
  if (!written) return Number.NaN;
  const [unit, magnitude] = format.magnitudes ? magnitudeOf(written.unit) : [written.unit, ""];
  const isKnown = unit === "" || (format.unit === undefined ? mayLack(unit) : unit === format.unit);
  if (!isKnown || (magnitude !== "" && written.exponent !== "")) return Number.NaN;
  return numberOf(written, format, magnitude === "" ? written.exponent : `e${POWERS[magnitude]}`);
}

function numberOf({ sign, digits }: Written, { decimal, thousands }: NumberFormat, exponent: string): number {
  const point = digits.lastIndexOf(decimal);
  const whole = point < 0 ? digits : digits.slice(0, point);
  const decimals = point < 0 ? "" : digits.slice(point + 1);
  if (!/^\d*$/.test(decimals) || !(GROUPED[""].test(whole) || GROUPED[thousands].test(whole))) return Number.NaN;
  return decimalOf(`${sign}${whole.replace(/\D/g, "")}.${decimals}${exponent}`.replace(/[\u2212\u2013]/g, "-"));
}

const EVERY_FORMAT = (1 << NUMBER_FORMATS.length) - 1;
/** A comma with digits on one side: decimals where other texts have such commas, and by itself as good as a typing error. */
const STRAY_COMMA = /^[+-]?(?:,\d+|\d+,)$/;

/** Whether a text is a number only where its comma begins or ends it; see `formsOf`. */
export const isStray = (text: string): boolean => STRAY_COMMA.test(text);

/** A number's text as a column is judged by it. */
export interface NumberForms {
  /** Formats in which it is a number, as bits in the order of `NUMBER_FORMATS`; all where it decides nothing. */
  formats: number;
  unit: string;
  magnitude: string;
}

/** The forms that a text has as a number; undefined where it is none. */
export function formsOf(text: string): NumberForms | undefined {
  if (isStray(text)) return { formats: EVERY_FORMAT, unit: "", magnitude: "" };
  const clock = clockOf(text);
  if (clock) return { formats: EVERY_FORMAT, unit: clock.unit, magnitude: "" };
  const written = writtenIn(text);
  if (!written) return undefined;
  const [unit, magnitude] = magnitudeOf(written.unit);
  // Digits that begin with 0 and end in letters are codes: 007A.
  if (unit !== "" && !isCurrency(unit) && /^0\d/.test(written.digits)) return undefined;
  const formats = NUMBER_FORMATS.reduce(
    (bits, format, i) => bits | (Number.isNaN(numberOf(written, format, written.exponent)) ? 0 : 1 << i),
    0,
  );
  return formats === 0 ? undefined : { formats, unit, magnitude };
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
