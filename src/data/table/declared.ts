import { shorten } from "../csv/text.js";
import { type Kind, kindOf, numberKind, plainNumbers, type Signs } from "./kinds.js";
import { numberCount, oddTexts } from "./main-kind.js";
import { MOST_MARKS } from "./mixed-kinds.js";
import type { TableOptions } from "./options.js";
import type { ColumnSurvey } from "./survey.js";
import { booleanWords } from "./words.js";

/** The table's options and signs, and the list to which each fault that is found is added. */
export interface InferenceContext {
  options: TableOptions;
  signs: Signs;
  faults: string[];
}

/** A column that is what options say, and what is at fault where its cells aren't. */
export function declared(column: ColumnSurvey, kind: "number" | "category" | "text", context: InferenceContext): Kind {
  const { signs, faults } = context;
  if (column.nested) return kindOf(column, signs);
  if (kind === "category")
    return { name: "category", reading: { kind: "category" }, reason: "categories, as was said" };
  if (kind === "text") return { name: "text", reading: { kind: "text" }, reason: "texts, as was said" };
  const { textCount } = column;
  if (textCount === 0) return plainNumbers(column, signs, "numbers, as was said");
  const words = column.numbers === 0 && column.texts ? booleanWords(column.texts.keys()) : undefined;
  if (words) return { name: "boolean", reading: { kind: "boolean", words }, reason: "no and yes, as 0 and 1" };
  const found = numberKind(column, signs) ?? kindOf(column, signs);
  if (found.reading?.kind === "number") return found;
  const [[text, line] = []] = oddTexts(column);
  const odd = column.present - numberCount(column);
  const where = text === undefined ? found.reason : `line ${line} has ${shorten(text)}`;
  faults.push(
    `column ${shorten(column.name)} must be numbers, but ${odd.toLocaleString("en-US")} of its cells aren't: ${where}. ` +
      `Correct it${text === undefined ? "" : `, or ${missingAdvice(column)}`}.`,
  );
  return found;
}

/** A fault of a column that is nearly one thing, with the way out. */
export const unclearFault = (column: ColumnSurvey, kind: Kind) =>
  `column ${shorten(column.name)} holds ${kind.reason}. ${remedyOf(column, kind)}`;

export function remedyOf(column: ColumnSurvey, { reason, advice }: Kind): string {
  const name = JSON.stringify(column.name);
  const ignored = `ignore: [${name}]`;
  if (advice) return advice;
  if (column.nested) return `Write what they hold as columns of their own, or give ${ignored}.`;
  if (reason.includes("decimal")) return 'Give decimal: "," or decimal: ".".';
  if (reason.includes("order of day")) return `Give dates: { ${name}: "dmy" }, or ${ignored}.`;
  if (oddTexts(column).size === 0) return `Write the unit in all rows or in none, or give ${ignored}.`;
  return `Correct it, ${missingAdvice(column)}, or give categorical: [${name}] or ${ignored}.`;
}

/** The texts that aren't what most of a column is, as marks of gaps. */
export const missingAdvice = (column: ColumnSurvey) =>
  `give missing: [${[...oddTexts(column).keys()].slice(0, MOST_MARKS).map(shorten).join(", ")}] where that marks a gap`;
