import { ArgumentError } from "../core/errors.js";
import { english } from "./english.js";
import { spanish } from "./spanish.js";
import type { Texts } from "./texts.js";

export type { Texts } from "./texts.js";

/** The languages that charts and reports are written in, by their codes: English and Spanish. */
export type Language = keyof typeof TABLES;

const TABLES = { en: english, es: spanish };

export const languages = Object.keys(TABLES) as readonly Language[];

/** All texts of a language. @throws ArgumentError on one that there is no table of */
export function textsIn(language: Language): Texts {
  if (Object.hasOwn(TABLES, language)) return TABLES[language];
  throw new ArgumentError(`language must be one of ${languages.join(", ")}, got ${JSON.stringify(language)}.`);
}

/** Numbers as a language writes them. NaN and infinity, which a diverged run has, are written as words. */
export interface Numbers {
  /** Three significant digits, four from 1,000 on: 0.412, 18.3, 2,816. */
  short(value: number): string;
  /** One decimal: 83.2%. */
  percent(share: number): string;
  /** A whole number: 42,000. */
  count(value: number): string;
  /** With so many decimals. */
  fixed(value: number, decimals: number): string;
}

export function numbersIn(language: Language): Numbers {
  const write = (options: Intl.NumberFormatOptions) => {
    const format = new Intl.NumberFormat(language, options);
    return (value: number) => (Number.isFinite(value) ? format.format(value) : String(value));
  };
  const short = write({ maximumSignificantDigits: 3 });
  const large = write({ maximumFractionDigits: 0 });
  const tiny = write({ notation: "scientific", maximumSignificantDigits: 3 });
  return {
    short: (value) => {
      const size = Math.abs(value);
      if (size >= 1000 && size < 1e9) return large(value);
      return (size >= 1e-4 && size < 1e9) || size === 0 ? short(value) : tiny(value);
    },
    percent: write({ style: "percent", minimumFractionDigits: 1, maximumFractionDigits: 1 }),
    count: write({ maximumFractionDigits: 0 }),
    fixed: (value, decimals) => write({ minimumFractionDigits: decimals, maximumFractionDigits: decimals })(value),
  };
}
