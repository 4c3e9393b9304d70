import { listNames } from "../csv/text.js";
import { unpartedWarning } from "../text/pieces.js";
import type { Tokenizer } from "../text/tokenizer.js";
import { FEATURES, type Preprocessing } from "./preprocessing.js";
import { FIRST, type Texts, tokenizerOf, tokensKind } from "./tokens.js";

/** How an input's texts became ids. */
export interface TextInput {
  /** The columns of the texts. */
  columns: readonly string[];
  /** How many ids there are, the one that fills texts up included: `embedding(ids, features, { padding: 0 })`. */
  ids: number;
  /** Places of a row. */
  length: number;
  /** Its ids are one less than the features'. */
  tokenizer: Tokenizer;
  /** Training rows. */
  rows: number;
  /** Training rows that lost their end. */
  longer: number;
}

/** Sentences on texts of inputs whose tokens tell little. */
export function textWarnings(preprocessing: Preprocessing): string[] {
  return [...preprocessing.inputs.values()].flatMap(({ entries }) =>
    entries.flatMap(({ columns, steps }) => {
      const last = steps.at(-1);
      if (last?.step !== tokensKind.name || !(last.state as unknown as Texts).unparted) return [];
      return [unpartedWarning(`Texts of ${listNames(columns)}`, tokenizerOf(last.state as unknown as Texts).size)];
    }),
  );
}

/** How the texts of an input became ids; undefined where it holds none. @param input - its name, where there are several */
export function textInput(preprocessing: Preprocessing, input: string = FEATURES): TextInput | undefined {
  const entry = preprocessing.inputs.get(input)?.entries.find(({ steps }) => steps.at(-1)?.step === tokensKind.name);
  if (!entry) return undefined;
  const state = entry.steps.at(-1)!.state as unknown as Texts;
  const { length, rows, longer } = state;
  const tokenizer = tokenizerOf(state);
  return { columns: entry.columns, ids: tokenizer.size + FIRST, length, tokenizer, rows, longer };
}
