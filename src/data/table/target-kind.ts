import { listNames, shorten } from "../csv/text.js";
import { declared, type InferenceContext, missingAdvice, remedyOf } from "./declared.js";
import { differentOf, isPerhapsGrouped, type Kind, kindOf } from "./kinds.js";
import { oddTexts } from "./main-kind.js";
import { isCurrency } from "./number-format.js";
import type { ColumnSurvey } from "./survey.js";

const MOST_CLASSES = 20;

/** A column's values as names. */
function categories({ textCount, codes }: ColumnSurvey, reason: string): Kind {
  const plain = textCount === 0 && codes === 0;
  return { name: "category", reading: { kind: "category", ...(plain && { plain }) }, reason };
}

/** Texts of a column that are taken for gaps, as the subject of a sentence with its verb; undefined where none are. */
export function gapMarks({ marks }: ColumnSurvey): string | undefined {
  if (marks.size === 0) return undefined;
  return `${listNames([...marks.keys()])} ${marks.size === 1 ? "is" : "are"}`;
}

/** The kind of a column to predict: numbers, or names of classes. */
export function targetKind(column: ColumnSurvey, context: InferenceContext): Kind {
  const { options, signs, faults } = context;
  const { name, present, numbers } = column;
  const { task = options.classNames ? "classification" : "auto", targets } = options;
  const where = `the target column ${shorten(name)}`;
  const found = kindOf(column, signs);
  const different = differentOf(column);
  if (present === 0) {
    faults.push(`${where} has no value in any row.`);
    return found;
  }
  if (column.nested) {
    faults.push(`${where} holds ${found.reason}, which are neither classes nor numbers. Name another column.`);
    return found;
  }
  const isNumeric = options.numeric?.includes(name) || targets !== undefined || task === "regression";
  if (isNumeric) return declared(column, "number", context);
  const classes = categories(column, `${different ?? "many"} classes`);
  if (different === 1 && !options.classNames) {
    const [only] = column.texts!.keys();
    const single = shorten(only ?? String(column.different![0]));
    const asNumber = only === undefined ? ', or take task: "regression" for a number' : "";
    const marked = gapMarks(column);
    const isRest = column.missing > 0;
    const asWord = isRest && !marked ? ", or write a word where an empty cell means another class" : "";
    const asNames = marked ? `; or say that ${marked} no gap: classNames, with all classes` : "";
    faults.push(
      `${where} holds a single class, ${single}, in every row${isRest ? " that has one" : ""}: there is nothing to tell ` +
        `apart. Add rows of another class${asNumber}${asWord}${asNames}.`,
    );
    return found;
  }
  if (task === "classification" || options.categorical?.includes(name)) return classes;
  const isWritten = column.textCount > 0 || isPerhapsGrouped(column);
  if (found.reading?.kind === "number" && found.reading.format && isWritten) {
    const { unit } = found.reading.format;
    // Of "4 stars" there may be few.
    const isWord = unit !== undefined && !isCurrency(unit);
    return isWord && different !== undefined && different <= MOST_CLASSES && different < present ? classes : found;
  }
  if (found.name === "number") {
    const isFew = column.whole && column.different !== undefined && (column.different.length < numbers || numbers <= 2);
    return isFew && column.different!.length <= MOST_CLASSES ? classes : found;
  }
  if (found.name === "boolean" || found.name === "category") return classes;
  if (different !== undefined && different <= MOST_CLASSES && found.name === "text") return classes;
  if (found.name === "unclear") {
    const isMixed = oddTexts(column).size > 0 && column.codes === 0 && !found.reason.includes(": say ");
    faults.push(
      `${where} holds ${found.reason}. ${isMixed ? `Correct it, or ${missingAdvice(column)}.` : remedyOf(column, found)}`,
    );
  } else if (found.name === "date") {
    faults.push(`${where} holds ${found.reason}, which are neither classes nor numbers. Name another column.`);
  } else {
    faults.push(
      `${where} holds ${found.reason}: neither numbers nor classes. ` +
        (different !== undefined && different * 2 <= present
          ? 'Pass task: "classification" if each is a class.'
          : "Name another column, or write its values as numbers or as a few classes."),
    );
  }
  return found;
}
