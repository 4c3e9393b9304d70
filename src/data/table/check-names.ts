import { ArgumentError, DataError } from "../../core/errors.js";
import { nearestName } from "../../core/options.js";
import type { Reading } from "../csv/reader.js";
import { listNames, shorten } from "../csv/text.js";
import type { TableOptions } from "./options.js";
import type { Survey } from "./survey.js";

/** Names of columns that options list, for wide tables as sets. */
export const namedIn = ({ target, targets = [], features, ignore, categorical, numeric, text }: TableOptions) => ({
  targets: new Set(target === undefined ? targets : [target, ...targets]),
  features: features && new Set(features),
  ignore: new Set(ignore),
  categorical: new Set(categorical),
  numeric: new Set(numeric),
  text: new Set(text),
});

/** @throws DataError when an option names a column that isn't there, or several are called so; ArgumentError when two contradict each other */
export function checkNames(
  survey: Survey,
  options: TableOptions,
  targets: readonly string[],
  table: string,
  { repeated, hasUnnamed, notes }: Reading,
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
          (hasUnnamed ? " If these aren't their names, remove the lines above the header." : "") +
          notes.map((note) => ` Note: ${note}.`).join(""),
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
export const RARE_DELIMITERS = /::|\|\||[:~^]/;

/** A sentence on the only column of a table, whose name may be several. */
export function delimiterAdvice(name: string): string {
  const [delimiter = /\s/.test(name) ? " " : ";"] = name.match(RARE_DELIMITERS) ?? [];
  return ` The file is read as one column: if it has several, say what stands between them, delimiter: ${JSON.stringify(delimiter)}.`;
}
