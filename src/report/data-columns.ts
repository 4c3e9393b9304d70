import { type Language, numbersIn } from "../language/index.js";
import type { Sample } from "./run.js";
import type { Column } from "./table.js";

/** More columns than this are left out: the page shows rows, it doesn't hold the data. */
export const MOST_COLUMNS = 12;

/** Longer texts are cut. */
const MOST_LETTERS = 40;

const isGap = (cell: string | number) => cell === "" || Number.isNaN(cell);

const cut = (text: string) => (text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS - 1)}…` : text);

/** Digits of a column's largest number. */
const DIGITS = 4;
const MOST_DECIMALS = 6;

/** Decimals that give a column's largest number about four digits; fewer, where all of its numbers end in zeros. */
function decimalsOf(values: readonly number[]): number {
  const largest = Math.max(1e-3, ...values.map(Math.abs));
  const most = Math.max(0, Math.min(MOST_DECIMALS, DIGITS - 1 - Math.floor(Math.log10(largest))));
  let decimals = 0;
  while (values.some((value) => Number(value.toFixed(decimals)) !== Number(value.toFixed(most)))) decimals++;
  return decimals;
}

/** Columns of the rows' own data, and what stands in each row; a gap is empty. */
export function dataColumns(samples: readonly Sample[], names: readonly string[], language: Language) {
  const { fixed } = numbersIn(language);
  const shown = names.slice(0, MOST_COLUMNS);
  const isNumber = shown.map((_, i) => {
    const present = samples.filter(({ cells }) => !isGap(cells[i]));
    return present.length > 0 && present.every(({ cells }) => typeof cells[i] === "number");
  });
  const texts = shown.map((_, i) => {
    if (!isNumber[i]) return samples.map(({ cells }) => cut(String(cells[i] ?? "")));
    const values = samples.map(({ cells }) => (isGap(cells[i]) ? undefined : (cells[i] as number)));
    const isWhole = values.every((value) => value === undefined || Number.isInteger(value));
    const decimals = isWhole ? 0 : decimalsOf(values.filter((value) => value !== undefined));
    const written = (value: number) => (isWhole ? String(value) : fixed(value, decimals));
    return values.map((value) => (value === undefined ? "" : written(value)));
  });
  return {
    columns: shown.map((title, i): Column => ({ title: cut(title), isNumber: isNumber[i] })),
    row: (place: number) => texts.map((column) => column[place]),
  };
}
