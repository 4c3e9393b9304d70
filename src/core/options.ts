import { ArgumentError } from "./errors.js";
import { ELSEWHERE, FOREIGN } from "./foreign-words.js";
import { shown } from "./shown.js";

/**
 * Every name that an options object may have, "switch" that of what is on or off. The type holds the list complete: a name left
 * out doesn't compile, nor a switch that isn't said to be one.
 */
export type OptionNames<T> = {
  readonly [Name in keyof Required<T>]: [NonNullable<T[Name]>] extends [boolean] ? "switch" : true;
};

const MOST_NAMES_LISTED = 12;

/** A name without the signs between its words, lower case. */
export const joined = (name: string) => name.replace(/[_\-\s]/g, "").toLowerCase();

/** Number of single characters that differ, are too many, too few, or swapped with the next (Damerau, 1964). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) {
      const isSwapped = i > 0 && j > 0 && a[i] === b[j - 1] && a[i - 1] === b[j];
      const swapped = isSwapped ? before[j - 1] + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(row[j + 1] + 1, next[j] + 1, row[j] + Number(a[i] !== b[j]), swapped));
    }
    before = row;
    row = next;
  }
  return row[b.length];
}

/** The known name for another library's word, or of the same letters otherwise written. */
function sameName(word: string, known: readonly string[]): string | undefined {
  const isForeign = (each: string) => Object.hasOwn(FOREIGN, each) && FOREIGN[each].split(" ").includes(word);
  return known.find((each) => joined(each) === word) ?? known.find(isForeign);
}

/**
 * The name that was probably meant: the word used here for another library's, the same letters written otherwise, or the
 * nearest in spelling; undefined where none is near.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const word = joined(name.slice(0, 40));
  const [best] = known.map((each) => ({ each, away: distance(word, joined(each)) })).sort((a, b) => a.away - b.away);
  const isNear = best && best.away <= Math.max(1, Math.floor(word.length / 3));
  return sameName(word, known) ?? (isNear ? best.each : undefined);
}

/** A sentence on the name that was probably meant; "" where none is near. */
export function didYouMean(name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  return nearest === undefined ? "" : ` Did you mean ${nearest}?`;
}

/** Options of a function that takes none yet: an empty object, or nothing. */
export type NoOptions = Readonly<Record<string, never>>;

/**
 * Refuses an options object with a name that isn't known, so that a slip of the pen or another library's word isn't
 * passed over in silence.
 *
 * @param where - the function, for the message
 * @param options - undefined is taken as none
 * @param names - an object with every name that it may have
 * @throws ArgumentError with the nearest known name, when there is another one or `options` isn't an object
 */
export function checkOptions<T extends object>(where: string, options: T | undefined, names: OptionNames<T>): void {
  if (options === undefined) return;
  const known = Object.keys(names);
  if (typeof options !== "object" || options === null || Array.isArray(options)) {
    const got = options === null ? "null" : Array.isArray(options) ? "a list" : typeof options;
    throw new ArgumentError(
      `${where}: ${known.length ? `options must be an object such as { ${known[0]}: ... }` : "takes no options"}, got ${got}.`,
    );
  }
  for (const name of Object.keys(options)) if (!Object.hasOwn(names, name)) throw unknownOption(where, name, known);
  checkSwitches(
    where,
    options,
    known.filter((name) => names[name as keyof T] === "switch"),
  );
}

/** Every name that an options object may have, each with the value that stands for it where it isn't given. */
type Defaults<T> = { readonly [Name in keyof Required<T>]: T[Name] | undefined };

type Chosen<T, D> = {
  [Name in keyof Required<T>]: Name extends keyof D
    ? undefined extends D[Name]
      ? T[Name]
      : Exclude<T[Name], undefined>
    : never;
};

/**
 * Options with those that weren't given at their defaults, so that names and defaults stand in one place.
 *
 * @param where - the function, for the message
 * @param given - undefined, of the object or of an option, is taken as not given
 * @param defaults - every name that it may have; undefined for what has no default
 * @throws ArgumentError with the nearest known name, when there is another one or `given` isn't an object
 */
export function optionsOf<T extends object, const D extends Defaults<T>>(
  where: string,
  given: T | undefined,
  defaults: D,
): Chosen<T, D> {
  checkOptions<object>(where, given, defaults);
  checkSwitches(
    where,
    given,
    Object.keys(defaults).filter((name) => typeof defaults[name as keyof D] === "boolean"),
  );
  const defined = Object.entries(given ?? {}).filter(([, value]) => value !== undefined);
  return { ...defaults, ...Object.fromEntries(defined) } as unknown as Chosen<T, D>;
}

/** @throws ArgumentError when an option that is on or off is neither: the text "false" would be on */
export function checkSwitches(where: string, given: object | undefined, names: readonly string[]): void {
  for (const name of names) {
    const value = (given as Record<string, unknown> | undefined)?.[name];
    if (value === undefined || typeof value === "boolean") continue;
    throw new ArgumentError(`${where}: ${name} must be true or false, got ${shown(value)}.`);
  }
}

function unknownOption(where: string, name: string, known: readonly string[]): ArgumentError {
  const word = joined(name);
  const more = known.length - MOST_NAMES_LISTED;
  const list = known.slice(0, MOST_NAMES_LISTED).join(", ") + (more > 0 ? ` and ${more} more` : "");
  const isElsewhere = Object.hasOwn(ELSEWHERE, word) && !sameName(word, known);
  const nearest = isElsewhere ? undefined : nearestName(name, known);
  const meant = isElsewhere ? ` Use ${ELSEWHERE[word]}.` : nearest ? ` Did you mean ${nearest}?` : "";
  return new ArgumentError(
    `${where}: there is no option ${JSON.stringify(name.slice(0, 40))}.${meant} ${list ? `Known are ${list}.` : "It takes none."}`,
  );
}

/** @throws ArgumentError naming what a function needs, where an argument isn't it */
export function checkArgument(where: string, needed: string, value: unknown, isIt: boolean): void {
  if (!isIt) throw new ArgumentError(`${where}: needs ${needed}, got ${shown(value)}.`);
}

/** @throws ArgumentError when it isn't the bytes of a file */
export function checkBytes(where: string, bytes: unknown): void {
  checkArgument(where, "the bytes of a file, a Uint8Array", bytes, bytes instanceof Uint8Array);
}

/** @returns the number @throws ArgumentError when it isn't a positive integer */
export function checkCount(name: string, value: number): number {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new ArgumentError(`${name} must be a positive integer, got ${shown(value)}.`);
  }
  return value;
}

/** @throws ArgumentError when an option isn't a list of such elements, or what `accepts` throws */
export function checkList<T>(name: string, list: readonly T[], example: string, accepts: (element: T) => unknown) {
  const bad = Array.isArray(list) ? list.findIndex((element) => !accepts(element)) : undefined;
  if (bad === -1) return;
  const got = bad === undefined ? `got ${shown(list)}` : `but its element ${bad} is ${shown(list[bad])}`;
  throw new ArgumentError(`${name} must be a list, such as ${example}, ${got}.`);
}
