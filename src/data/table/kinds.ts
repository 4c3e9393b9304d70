import { listNames, shorten } from "../csv/text.js";
import { DATE_ORDERS, type DateOrder } from "./dates.js";
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
}

/** As many different texts are names of categories in any case. */
const FEW = 20;
/** Rows that a category has on average, where there are more of them. */
const ROWS_PER_CATEGORY = 10;

/** Texts among numbers, for each of these, that may be slips; more of them are no slips. */
const MOST_SLIPS = 0.1;

const count = (number: number, noun: string) => `${number.toLocaleString("en-US")} ${noun}${number === 1 ? "" : "s"}`;

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

/** The decimal mark that most cells of a column show, where the others may have it as well. */
function decimalOf(survey: ColumnSurvey): "." | "," | undefined {
  const bits = survey.codes === 0 && survey.present > 0 ? fittingFormats(survey) : 0;
  const marks = new Set(NUMBER_FORMATS.filter((_, i) => bits & (1 << i)).map(({ decimal }) => decimal));
  const [mark] = marks;
  return marks.size === 1 && (mark === "." || survey.textCount >= survey.numbers) ? mark : undefined;
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
  if (codes === 0) {
    const number = numberKind(survey, signs);
    if (number) return number;
    const date = numbers === 0 ? dateKind(survey) : undefined;
    if (date) return date;
  }
  return categoryKind(survey, different);
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
  if (!isPerhapsGrouped(survey)) return plain;
  const example = shorten(survey.grouped!.text);
  if ((decimal ?? shown) === ",") {
    const why = decimal ? "" : ": other columns have decimal commas";
    return { ...plain, reading: { kind: "number", format: GROUPED }, reason: `thousands such as ${example}${why}` };
  }
  return (decimal ?? shown) ? plain : { ...plain, reason: `${reason}; decimals such as ${example}, if not thousands` };
}

const bitsOf = (mark: "." | ",") =>
  NUMBER_FORMATS.reduce((bits, each, i) => bits | (Number(each.decimal === mark) << i), 0);

/** Formats that fit all texts. Those such as ,5 that are more than the plain numbers are no slips of a hand that meant 5. */
const fittingFormats = ({ formats, strays, numbers }: ColumnSurvey): number =>
  formats & (strays > numbers ? bitsOf(",") : ~0);

/** A column of numbers that aren't all written plainly; undefined where its texts aren't numbers. */
export function numberKind(survey: ColumnSurvey, { delimiter, decimal, shown }: Signs): Kind | undefined {
  const fitting = fittingFormats(survey);
  const told = decimal ?? (formatFrom(fitting, delimiter) === "unclear" ? shown : undefined);
  const format = formatFrom(told ? fitting & bitsOf(told) : fitting, delimiter);
  if (!format) return undefined;
  const example = shorten(survey.firstText!.text);
  if (format === "unclear") {
    const reason = `numbers such as ${example}: say whether the comma is decimal ("," or ".")`;
    return { name: "unclear", reading: undefined, reason };
  }
  return { name: "number", reading: { kind: "number", format }, reason: `numbers written as ${example}` };
}

function dateKind({ orders, firstText }: ColumnSurvey): Kind | undefined {
  const fitting = DATE_ORDERS.filter((_, i) => orders & (1 << i));
  if (fitting.length === 0) return undefined;
  const example = shorten(firstText!.text);
  if (fitting.length > 1) {
    const reason = `dates such as ${example}: say the order of day and month ("dmy" or "mdy")`;
    return { name: "unclear", reading: undefined, reason };
  }
  return { name: "date", reading: { kind: "date", order: fitting[0] }, reason: `dates such as ${example}` };
}

function categoryKind(survey: ColumnSurvey, different: number | undefined): Kind {
  const { present, numbers, codes, textCount, firstText } = survey;
  const isMixed = numbers > codes && textCount > 0;
  const isUnique = different === present && present > 2;
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
  if (isMixed && textCount <= numbers * MOST_SLIPS && present > 3) {
    const reason = `${count(numbers, "number")}, but line ${firstText!.line} has ${shorten(firstText!.text)}`;
    return { name: "unclear", reading: undefined, reason };
  }
  const many = different === undefined ? "many" : different.toLocaleString("en-US");
  const what = codes > 0 && textCount === 0 ? "codes" : "texts";
  return { name: "text", reading: undefined, reason: `${many} different ${what} in ${count(present, "row")}` };
}
