import { DataError } from "../../core/errors.js";
import type { Reading } from "../csv/reader.js";
import { listNames, shorten } from "../csv/text.js";
import { checkNames, delimiterAdvice, namedIn, RARE_DELIMITERS } from "./check-names.js";
import { declared, type InferenceContext, unclearFault } from "./declared.js";
import { type ColumnReading, differentOf, isPerhapsGrouped, type Kind, kindOf, type Signs, signsOf } from "./kinds.js";
import { OWN_COLUMNS } from "./mixed-kinds.js";
import { oddLineFault, oddLines, totalWarning } from "./odd-lines.js";
import type { TableOptions } from "./options.js";
import type { ColumnSurvey, Survey } from "./survey.js";
import { targetKind } from "./target-kind.js";

/** Kind and role inferred for a column of a table, and why. */
export interface ColumnInfo {
  readonly name: string;
  readonly kind: Kind["name"];
  readonly role: "feature" | "target" | "weights" | "groups" | "left out";
  /** Rows without a value. */
  readonly missing: number;
  /** Different values; undefined when there are more than are kept account of. */
  readonly different: number | undefined;
  readonly reason: string;
  /** Reading of the column's cells; undefined where they aren't read. */
  readonly reading: ColumnReading | undefined;
}

/** The columns of a table with what is learned. */
export interface Inference {
  columns: ColumnInfo[];
  /** Undefined where there is no target. */
  task: "classification" | "regression" | undefined;
  /** Sentences on columns that may not be what they are taken for. */
  warnings: string[];
}

/**
 * Decides what each column of a table is.
 *
 * @throws ArgumentError when an option names a column that isn't there, or contradicts another; DataError, with all that
 * is wrong, when a column that must be read can't be
 */
export function inferColumns(survey: Survey, options: TableOptions, name: string, reading: Reading): Inference {
  const targets = options.targets ?? (options.target === undefined ? [] : [options.target]);
  checkNames(survey, options, targets, name, reading);
  const [faults, warnings]: string[][] = [[], []];
  const signs = signsOf(survey.columns, reading.delimiter, options.decimal);
  const context = { options, signs, faults };
  const named = namedIn(options);
  const infoOf = (column: ColumnSurvey, index: number): ColumnInfo => {
    const common = { name: column.name, missing: column.missing, different: differentOf(column) };
    const info = (role: ColumnInfo["role"], { name: kind, reading, reason }: Kind): ColumnInfo => ({
      ...common,
      kind,
      role,
      reason,
      reading: role === "left out" ? undefined : reading,
    });
    if (named.targets.has(column.name)) return info("target", targetKind(column, context));
    const isHelp = column.name === options.weights || column.name === options.groups;
    if (isHelp && column.nested) faults.push(unclearFault(column, kindOf(column, signs)));
    if (column.name === options.weights) return info("weights", declared(column, "number", context));
    if (column.name === options.groups)
      return info("groups", { name: "category", reading: { kind: "category" }, reason: "groups of rows" });
    return featureInfo(column, { ...context, warnings, named, isFirst: index === 0, survey, info });
  };
  const odd = oddLines(survey.columns.filter(({ name: column }) => isRead(column, named)));
  const columns = survey.columns.map((column, index) => {
    const before = faults.length;
    const info = infoOf(column, index);
    if (odd.some((line) => line.columns.has(column))) faults.length = before; // its fault is the line's
    return info;
  });
  faults.unshift(...odd.map(oddLineFault));
  // A column at fault is told by itself: mended, it may be one to learn from.
  if (faults.length === 0 && targets.length > 0 && columns.every(({ role }) => role !== "feature")) {
    const leftOut = columns.filter(({ role }) => role === "left out");
    const listed = leftOut.slice(0, 10).map(({ name, reason }) => `${shorten(name)} (${reason})`);
    const texts = leftOut.find(({ kind, reason }) => kind === "text" && reason !== "not asked for");
    const own = texts && JSON.stringify(texts.name);
    const areNumbers = texts?.reason.endsWith(OWN_COLUMNS);
    const advice = own && !areNumbers ? `. To learn from the words of texts, name them: text: [${own}]` : "";
    faults.push(`no column is left to learn from: ${listed.join(", ") || "add columns"}${advice}`);
  }
  if (faults.length > 0) {
    const list = faults.length === 1 ? ` ${faults[0]}` : faults.map((fault) => `\n- ${fault}`).join("");
    throw new DataError(`${name}:${list}`);
  }
  const target = columns.find(({ role }) => role === "target");
  const task = target && (target.reading?.kind === "number" || targets.length > 1 ? "regression" : "classification");
  const counting = survey.columns.find((column) => named.targets.has(column.name) && countsRows(column, survey));
  if (counting) {
    warnings.push(
      `The column to predict, ${shorten(counting.name)}, counts the rows. If it says which row it is, name another one.`,
    );
  }
  const learned = survey.columns.filter((_, i) => columns[i].role !== "left out");
  const [only] = survey.columns;
  if (survey.columns.length === 1 && RARE_DELIMITERS.test(only.name)) warnings.push(delimiterAdvice(only.name).trim());
  warnings.push(...pointWarning(learned, signs), ...totalWarning(survey));
  return { columns: orderFeatures(columns, options.features), task, warnings };
}

/** Whether a column is neither passed over nor taken for texts. */
const isRead = (column: string, { features, targets, ignore, categorical, text }: ReturnType<typeof namedIn>) =>
  !ignore.has(column) &&
  !categorical.has(column) &&
  !text.has(column) &&
  (!features || features.has(column) || targets.has(column));

/** A sentence on numbers whose points may part thousands. In a file that commas delimit, no comma stands before decimals. */
function pointWarning(columns: readonly ColumnSurvey[], { delimiter, decimal, shown }: Signs): string[] {
  const unsure = (decimal ?? shown ?? (delimiter === "," ? "." : undefined)) ? [] : columns.filter(isPerhapsGrouped);
  const found = unsure.filter(({ textCount }) => textCount === 0);
  if (found.length === 0) return [];
  return [
    `Numbers such as ${found[0].grouped!.text} in ${listNames(found.map(({ name }) => name))} are read as decimals. If ` +
      'points part thousands there, give decimal: ",".',
  ];
}

/** Features in the order that was asked for; other columns stay where they are. */
function orderFeatures(columns: ColumnInfo[], features: readonly string[] | undefined): ColumnInfo[] {
  if (!features) return columns;
  const byName = new Map(columns.map((column) => [column.name, column]));
  const asked = new Set(features.map((name) => byName.get(name)!));
  return [...asked, ...columns.filter((column) => !asked.has(column))];
}

interface FeatureContext extends InferenceContext {
  warnings: string[];
  named: ReturnType<typeof namedIn>;
  isFirst: boolean;
  survey: Survey;
  info: (role: ColumnInfo["role"], kind: Kind) => ColumnInfo;
}

function featureInfo(column: ColumnSurvey, context: FeatureContext): ColumnInfo {
  const { options, signs, faults, isFirst, survey, info } = context;
  const { features, ignore, categorical, numeric, text } = context.named;
  const { dates } = options;
  const { name } = column;
  const asked = features?.has(name) ?? false;
  const kind: Kind = categorical.has(name)
    ? declared(column, "category", context)
    : numeric.has(name)
      ? declared(column, "number", context)
      : text.has(name)
        ? declared(column, "text", context)
        : dates && Object.hasOwn(dates, name)
          ? { name: "date", reading: { kind: "date", order: dates[name] }, reason: "dates, as was said" }
          : kindOf(column, signs);
  if (ignore.has(name) || (features && !asked)) return info("left out", { ...kind, reason: "not asked for" });
  const isDeclared = asked || categorical.has(name) || numeric.has(name) || text.has(name);
  if (!isDeclared && isFirst && name === "") return info("left out", { ...kind, reason: "names of the rows" });
  if (!isDeclared && countsRows(column, survey)) return info("left out", { ...kind, reason: "counts the rows" });
  if (kind.reading) return info("feature", kind);
  if (kind.name === "unclear") {
    faults.push(unclearFault(column, kind));
  } else if (asked && kind.name === "text") {
    const own = JSON.stringify(name);
    faults.push(
      `column ${shorten(name)} holds ${kind.reason}, no categories. Leave it out, or give text: [${own}], to learn from its words, or ` +
        `categorical: [${own}].`,
    );
  } else if (asked && kind.name === "constant") {
    return info("feature", { ...kind, reading: column.textCount > 0 ? { kind: "category" } : { kind: "number" } });
  }
  if (kind.advice) context.warnings.push(`Column ${shorten(name)} is left out: ${kind.reason}. ${kind.advice}`);
  return info("left out", kind);
}

/** Whether a column is 0, 1, 2, ... or 1, 2, 3, ... from the first row to the last, as indices that were saved are. */
function countsRows({ counting, numbers, min }: ColumnSurvey, { rows, columns }: Survey): boolean {
  return counting && numbers === rows && rows > 2 && (min === 0 || min === 1) && columns.length > 2;
}
