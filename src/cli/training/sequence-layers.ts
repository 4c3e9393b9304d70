import {
  bidirectional,
  dense,
  embedding,
  globalAveragePool1d,
  gru,
  type Layer,
  layerNorm,
  lstm,
  positionalEmbedding,
  rnn,
  transformerBlock,
} from "../../index.js";

/*
 * Layers of sequences as they are written on the command line: "embedding 64, gru 128, gru 128".
 */

/** Surroundings of a layer of a sequence. */
export interface Surroundings {
  /** Tokens of the vocabulary, where places are tokens; else they are numbers. */
  tokens: number | undefined;
  /** The token that fills texts up to one length, where there is one. */
  padding?: number;
  /** Whether no place sees later ones. */
  causal: boolean;
  /** Places of a row. */
  time: number;
  /** Whether what comes after takes a sequence, too. */
  returnSequences: boolean;
  /** Share that is dropped inside of transformers. */
  dropout: number;
}

type Maker = (numbers: readonly number[], surroundings: Surroundings) => Layer;

const cells = { rnn, gru, lstm } as const;
type Cell = keyof typeof cells;

/** Layers by the form of their text, with what they are made of. */
const forms: readonly (readonly [form: RegExp, make: Maker])[] = [
  [
    /^embedding(\d+)$/,
    ([features], { tokens, padding }) =>
      tokens === undefined ? dense(features) : embedding(tokens, features, { padding }),
  ],
  [/^positions$/, (_, { time }) => positionalEmbedding(time)],
  ...(Object.keys(cells) as Cell[]).flatMap((cell): [RegExp, Maker][] => [
    [new RegExp(`^${cell}(\\d+)$`), ([units], { returnSequences }) => cells[cell](units, { returnSequences })],
    [
      new RegExp(`^bidirectional${cell}(\\d+)$`),
      ([units], { returnSequences }) => bidirectional(cells[cell](units, { returnSequences })),
    ],
  ]),
  [/^transformer(\d+)$/, ([heads], { causal, dropout }) => transformerBlock({ heads, causal, dropout })],
];

/** Networks by name. "transformer" is nanoGPT's for a CPU: 4 blocks of 4 heads, 128 wide. */
export const sequenceNetworks: Readonly<Record<string, readonly string[]>> = {
  rnn: ["embedding64", "rnn128"],
  gru: ["embedding64", "gru128"],
  lstm: ["embedding64", "lstm128"],
  transformer: ["embedding128", "positions", ...new Array<string>(4).fill("transformer4"), "layerNorm"],
};

const formOf = (text: string) => forms.find(([form]) => form.test(text));

/** Whether a layer's text is one of a sequence's. */
export const isSequenceLayer = (text: string): boolean => formOf(text) !== undefined;

/** Whether a layer carries a state along, so that dropout has its place after it. */
export const isRecurrent = (text: string): boolean => /^(bidirectional)?(rnn|gru|lstm)\d/.test(text);

/** Whether a layer takes a sequence, and not what one was brought together into. */
export const takesSequence = (text: string): boolean =>
  isRecurrent(text) || /^(transformer|positions|embedding|average)/.test(text);

/** Makes the layer that a text describes; undefined where it isn't a sequence's. */
export function sequenceLayer(text: string, surroundings: Surroundings): Layer | undefined {
  if (text === "layerNorm") return layerNorm();
  if (text === "average") return globalAveragePool1d();
  const found = formOf(text);
  if (!found) return undefined;
  const numbers = text.match(found[0])!.slice(1).map(Number);
  return found[1](numbers, surroundings);
}
