import { ArgumentError } from "../core/errors.js";
import { shown } from "../core/shown.js";
import { english } from "./english.js";
import { spanish } from "./spanish.js";
import type { Texts } from "./texts.js";

export type { Texts } from "./texts.js";

/** The languages that charts and reports are written in, by their codes: English and Spanish. */
export type Language = keyof typeof TABLES;

const TABLES = { en: english, es: spanish };

/** Codes of the languages that charts and reports are written in. */
export const languages = Object.keys(TABLES) as readonly Language[];

/** All texts of a language. @throws ArgumentError on one that there is no table of */
export function textsIn(language: Language): Texts {
  if (Object.hasOwn(TABLES, language)) return TABLES[language];
  throw new ArgumentError(`language must be one of ${languages.join(", ")}, got ${shown(language)}.`);
}

/** Numbers as a language writes them. NaN and infinity, which a diverged run has, are written as words. */
export interface Numbers {
  /** Three significant digits, four from 1,000 on: 0.412, 18.3, 2,816. */
  short(value: number): string;
  /** One decimal: 83.2%. */
  percent(share: number): string;
  /** A score by its name: accuracy as a share of a hundred, others as they are. */
  score(name: string, value: number): string;
  /** A whole number: 42,000. */
  count(value: number): string;
  /** Seconds, to a hundredth where they are few. */
  stopwatch(seconds: number): string;
  /** With so many decimals. */
  fixed(value: number, decimals: number): string;
  /** Format of the numbers of a table's column, all with the same decimals: about four digits of the largest. */
  column(values: readonly (number | undefined)[]): (value: number | undefined) => string;
  /** With so many significant digits at the most. */
  digits(value: number, digits: number): string;
}

/** Scores that are shares of rows. */
const SHARES = new Set(["accuracy"]);

export function numbersIn(language: Language): Numbers {
  const write = (options: Intl.NumberFormatOptions) => {
    const format = new Intl.NumberFormat(language, options);
    return (value: number) => (Number.isFinite(value) ? format.format(value).replace("-", "−") : String(value));
  };
  const short = write({ maximumSignificantDigits: 3 });
  const large = write({ maximumFractionDigits: 0 });
  const tiny = write({ notation: "scientific", maximumSignificantDigits: 3 });
  const percent = write({ style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 });
  const plain = (value: number) => {
    const size = Math.abs(value);
    if (size >= 1000 && size < 1e9) return large(value);
    return (size >= 1e-4 && size < 1e9) || size === 0 ? short(value) : tiny(value);
  };
  return {
    short: plain,
    percent,
    score: (name, value) => (SHARES.has(name) ? percent(value) : plain(value)),
    count: write({ maximumFractionDigits: 0 }),
    column: (values) => {
      const largest = values.reduce<number>(
        (most, value) => (Number.isFinite(value) ? Math.max(most, Math.abs(value!)) : most),
        0,
      );
      const decimals =
        largest === 0 ? 0 : Math.max(0, Math.min(6, 3 - Math.floor(Math.log10(Math.max(largest, 1e-3)))));
      const fixed = write({ minimumFractionDigits: decimals, maximumFractionDigits: decimals });
      return (value) => (value === undefined ? "" : fixed(value));
    },
    digits: (value, digits) => write({ maximumSignificantDigits: digits })(value),
    stopwatch: (value) => {
      const decimals = value < 10 ? 2 : value < 100 ? 1 : 0;
      return write({ minimumFractionDigits: decimals, maximumFractionDigits: decimals })(value);
    },
    fixed: (value, decimals) => write({ minimumFractionDigits: decimals, maximumFractionDigits: decimals })(value),
  };
}
