import { TextBytes } from "../../data/csv/decode.js";
import {
  bytePairs,
  bytes,
  characters,
  Dataset,
  type Tokenizer,
  type TokenizerName,
  tinyshakespeare,
  tokenDataset,
  words,
} from "../../data/index.js";
import { openSource } from "../../data/sources/source.js";
import { areUnparted, unpartedWarning } from "../../data/text/pieces.js";
import { ArgumentError, DataError } from "../../index.js";

/** Options of texts. */
export interface TextOptions {
  tokenizer?: TokenizerName;
  vocabulary?: number;
  context?: number;
  /** Tokenizer of a model: its vocabulary, whatever else is asked. */
  savedTokenizer?: Tokenizer;
  dataDir?: string;
}

/** A text as it was read. */
export interface LoadedText {
  text: string;
  tokenizer: Tokenizer;
  /** Tokens of the whole text. */
  tokens: number;
}

/** Texts that are downloaded on first use, by name. */
export const texts = { tinyshakespeare } as const;

/** Names of files that hold texts. */
const TEXT_FILE = /\.(txt|text|md)(\.gz)?$/i;

const DEFAULT_CONTEXT = 64;
const WORDS_OR_PAIRS: readonly (TokenizerName | undefined)[] = ["words", "bytePairs"];

/** Whether data are a text: by their name, or because an option says so. A file with a target, or columns of texts, is a table. */
export const isText = (
  given: string,
  { target, targets, text, ...options }: TextOptions & { target?: string; targets?: unknown; text?: unknown },
) => {
  if (Object.hasOwn(texts, given)) return true;
  if (text !== undefined) return false;
  if (options.tokenizer ?? options.context ?? options.vocabulary ?? options.savedTokenizer) return true;
  return target === undefined && targets === undefined && TEXT_FILE.test(given);
};

/** A text, and how it was read where it isn't of UTF-8. @throws DataError when the file isn't text */
async function readText(path: string, name: string): Promise<{ text: string; note?: string }> {
  const bytes = new TextBytes(name);
  let text = "";
  for await (const piece of (await openSource(path, name)).pieces()) text += bytes.push(piece);
  text += bytes.end();
  if (text.includes("\0"))
    throw new DataError(`${name}: it has bytes of 0, so it is no text. Give a file of plain text.`);
  return { text, note: bytes.note };
}

/** @throws ArgumentError when the size of a vocabulary is given for tokens that have none */
export function checkVocabulary({ tokenizer, vocabulary }: TextOptions): void {
  if (vocabulary !== undefined && !WORDS_OR_PAIRS.includes(tokenizer)) {
    throw new ArgumentError("--vocabulary is for --tokenizer words and bytePairs; all characters have a token.");
  }
}

function learn(text: string, { tokenizer = "characters", vocabulary }: TextOptions): Tokenizer {
  checkVocabulary({ tokenizer, vocabulary });
  if (tokenizer === "bytes") return bytes();
  if (tokenizer === "words") return words(text, { size: vocabulary });
  return tokenizer === "bytePairs" ? bytePairs(text, { size: vocabulary }) : characters(text);
}

/**
 * A text in rows of tokens, each with the token that follows at every place.
 *
 * @throws DataError when it can't be read, or is shorter than a row; ArgumentError when options don't fit each other
 */
export async function loadText(
  given: string,
  name: string,
  options: TextOptions,
): Promise<{ data: Dataset; sample?: string; text: LoadedText }> {
  const { dataDir, context = DEFAULT_CONTEXT } = options;
  const isNamed = Object.hasOwn(texts, given);
  const { text, note } = isNamed
    ? { text: await texts[given as keyof typeof texts]({ dataDir }) }
    : await readText(given, name);
  if (text.trim() === "") throw new DataError(`${name}: the file is empty. Give one with text.`);
  if (context < 2) throw new ArgumentError("--context must be 2 or more: a model of text looks back.");
  const tokenizer = options.savedTokenizer ?? learn(text, options);
  const ids = tokenizer.encode(text);
  if (ids.length < context + 1) {
    throw new DataError(`${name}: ${ids.length} tokens are too few for a row of ${context}. Take a smaller --context.`);
  }
  const read = tokenDataset(ids, { length: context, name });
  const isWords = options.tokenizer === "words" && areUnparted([text]);
  const warnings = [
    ...(note ? [`${name}: ${note}.`] : []),
    ...(isWords ? [unpartedWarning(`Texts of ${name}`, tokenizer.size)] : []),
  ];
  const data = warnings.length > 0 ? Dataset.own({ ...read, warnings }) : read;
  return { data, ...(isNamed && { sample: given }), text: { text, tokenizer, tokens: ids.length } };
}
