import { ArgumentError, DataError } from "../../core/errors.js";
import { nearestName } from "../../core/options.js";
import type { Reading } from "../csv/reader.js";
import { listNames, shorten } from "../csv/text.js";
import {
  type ColumnReading,
  differentOf,
  isPerhapsGrouped,
  type Kind,
  kindOf,
  MOST_MARKS,
  numberCount,
  numberKind,
  oddTexts,
  plainNumbers,
  type Signs,
  signsOf,
} from "./kinds.js";
import { isCurrency } from "./number-format.js";
import type { TableOptions } from "./options.js";
import type { ColumnSurvey, Survey } from "./survey.js";
import { booleanWords } from "./words.js";

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

const MOST_CLASSES = 20;

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
  const columns = survey.columns.map(infoOf);
  // A column at fault is told by itself: mended, it may be one to learn from.
  if (faults.length === 0 && targets.length > 0 && columns.every(({ role }) => role !== "feature")) {
    const leftOut = columns.filter(({ role }) => role === "left out");
    const listed = leftOut.slice(0, 10).map(({ name, reason }) => `${shorten(name)} (${reason})`);
    const texts = leftOut.find(({ kind, reason }) => kind === "text" && reason !== "not asked for");
    const own = texts && JSON.stringify(texts.name);
    const advice = own ? `. To learn from the words of texts, name them: text: [${own}]` : "";
    faults.push(`no column is left to learn from: ${listed.join(", ") || "add columns"}${advice}`);
  }
  if (faults.length > 0) {
    const list = faults.length === 1 ? ` ${faults[0]}` : faults.map((fault) => `\n- ${fault}`).join("");
    throw new DataError(`${name}:${list}`);
  }
  const target = columns.find(({ role }) => role === "target");
  const task = target && (target.reading?.kind === "number" || targets.length > 1 ? "regression" : "classification");
  const learned = survey.columns.filter((_, i) => columns[i].role !== "left out");
  const [only] = survey.columns;
  if (survey.columns.length === 1 && RARE_DELIMITERS.test(only.name)) warnings.push(delimiterAdvice(only.name).trim());
  warnings.push(...pointWarning(learned, signs));
  return { columns: orderFeatures(columns, options.features), task, warnings };
}

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

/** Names of columns that options list, for wide tables as sets. */
const namedIn = ({ target, targets = [], features, ignore, categorical, numeric, text }: TableOptions) => ({
  targets: new Set(target === undefined ? targets : [target, ...targets]),
  features: features && new Set(features),
  ignore: new Set(ignore),
  categorical: new Set(categorical),
  numeric: new Set(numeric),
  text: new Set(text),
});

/** Features in the order that was asked for; other columns stay where they are. */
function orderFeatures(columns: ColumnInfo[], features: readonly string[] | undefined): ColumnInfo[] {
  if (!features) return columns;
  const byName = new Map(columns.map((column) => [column.name, column]));
  const asked = new Set(features.map((name) => byName.get(name)!));
  return [...asked, ...columns.filter((column) => !asked.has(column))];
}

function checkNames(
  survey: Survey,
  options: TableOptions,
  targets: readonly string[],
  table: string,
  { repeated, hasUnnamed }: Reading,
): void {
  const names = survey.columns.map(({ name }) => name);
  const known = new Set(names);
  const lists: Record<string, readonly string[]> = {
    target: targets,
    features: options.features ?? [],
    ignore: options.ignore ?? [],
    categorical: options.categorical ?? [],
    numeric: options.numeric ?? [],
    text: options.text ?? [],
    dates: Object.keys(options.dates ?? {}),
    weights: options.weights === undefined ? [] : [options.weights],
    groups: options.groups === undefined ? [] : [options.groups],
  };
  for (const [option, listed] of Object.entries(lists)) {
    for (const name of listed) {
      if (repeated?.has(name)) {
        throw new DataError(
          `${table}: several columns are named ${shorten(name)}, which ${option} names. Rename them.`,
        );
      }
      if (known.has(name)) continue;
      const nearest = names.length <= 1000 ? nearestName(name, names) : undefined;
      throw new DataError(
        `${table}: there is no column ${shorten(name)}, which ${option} names. ` +
          (nearest ? `Did you mean ${shorten(nearest)}? ` : "") +
          `Use one of its columns: ${listNames(names)}.` +
          (names.length === 1 ? delimiterAdvice(names[0]) : "") +
          (hasUnnamed ? " If these aren't their names, remove the lines above the header." : ""),
      );
    }
  }
  if (options.target !== undefined && options.targets)
    throw new ArgumentError(`${table}: give target or targets, not both.`);
  const { targets: predicted, ignore, categorical, numeric } = namedIn(options);
  for (const [option, what] of [
    ["features", "one of the features"],
    ["text", "a text to learn from"],
  ] as const) {
    const twice = lists[option].find(
      (name) => predicted.has(name) || name === options.weights || name === options.groups || ignore.has(name),
    );
    if (twice !== undefined) {
      throw new ArgumentError(`${table}: ${shorten(twice)} can't be ${what} and something else as well.`);
    }
  }
  for (const [one, other, names] of [
    ["numeric", "categorical", categorical],
    ["text", "categorical", categorical],
    ["text", "numeric", numeric],
  ] as const) {
    const both = lists[one].find((name) => names.has(name));
    if (both !== undefined) throw new ArgumentError(`${table}: ${shorten(both)} can't be both ${one} and ${other}.`);
  }
}

/** Characters that are found to delimit fields only where they are said to. */
const RARE_DELIMITERS = /::|\|\||[:~^]/;

/** A sentence on the only column of a table, whose name may be several. */
function delimiterAdvice(name: string): string {
  const [delimiter = ";"] = name.match(RARE_DELIMITERS) ?? [];
  return ` The file is read as one column: if it has several, say what stands between them, delimiter: ${JSON.stringify(delimiter)}.`;
}

/** The table's options and signs, and the list to which each fault that is found is added. */
export interface InferenceContext {
  options: TableOptions;
  signs: Signs;
  faults: string[];
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

const unclearFault = (column: ColumnSurvey, kind: Kind) =>
  `column ${shorten(column.name)} holds ${kind.reason}. ${remedyOf(column, kind)}`;

function remedyOf(column: ColumnSurvey, { reason }: Kind): string {
  const name = JSON.stringify(column.name);
  const ignored = `ignore: [${name}]`;
  if (column.nested) return `Write what they hold as columns of their own, or give ${ignored}.`;
  if (reason.includes("decimal")) return 'Give decimal: "," or decimal: ".".';
  if (reason.includes("order of day")) return `Give dates: { ${name}: "dmy" }, or ${ignored}.`;
  if (oddTexts(column).size === 0) return `Write the unit in all rows or in none, or give ${ignored}.`;
  return `Correct it, ${missingAdvice(column)}, or give categorical: [${name}] or ${ignored}.`;
}

/** The texts that aren't what most of a column is, as marks of gaps. */
const missingAdvice = (column: ColumnSurvey) =>
  `give missing: [${[...oddTexts(column).keys()].slice(0, MOST_MARKS).map(shorten).join(", ")}] where that marks a gap`;

/** Whether a column is 0, 1, 2, ... or 1, 2, 3, ... from the first row to the last, as indices that were saved are. */
function countsRows({ counting, numbers, min }: ColumnSurvey, { rows, columns }: Survey): boolean {
  return counting && numbers === rows && rows > 2 && (min === 0 || min === 1) && columns.length > 2;
}

/** A column's values as names. */
function categories({ textCount, codes }: ColumnSurvey, reason: string): Kind {
  const plain = textCount === 0 && codes === 0;
  return { name: "category", reading: { kind: "category", ...(plain && { plain }) }, reason };
}

function declared(column: ColumnSurvey, kind: "number" | "category" | "text", context: InferenceContext): Kind {
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
    const asNames = marked ? `; or say that ${marked} no gap: classNames, with all classes` : "";
    faults.push(
      `${where} holds a single class, ${single}, in every row${marked ? " that has one" : ""}: there is nothing to tell ` +
        `apart. Add rows of another class${asNumber}${asNames}.`,
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
