import { nearestName } from "../../core/options.js";
import { ArgumentError, type Configuration, type Range } from "../../index.js";
import type { SearchedText } from "./kinds.js";
import { modelSettings, type Settings } from "./model-settings.js";
import { flagOf, longFlag, RECIPE, type Setting } from "./setting.js";

/** The setting of an option's name, as in `lr=...`. @throws ArgumentError when no sweep can vary it */
function settingOf(option: string): [name: string, setting: Setting] {
  const rows = Object.entries<Setting>(modelSettings).filter(([, { goes }]) => RECIPE.includes(goes.to));
  const isNamed = ([name, { short, alias }]: [string, Setting]) =>
    [name, longFlag(name).slice(2), short, alias].includes(option);
  const found = rows.find(isNamed);
  if (found) return found;
  const known = rows.map(([name]) => flagOf(modelSettings, name).slice(2));
  const near = nearestName(option, known);
  throw new ArgumentError(
    `--search can't vary "${option}".${near ? ` Did you mean ${near}?` : ""} It varies ${known.join(", ")}.`,
  );
}

/** The space of a search, by the names of options: choices are their texts. */
export type TextSpace = Record<string, readonly string[] | Range>;

/** @throws ArgumentError when an option can't be varied, or a value isn't one of it */
export function spaceOf(searched: readonly SearchedText[]): TextSpace {
  const space: TextSpace = {};
  for (const { option, values } of searched) {
    const [name, setting] = settingOf(option);
    const flag = flagOf(modelSettings, name).slice(2);
    if (flag in space) throw new ArgumentError(`--search has ${flag} twice.`);
    for (const text of "low" in values ? [values.low, values.high].map(String) : values) {
      if (setting.kind.parse(text) !== undefined) continue;
      throw new ArgumentError(`--search: ${flag} must be ${setting.kind.expected}, got ${JSON.stringify(text)}.`);
    }
    space[flag] = values;
  }
  return space;
}

/** Settings of a trial, by their names. */
export const askedBy = (configuration: Configuration): Partial<Settings> =>
  Object.fromEntries(
    Object.entries(configuration).map(([option, value]) => {
      const [name, { kind }] = settingOf(option);
      return [name, kind.parse(String(value))];
    }),
  );

/** Texts of settings that were asked for, by which they are found again. */
export const textsOf = (asked: Readonly<Record<string, unknown>>, table: Readonly<Record<string, Setting>>) =>
  Object.fromEntries(
    Object.entries(asked).flatMap(([name, value]) => {
      const { kind } = table[name];
      return value === undefined || value === kind.negated ? [] : [[name, kind.format(value)]];
    }),
  ) as Record<string, string>;

/** The other way round. */
export const askedOf = (texts: Readonly<Record<string, string>>, table: Readonly<Record<string, Setting>>) =>
  Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, table[name]?.kind.parse(text)]));
