import { DataError } from "../../core/errors.js";
import { checkOptions } from "../../core/options.js";
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
  | { tokenizer: "characters"; vocabulary: string }
  | { tokenizer: "bytes" }
  | { tokenizer: "words"; vocabulary: readonly string[] }
  | { tokenizer: "bytePairs"; pairs: readonly (readonly [first: number, second: number])[] };

/**
 * A tokenizer of characters: the ids of those that a text has, in the order of their code points.
 *
 * @param text - the text that is learned from
 * @throws DataError when it is empty
 */
export function characters(text: string): Tokenizer {
  if (typeof text !== "string" || text === "") {
    throw new DataError("characters: needs the text that is learned from, of one or more characters.");
  }
  return ofCharacters([...new Set(text)].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!));
}

/** The tokenizer of a vocabulary. */
export function ofCharacters(vocabulary: readonly string[]): Tokenizer {
  const ids = new Map(vocabulary.map((character, id) => [character, id]));
  return {
    size: vocabulary.length,
    encode: (text) =>
      Uint32Array.from([...text], (character, place) => {
        const id = ids.get(character);
        if (id !== undefined) return id;
        throw new DataError(
          `characters: ${JSON.stringify(character)}, character ${place} of the text, isn't among the ${vocabulary.length} that ` +
            "were learned. Leave it out, or learn from a text that has it.",
        );
      }),
    decode: (given) => Array.from(given, (id) => vocabulary[knownId(id, vocabulary.length)]).join(""),
    toJSON: () => ({ tokenizer: "characters", vocabulary: vocabulary.join("") }),
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
