import { shorten } from "../csv/text.js";
import { foldedName, labelWarnings, type Targets } from "../labels.js";
import { everyRow } from "./columns.js";
import { type FarNumbers, farNumbers, farWarning } from "./outliers.js";
import { type ColumnTable, targetsOf } from "./targets.js";

const MOST_NAMED = 5;

/** Sentences on a table's values: classes that may be slips, numbers and dates far from all others. */
export const tableWarnings = (table: ColumnTable): string[] => [
  ...(table.classNames ? classWarnings(table, table.classNames) : []),
  ...farWarning(farOf(table)),
];

function classWarnings(table: ColumnTable, classNames: readonly string[]): string[] {
  const targets = targetsOf(table, { kind: "classes", name: table.targets[0], classNames }, everyRow(table.rows));
  return [
    ...loneWarning(classNames),
    ...rareWarning(targets, classNames),
    ...spellingWarnings(classNames),
    ...labelWarnings(targets),
  ];
}

/** A warning on classes that are numbers but for one, which may be a mark of gaps. */
function loneWarning(classNames: readonly string[]): string[] {
  const words = classNames.filter((name) => !Number.isFinite(Number(name)));
  if (words.length !== 1 || classNames.length < 3) return [];
  const word = JSON.stringify(words[0]);
  return [`The classes are numbers but for ${word}. Give missing: [${word}] where that marks a gap.`];
}

/** A warning on classes of a single row, which can't be learned and tested. */
function rareWarning({ labels }: Targets, classNames: readonly string[]): string[] {
  const counts = new Uint32Array(classNames.length);
  for (const label of labels) counts[label]++;
  const rare = classNames.filter((_, label) => counts[label] === 1);
  if (rare.length === 0 || labels.length < classNames.length * 2) return [];
  const listed = rare.slice(0, MOST_NAMED).map(shorten).join(", ");
  const more = rare.length > MOST_NAMED ? ` and ${rare.length - MOST_NAMED} more` : "";
  return [`${rare.length > 1 ? "Classes" : "A class"} of a single row can't be learned and tested: ${listed}${more}.`];
}

/** Warnings on classes that differ in a full stop, in what parts their words, or in how Unicode writes a letter. */
function spellingWarnings(classNames: readonly string[]): string[] {
  const alike = new Map<string, string>();
  return classNames.flatMap((name) => {
    const spelled = foldedName(
      name
        .normalize("NFKC")
        .replace(/\.$/, "")
        .replace(/([^\s_-])[\s_-]+(?=[^\s_-])/g, "$1 "),
    );
    const other = alike.get(spelled);
    alike.set(spelled, other ?? name);
    // Case and spaces are said for labels of any kind.
    if (other === undefined || foldedName(other) === foldedName(name)) return [];
    return [`The classes ${shorten(other)} and ${shorten(name)} may be one that is written in two ways.`];
  });
}

/** Numbers and dates that lie far from all others of their column: in any row, as a mark in a row held out spoils the scores. */
function farOf(table: ColumnTable): FarNumbers[] {
  return table.columns.flatMap(({ name, reading, role }) => {
    const isDate = reading?.kind === "date";
    if ((!isDate && reading?.kind !== "number") || (role !== "feature" && role !== "target")) return [];
    const outside = farNumbers(table.values(name) as Float64Array);
    return outside ? [{ name, ...outside, isDate }] : [];
  });
}
