import { ArgumentError, DataError } from "../../core/errors.js";
import { checkCount, optionsOf } from "../../core/options.js";
import { knownId } from "./known-id.js";
import { countPieces, piecesOf } from "./pieces.js";
import { type Tokenizer, UNKNOWN } from "./tokenizer.js";

/** Options of `words`. */
export interface WordsOptions {
  /** The most ids: of the commonest words, and one for all others. Every word has one where absent. */
  size?: number;
}

/**
 * A tokenizer of words, signs and white space: a word's blank before it is part of it, so that decoded words make the text
 * again. Id 0 is every word that the vocabulary lacks, and is written as U+FFFD; the others follow by how often a text has them.
 *
 * @param text - the text that is learned from
 * @throws DataError when it is empty; ArgumentError when the size isn't a whole number above 1
 */
export function words(text: string, options: WordsOptions = {}): Tokenizer {
  const { size } = optionsOf("words", options, { size: undefined });
  if (typeof text !== "string" || text === "") {
    throw new DataError("words: needs the text that is learned from, of one or more words.");
  }
  if (size !== undefined && checkCount("words: size", size) < 2) {
    throw new ArgumentError("words: size must be 2 or more: one id stands for the words that aren't known.");
  }
  return learnedWords([text], { size });
}

/** The tokenizer of the commonest words of some texts. @param least - how often texts have a word that has an id of its own */
export function learnedWords(
  texts: readonly string[],
  { size, least = 1 }: WordsOptions & { least?: number },
): Tokenizer {
  const counted = [...countPieces(texts)].filter(([, count]) => count >= least);
  const byCount = counted.sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  return ofWords(byCount.slice(0, size && size - 1).map(([word]) => word));
}

/** The tokenizer of a vocabulary. @param vocabulary - of the ids from 1 */
export function ofWords(vocabulary: readonly string[]): Tokenizer {
  const all = [UNKNOWN, ...vocabulary];
  const ids = new Map(all.map((word, id) => [word, id]));
  return {
    size: all.length,
    encode: (text) => Uint32Array.from(piecesOf(text), (word) => ids.get(word) ?? 0),
    decode: (given) => Array.from(given, (id) => all[knownId(id, all.length)]).join(""),
    toJSON: () => ({ tokenizer: "words", vocabulary }),
  };
}
