/** Marks that R, pandas, Excel and databases write for what isn't known. They are missing everywhere, never a class. */
const MISSING = [
  "",
  "na",
  "n/a",
  "nan",
  "-nan",
  "null",
  "none",
  "nil",
  "nat",
  "<na>",
  "#n/a",
  "#n/a n/a",
  "?",
  "n.a.",
  "\\n", // \N of MySQL and PostgreSQL
];

/** Errors of a spreadsheet in any language, #REF! as #¡REF!, #NV as #N/D; and dashes or points alone, as long as they may be. */
const SIGNS = /^(?:#[¡¿]?[\p{Lu}\d/_]+[!?]|#N\/?\p{Lu}|#GETTING_DATA|:?-+:?|[.…–—]+)$/u;

/** Texts that mark a gap: those above in any case, and those that were given, as they are. */
export class MissingMarks {
  readonly #given: ReadonlySet<string>;
  readonly #numbers: ReadonlySet<number>;

  /** @param given - further marks, such as "-9999" or "unknown" */
  constructor(readonly given: readonly string[] = []) {
    this.#given = new Set(given.map((mark) => mark.trim()));
    const numbers = [...this.#given].filter((mark) => mark !== "").map(Number);
    this.#numbers = new Set(numbers.filter(Number.isFinite));
  }

  /** @param text - without blanks around it */
  hasText(text: string): boolean {
    return isMissingMark(text) || this.#given.has(text);
  }

  hasNumber(value: number): boolean {
    return this.#numbers.size > 0 && this.#numbers.has(value);
  }
}

/** Stata's and SAS's further gaps: .a to .z, ._ */
const LETTERED = Array.from("abcdefghijklmnopqrstuvwxyz_", (letter) => `.${letter}`);

const marks = new Set([...MISSING, ...LETTERED]);
const LONGEST_MARK = Math.max(...MISSING.map((mark) => mark.length));

export const isMissingMark = (text: string): boolean =>
  (text.length <= LONGEST_MARK && marks.has(text.toLowerCase())) || (!isWord(text.charCodeAt(0)) && SIGNS.test(text));

/** Whether a text begins with a letter or digit of ASCII, by the code of its first character. */
const isWord = (code: number) => (code >= 48 && code <= 57) || ((code | 32) >= 97 && (code | 32) <= 122);

/** Pairs of words for no and yes. */
const PAIRS: readonly (readonly [no: string, yes: string])[] = [
  ["false", "true"],
  ["no", "yes"],
  ["f", "t"],
  ["n", "y"],
  ["off", "on"],
];

/** The words for no and yes that the texts of a column are, in lower case; undefined where they are others. */
export function booleanWords(texts: Iterable<string>): readonly [no: string, yes: string] | undefined {
  const words = new Set<string>();
  for (const text of texts) if (words.add(text.toLowerCase()).size > 2) return undefined;
  return words.size === 2 ? PAIRS.find((pair) => pair.every((word) => words.has(word))) : undefined;
}
