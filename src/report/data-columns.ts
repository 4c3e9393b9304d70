import { type Language, numbersIn } from "../language/index.js";
import type { Sample } from "./run.js";
import type { Column } from "./table.js";

/** More columns than this are left out: the page shows rows, it doesn't hold the data. */
export const MOST_COLUMNS = 12;

/** Longer texts are cut. */
const MOST_LETTERS = 40;

const isGap = (cell: string | number) => cell === "" || Number.isNaN(cell);

const cut = (text: string) => (text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS - 1)}…` : text);

/** Columns of the rows' own data, and what stands in each row; a gap is empty. */
export function dataColumns(samples: readonly Sample[], names: readonly string[], language: Language) {
  const { column } = numbersIn(language);
  const shown = names.slice(0, MOST_COLUMNS);
  const isNumber = shown.map((_, i) => {
    const present = samples.filter(({ cells }) => !isGap(cells[i]));
    return present.length > 0 && present.every(({ cells }) => typeof cells[i] === "number");
  });
  const texts = shown.map((_, i) => {
    if (!isNumber[i]) return samples.map(({ cells }) => cut(String(cells[i] ?? "")));
    const values = samples.map(({ cells }) => (isGap(cells[i]) ? undefined : (cells[i] as number)));
    const isWhole = values.every((value) => value === undefined || Number.isInteger(value));
    return isWhole ? values.map((value) => (value === undefined ? "" : String(value))) : values.map(column(values));
  });
  return {
    columns: shown.map((title, i): Column => ({ title: cut(title), isNumber: isNumber[i] })),
    row: (place: number) => texts.map((column) => column[place]),
  };
}
