import { listNames, shorten } from "../csv/text.js";
import { DATE_ORDERS, type DateOrder, isSeason } from "./dates.js";
import { bitsOf, fittingFormats, main } from "./main-kind.js";
import { conflictKind, count, hasSlips, mixedKind, textKind } from "./mixed-kinds.js";
import { formatFrom, NUMBER_FORMATS, type NumberFormat } from "./number-format.js";
import type { ColumnSurvey } from "./survey.js";
import { booleanWords } from "./words.js";

/** How the cells of a column are read: as plain JSON, which a model keeps. */
export type ColumnReading =
  | { kind: "number"; format?: NumberFormat }
  | { kind: "boolean"; words: readonly [no: string, yes: string] }
  | { kind: "date"; order: DateOrder }
  /** `plain`: all are plain numbers, of which 1, 1.0 and +1 are the same. */
  | { kind: "category"; plain?: boolean }
  | { kind: "text" };

/** Kind of a column. `reading` is undefined where nothing can be learned from it. */
export interface Kind {
  name: "number" | "boolean" | "date" | "category" | "text" | "constant" | "empty" | "unclear";
  reading: ColumnReading | undefined;
  /** Why it is taken for that. */
  reason: string;
  /** A sentence on how its values could be learned from, where they are lost. */
  advice?: string;
}

/** As many different texts are names of categories in any case. */
const FEW = 20;
/** Rows that a category has on average, where there are more of them. */
const ROWS_PER_CATEGORY = 10;

/** Different values of a column; undefined when there are more than are kept account of. */
export function differentOf({ texts, different, numbers, codes }: ColumnSurvey): number | undefined {
  if (!texts || (!different && numbers > codes)) return undefined;
  return texts.size + (numbers > codes ? (different?.length ?? 0) : 0);
}

/** Facts about a file that decide which sign of its numbers is which. */
export interface Signs {
  delimiter: string;
  /** Decimal mark, as was said. */
  decimal?: "." | ",";
  /** Decimal mark of the columns whose numbers leave no doubt, where they have the same one. */
  shown?: "." | ",";
}

/** The signs of a file with these columns. */
export function signsOf(columns: readonly ColumnSurvey[], delimiter: string, decimal?: "." | ","): Signs {
  const shown = new Set(columns.map(decimalOf).filter((mark) => mark !== undefined));
  return { delimiter, decimal, shown: shown.size === 1 ? [...shown][0] : undefined };
}

/** The decimal mark that all cells of a column may have, and most must. */
function decimalOf(survey: ColumnSurvey): "." | "," | undefined {
  const { numbers, textCount } = survey;
  if (main(survey)?.count !== survey.present) return undefined;
  const marks = new Set(
    NUMBER_FORMATS.filter((_, i) => fittingFormats(survey) & (1 << i)).map(({ decimal }) => decimal),
  );
  const [mark] = marks;
  return marks.size === 1 && (mark === "." || textCount >= numbers) ? mark : undefined;
}

/** The kind of a column, by all of its cells. */
export function kindOf(survey: ColumnSurvey, signs: Signs): Kind {
  const { present, numbers, codes, textCount, missing, nested } = survey;
  if (present === 0) return { name: "empty", reading: undefined, reason: "no value in any row" };
  if (nested) {
    const reason = `lists or objects such as ${shorten(nested.text)} in line ${nested.line}`;
    return { name: "unclear", reading: undefined, reason };
  }
  const different = differentOf(survey);
  if (different === 1 && missing === 0) {
    return { name: "constant", reading: undefined, reason: "the same value in every row" };
  }
  if (textCount === 0 && codes === 0) return plainNumbers(survey, signs, rangeOf(survey));
  const words = numbers === 0 && survey.texts ? booleanWords(survey.texts.keys()) : undefined;
  if (words) return { name: "boolean", reading: { kind: "boolean", words }, reason: `${words[0]} or ${words[1]}` };
  return numberKind(survey, signs) ?? dateKind(survey) ?? categoryKind(survey, different);
}

function rangeOf({ min, max }: ColumnSurvey): string {
  const short = (value: number) => String(Number(value.toPrecision(10)));
  return `${short(min)} to ${short(max)}`;
}

const GROUPED: NumberFormat = { decimal: ",", thousands: "." };

/** Whether the points of a column's plain numbers may part thousands. */
export const isPerhapsGrouped = ({ grouped, formats }: ColumnSurvey): boolean =>
  grouped !== undefined && (formats & bitsOf(",")) !== 0;

/** A column of plain numbers alone. @param reason - where no point of theirs may part thousands */
export function plainNumbers(survey: ColumnSurvey, { decimal, shown }: Signs, reason: string): Kind {
  const plain = { name: "number", reading: { kind: "number" }, reason } as const;
  const isComma = (decimal ?? shown) === "," && (survey.formats & bitsOf(",")) !== 0;
  // Whole numbers of such a file are written so, too, where they are large: in other rows, which are predicted for.
  const grouped = { ...plain, reading: { kind: "number", format: GROUPED } } as const;
  if (!isPerhapsGrouped(survey)) return isComma ? grouped : plain;
  const example = shorten(survey.grouped!.text);
  if (isComma) {
    const why = decimal ? "" : ": other columns have decimal commas";
    return { ...grouped, reason: `thousands such as ${example}${why}` };
  }
  return (decimal ?? shown) ? plain : { ...plain, reason: `${reason}; decimals such as ${example}, if not thousands` };
}

/** A column of numbers that aren't all written plainly; undefined where one of its cells is no number. */
export function numberKind(survey: ColumnSurvey, { delimiter, decimal, shown }: Signs): Kind | undefined {
  const found = main(survey);
  if (found?.noun !== "number" || found.count < survey.present) return undefined;
  const fitting = fittingFormats(survey);
  const told = decimal ?? shown;
  // Numbers that can't be written as the others are unmistakable by themselves.
  const format = formatFrom((told ? fitting & bitsOf(told) : 0) || fitting, delimiter);
  if (!format) return undefined;
  const example = shorten(survey.firstText!.text);
  if (format === "unclear") {
    const reason = `numbers such as ${example}: say whether the comma is decimal ("," or ".")`;
    return { name: "unclear", reading: undefined, reason };
  }
  const reading = { kind: "number", format: { ...format, ...found.around } } as const;
  return { name: "number", reading, reason: `numbers written as ${example}` };
}

const STRICT = (1 << DATE_ORDERS.length) - 1;

function dateKind(survey: ColumnSurvey): Kind | undefined {
  const { orders, firstText, present } = survey;
  const found = main(survey);
  if (found?.noun !== "date" || found.count < present) return undefined;
  const fitting = DATE_ORDERS.filter((_, i) => orders & (1 << i));
  const example = shorten(firstText!.text);
  const say = 'say the order of day and month ("dmy", "mdy" or "ymd")';
  if ((orders & STRICT) === 0) {
    const reason = `dates such as ${example}, whose years have two digits: ${say}`;
    return { name: "unclear", reading: undefined, reason };
  }
  if (areSeasons(survey)) {
    const name = JSON.stringify(survey.name);
    const advice = `Give dates: { ${name}: "ymd" } where they are months, or categorical: [${name}].`;
    return { name: "unclear", reading: undefined, reason: `months or seasons of two years such as ${example}`, advice };
  }
  // Months and quarters are of every order.
  if (fitting.length > 1 && fitting.length < DATE_ORDERS.length) {
    return { name: "unclear", reading: undefined, reason: `dates such as ${example}: ${say}` };
  }
  return { name: "date", reading: { kind: "date", order: fitting[0] }, reason: `dates such as ${example}` };
}

/** Whether a column's texts may all be two years that follow each other, as 2008/09 is. */
const areSeasons = ({ texts }: ColumnSurvey) =>
  texts !== undefined && texts.size > 1 && [...texts.keys()].every(isSeason);

function categoryKind(survey: ColumnSurvey, different: number | undefined): Kind {
  const { present, numbers, codes, textCount } = survey;
  const isMixed = numbers > codes && textCount > 0;
  const isUnique = different === present && present > 2;
  // Few different numbers and a name may be categories; few dates and what is none aren't.
  if (numbers === 0 && hasSlips(survey)) return mixedKind(survey)!;
  if (different !== undefined && !isUnique) {
    const isFew = different <= FEW;
    if (isFew || (!isMixed && present >= different * ROWS_PER_CATEGORY)) {
      const names =
        survey.texts!.size === different && different <= 5 ? `: ${listNames([...survey.texts!.keys()])}` : "";
      return {
        name: "category",
        reading: { kind: "category" },
        reason: `${count(different, "category").replace("categorys", "categories")}${names}`,
      };
    }
  }
  return mixedKind(survey) ?? conflictKind(survey) ?? textKind(survey, different);
}
