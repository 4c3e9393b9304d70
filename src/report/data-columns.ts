import { type Language, numbersIn } from "../language/index.js";
import type { Sample } from "./run.js";
import type { Column } from "./table.js";

/** More columns than this are left out: the page shows rows, it doesn't hold the data. */
const MOST_COLUMNS = 12;

/** Columns of the rows' own data, and what stands in each row. */
export function dataColumns(samples: readonly Sample[], names: readonly string[], language: Language) {
  const { column } = numbersIn(language);
  const shown = names.slice(0, MOST_COLUMNS);
  const isNumber = shown.map((_, i) => samples.every(({ cells }) => typeof cells[i] === "number"));
  const texts = shown.map((_, i) => {
    if (!isNumber[i]) return samples.map(({ cells }) => String(cells[i] ?? ""));
    const values = samples.map(({ cells }) => cells[i] as number);
    return values.every(Number.isInteger) ? values.map(String) : values.map(column(values));
  });
  return {
    columns: shown.map((title, i): Column => ({ title, isNumber: isNumber[i] })),
    row: (place: number) => texts.map((column) => column[place]),
  };
}
