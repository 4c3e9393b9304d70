import { DataError } from "../../core/errors.js";
import { checkOptions, optionsOf } from "../../core/options.js";
import { knownId } from "./known-id.js";

/*
 * Text as ids and back.
 */

/** Text as ids, whole numbers from 0, and back. Its JSON is kept in a model's metadata. */
export interface Tokenizer {
  /** Number of ids. */
  readonly size: number;
  /** @returns the ids of a text, [tokens] @throws DataError when it has something that the vocabulary lacks */
  encode(text: string): Uint32Array<ArrayBuffer>;
  /** The text of ids, [tokens]. @throws DataError when one is none of the vocabulary's */
  decode(ids: ArrayLike<number>): string;
  toJSON(): TokenizerJson;
}

/** A tokenizer as JSON. */
export type TokenizerJson =
  | { tokenizer: "characters"; vocabulary: string; unknown?: true }
  | { tokenizer: "bytes" }
  | { tokenizer: "words"; vocabulary: readonly string[] }
  | { tokenizer: "bytePairs"; pairs: readonly (readonly [first: number, second: number])[] };

/** The sign for what a vocabulary lacks. */
export const UNKNOWN = "\uFFFD";

/** Options of `characters`. */
export interface CharactersOptions {
  /** Whether id 0 is every character that the text lacks, written as U+FFFD; else these are refused. Default false. */
  unknown?: boolean;
}

/**
 * A tokenizer of characters: the ids of those that a text has, in the order of their code points.
 *
 * @param text - the text that is learned from
 * @throws DataError when it is empty; ArgumentError on an unknown option
 */
export function characters(text: string, options: CharactersOptions = {}): Tokenizer {
  const { unknown } = optionsOf("characters", options, { unknown: false });
  if (typeof text !== "string" || text === "") {
    throw new DataError("characters: needs the text that is learned from, of one or more characters.");
  }
  return learnedCharacters([text], unknown);
}

/** The tokenizer of the characters of some texts. @param unknown - whether there is an id for all others */
export function learnedCharacters(texts: readonly string[], unknown: boolean): Tokenizer {
  const found = new Set<string>();
  for (const text of texts) for (const character of text) found.add(character);
  return ofCharacters(
    [...found].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!),
    unknown,
  );
}

/** The tokenizer of a vocabulary. @param unknown - whether id 0 is every other character */
export function ofCharacters(vocabulary: readonly string[], unknown = false): Tokenizer {
  const all = unknown ? [UNKNOWN, ...vocabulary] : vocabulary;
  const ids = new Map(all.map((character, id) => [character, id]));
  return {
    size: all.length,
    encode: (text) =>
      Uint32Array.from([...text], (character, place) => {
        const id = ids.get(character) ?? (unknown ? 0 : undefined);
        if (id !== undefined) return id;
        throw new DataError(
          `characters: ${JSON.stringify(character)}, character ${place} of the text, isn't among the ${vocabulary.length} that ` +
            "were learned. Leave it out, or learn from a text that has it.",
        );
      }),
    decode: (given) => Array.from(given, (id) => all[knownId(id, all.length)]).join(""),
    toJSON: () => ({ tokenizer: "characters", vocabulary: vocabulary.join(""), ...(unknown && { unknown }) }),
  };
}

/** A tokenizer of the 256 bytes of UTF-8: it has every text. @throws ArgumentError on an option: it has none */
export function bytes(options: Record<never, never> = {}): Tokenizer {
  checkOptions("bytes", options, {});
  return {
    size: 256,
    encode: (text) => Uint32Array.from(new TextEncoder().encode(text)),
    decode: (given) => new TextDecoder().decode(Uint8Array.from(given, (id) => knownId(id, 256))),
    toJSON: () => ({ tokenizer: "bytes" }),
  };
}
