import { listNames, shorten } from "../csv/text.js";
import { main, oddTexts } from "./main-kind.js";
import type { ColumnSurvey, Survey } from "./survey.js";

/*
 * Lines of a table that are no rows of it: units or a second line of names above the rows, notes and totals below them.
 */

/** Rows of which one may be told from the others. */
const FEWEST = 4;
const TOLERANCE = 1e-9;

/** A line with texts where all others of its columns have numbers or dates. */
export interface OddLine {
  line: number;
  texts: readonly string[];
  columns: ReadonlySet<ColumnSurvey>;
}

/** Lines with such a text in several columns, which have no other. */
export function oddLines(columns: readonly ColumnSurvey[]): OddLine[] {
  const lone = columns.flatMap(loneText);
  return [...new Set(lone.map(({ line }) => line))].flatMap((line) => {
    const found = lone.filter((each) => each.line === line);
    if (found.length < 2) return [];
    return [{ line, texts: found.map(({ text }) => text), columns: new Set(found.map(({ column }) => column)) }];
  });
}

/** The only text of a column of numbers or dates. */
function loneText(column: ColumnSurvey): { column: ColumnSurvey; text: string; line: number }[] {
  const { count = 0 } = main(column) ?? {};
  if (column.present < FEWEST || count !== column.present - 1) return [];
  return [...oddTexts(column)].map(([text, line]) => ({ column, text, line }));
}

export const oddLineFault = ({ line, texts }: OddLine): string =>
  `line ${line} has ${listNames(texts)} where other rows have numbers or dates. If it is no row (units, names, a note), remove it.`;

/** A sentence on a last row that has the sums, or the means, of those above it. */
export function totalWarning({ columns, rows, lastLine }: Survey): string[] {
  const numbers = columns.filter(
    (column) => column.lastOther !== lastLine && column.numbers >= FEWEST && !column.counting,
  );
  const isNear = (a: number, b: number) => b !== 0 && Math.abs(a - b) <= TOLERANCE * Math.abs(b);
  const above = ({ sum, last }: ColumnSurvey) => sum - last;
  for (const [what, matches] of [
    ["sums", (column: ColumnSurvey) => isNear(column.last, above(column))],
    [
      "means",
      (column: ColumnSurvey) => column.min < column.max && isNear(column.last, above(column) / (column.numbers - 1)),
    ],
  ] as const) {
    const found = numbers.filter(matches);
    // One may be by chance, unless it is the only one.
    if (found.length < 2 && !(what === "sums" && numbers.length === 1 && found.length === 1)) continue;
    const names = found.slice(0, 5).map(({ name }) => shorten(name));
    return [
      `The last of the ${rows.toLocaleString("en-US")} rows, in line ${lastLine}, has the ${what} of those above it in ` +
        `${names.join(", ")}. If it is no row, remove it.`,
    ];
  }
  return [];
}
