import { ArgumentError, DataError } from "../../core/errors.js";
import { checkCount, optionsOf } from "../../core/options.js";
import { shown } from "../../core/shown.js";
import { learnedPairs } from "../text/byte-pairs.js";
import { tokenizerFromJson } from "../text/from-json.js";
import { areUnparted } from "../text/pieces.js";
import { bytes, learnedCharacters, type Tokenizer, type TokenizerJson } from "../text/tokenizer.js";
import { learnedWords } from "../text/words.js";
import { type Block, isNames } from "./block.js";
import { type Json, registerStep, type Step, type StepKind } from "./step.js";

/*
 * Texts of a table's rows as sequences of ids of one length.
 */

/** Kinds of tokens, by the names of the functions that make their tokenizers. */
export type TokenizerName = "words" | "characters" | "bytes" | "bytePairs";

/** Options of `tokens`. */
export interface TokensOptions {
  /** The kind of tokens. Words, the default, are taken in small letters. */
  tokenizer?: TokenizerName;
  /** The most ids of words and of byte pairs; 10,000 words, 512 byte pairs. */
  size?: number;
  /** Tokens of a row: longer texts lose their end. As many as 19 of 20 training rows have at most, where absent. */
  length?: number;
}

/** Measurements of the training rows: the vocabulary, the places of a row, and how many of the training rows are longer. */
export type Texts = {
  tokenizer: TokenizerJson;
  length: number;
  rows: number;
  longer: number;
  /** Words that no blanks part. */
  unparted?: true;
};

/** The id that fills texts up to one length; those of the tokenizer follow. */
const PADDING = 0;
export const FIRST = PADDING + 1;
/** Words that training rows have once are left to the id of those that aren't known, so that it is learned, too. */
const LEAST_COUNT = 2;
const MOST_WORDS = 10_000;
const MOST_PAIRS = 512;
const SHARE_WHOLE = 0.95;

/** The texts of each row, one a column, as the tokenizer takes them: of words without capitals, each with the blank before it. */
function textsOf({ rows, columns }: Block, tokenizer: TokenizerName): string[][] {
  const read = (value: string | number | undefined): string => {
    const text = value === undefined || Number.isNaN(value) ? "" : String(value).trim();
    return tokenizer === "words" && text !== "" ? ` ${text.toLowerCase().replace(/\s+/g, " ")}` : text;
  };
  const all = columns.map(({ values }) => (isNames(values) ? values : Array.from(values)).map(read));
  return Array.from({ length: rows }, (_, row) => all.map((texts) => texts[row]));
}

function learn(texts: readonly string[], { tokenizer, size }: Required<Omit<TokensOptions, "length">>): Tokenizer {
  if (tokenizer === "bytes") return bytes();
  if (tokenizer === "characters") return learnedCharacters(texts, true);
  return tokenizer === "words" ? learnedWords(texts, { size, least: LEAST_COUNT }) : learnedPairs(texts, size);
}

/** Ids of a row's texts, one after the other. */
const idsOf = (tokenizer: Tokenizer, texts: readonly string[]) =>
  texts.flatMap((text) => Array.from(tokenizer.encode(text), (id) => id + FIRST));

/** Tokenizers that were made of a step's state: rows come in blocks. */
const made = new WeakMap<object, Tokenizer>();

export function tokenizerOf(state: Texts): Tokenizer {
  const tokenizer = made.get(state) ?? tokenizerFromJson(state.tokenizer);
  made.set(state, tokenizer);
  return tokenizer;
}

export const tokensKind: StepKind<Json, Texts & Json> = {
  name: "tokens",
  fit(block, options) {
    const {
      tokenizer: name,
      size,
      length,
    } = options as unknown as Required<Omit<TokensOptions, "length">> & TokensOptions;
    const rows = textsOf(block, name);
    const texts = rows.flat().filter((text) => text !== "");
    if (texts.length === 0) {
      const columns = block.columns.map((column) => `"${column.name}"`).join(", ");
      throw new DataError(`tokens: no training row has a text in ${columns}. Leave it out, or take other rows.`);
    }
    const tokenizer = learn(texts, { tokenizer: name, size });
    const lengths = rows.map((row) => idsOf(tokenizer, row).length).sort((a, b) => a - b);
    const places = length ?? Math.max(1, lengths[Math.ceil(SHARE_WHOLE * lengths.length) - 1]);
    const longer = lengths.filter((each) => each > places).length;
    const unparted = name === "words" && areUnparted(texts) && { unparted: true };
    return { tokenizer: tokenizer.toJSON(), length: places, rows: rows.length, longer, ...unparted } as Texts & Json;
  },
  apply(block, state, options) {
    const { length } = state;
    const tokenizer = tokenizerOf(state);
    const name = block.columns.map((column) => column.name).join(", ");
    const columns = Array.from({ length }, (_, place) => ({
      name: `${name} ${place + 1}`,
      values: new Uint32Array(block.rows).fill(PADDING),
    }));
    for (const [row, texts] of textsOf(block, (options as Required<TokensOptions>).tokenizer).entries()) {
      const ids = idsOf(tokenizer, texts);
      for (let place = 0; place < Math.min(length, ids.length); place++) columns[place].values[row] = ids[place];
    }
    return { rows: block.rows, columns };
  },
};
const tokensStep = registerStep(tokensKind);

/**
 * Texts as ids of tokens, one sequence a row; those of several columns follow each other. Id 0 fills rows up to one length, for
 * `embedding(ids, features, { padding: 0 })`; of words and characters id 1 is every one that the training rows lack, and words that
 * these have once. A row without a text is filled up whole. The vocabulary and the length are those of the training rows.
 *
 * @throws ArgumentError when an option is unknown or out of range; DataError, where it is fitted, when no row has a text
 */
export function tokens(options: TokensOptions = {}): Step {
  const { tokenizer, size, length } = optionsOf("tokens", options, {
    tokenizer: "words" as TokenizerName,
    size: undefined as number | undefined,
    length: undefined as number | undefined,
  });
  if (!["words", "characters", "bytes", "bytePairs"].includes(tokenizer)) {
    throw new ArgumentError(
      `tokens: tokenizer must be "words", "characters", "bytes" or "bytePairs", got ${shown(tokenizer)}.`,
    );
  }
  if (size !== undefined && tokenizer !== "words" && tokenizer !== "bytePairs") {
    throw new ArgumentError(`tokens: size is for words and bytePairs; all ${tokenizer} have an id. Leave it out.`);
  }
  const [least, most, usual] = tokenizer === "bytePairs" ? [256, 65536, MOST_PAIRS] : [2, Infinity, MOST_WORDS];
  if (size !== undefined && !(checkCount("tokens: size", size) >= least && size <= most)) {
    throw new ArgumentError(
      `tokens: size must be ${least} or more${most < Infinity ? `, up to ${most}` : ""}, got ${size}.`,
    );
  }
  if (length !== undefined) checkCount("tokens: length", length);
  return tokensStep({ tokenizer, size: size ?? usual, ...(length !== undefined && { length }) });
}
