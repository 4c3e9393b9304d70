import { allParts, type Part } from "../glue.js";

/*
 * Kernels are modules of their own, with functions of the same names. In a module of all launches, what differs from launch
 * to launch is renamed; what doesn't stands there once.
 */

/** The kernel of a launch: its parts, and the values of its constants. */
export interface LaunchText {
  parts: readonly Part[];
  constants?: Readonly<Record<string, number>>;
}

/** The functions that an entry point calls, of every launch. */
const ENTRIES = ["each", "work"];

/** A name of launch number `launch`. */
export const nameIn = (launch: number, name: string): string => `${name}_of_${launch}`;

/** The text of all launches' kernels: of launch n the function `each` is called `each_of_n`, and so is all that it calls. */
export function joined(launches: readonly LaunchText[]): string[] {
  const kernels = launches.map(({ parts }) => allParts(parts));
  const texts = new Map<string, Set<string>>();
  for (const { text } of kernels.flat()) {
    for (const name of declaredIn(text)) texts.set(name, (texts.get(name) ?? new Set()).add(text));
  }
  // Names that stand for something else in another launch, and all that is declared by way of them.
  const own = new Set([...ENTRIES, ...[...texts].filter(([, those]) => those.size > 1).map(([name]) => name)]);
  const isOwn = ({ text }: Part) => /\boverride\b/.test(text) || words(text).some((word) => own.has(word));
  for (let before = -1; before < own.size; ) {
    before = own.size;
    for (const part of kernels.flat()) if (isOwn(part)) for (const name of declaredIn(part.text)) own.add(name);
  }
  return [
    ...new Set(
      kernels.flatMap((parts, launch) =>
        parts.map((part) =>
          isOwn(part)
            ? constantsIn(renamed(part.text, own, launch), launches[launch].constants ?? {}, launch)
            : part.text,
        ),
      ),
    ),
  ];
}

/** Names in a text; those of members with their dot, so that they are none of a module's. */
const WORD = /\.?\b[A-Za-z_]\w*/g;

const withoutComments = (text: string) => text.replace(/\/\/.*$/gm, "");

const words = (text: string): string[] => withoutComments(text).match(WORD) ?? [];

const renamed = (text: string, own: ReadonlySet<string>, launch: number) =>
  text.replace(WORD, (word) => (own.has(word) ? nameIn(launch, word) : word));

/** Names that a text declares for the whole module: outside of braces and parentheses. */
function declaredIn(text: string): string[] {
  const found: string[] = [];
  let depth = 0;
  let declares = false;
  for (const [token] of withoutComments(text).matchAll(/[{}()]|\bvar\s*<[^>]*>|\.?\b[A-Za-z_]\w*/g)) {
    if ("{(".includes(token)) depth++;
    else if ("})".includes(token)) depth--;
    else if (depth > 0) continue;
    else if (declares) found.push(token);
    declares = depth === 0 && /^(fn|override|const|struct|alias|var\b.*)$/.test(token);
  }
  return found;
}

/** Writes `override` constants, which a module has once, as constants of a launch. */
const constantsIn = (text: string, values: Readonly<Record<string, number>>, launch: number): string =>
  text.replace(/\boverride (\w+) ?: ?(\w+)( ?= ?[^;]+)?;/g, (_, name: string, type: string, otherwise = "") => {
    const value = values[name.slice(0, -nameIn(launch, "").length)];
    if (value === undefined) return `const ${name}: ${type}${otherwise};`;
    return `const ${name}: ${type} = ${type === "bool" ? Boolean(value) : `${type}(${value})`};`;
  });
