import { ArgumentError, DataError, ShapeError } from "../core/errors.js";
import { checkCount, optionsOf } from "../core/options.js";
import { RandomStream, Stream } from "../core/random.js";
import { formatShape } from "../core/shape.js";
import { tokenizerFromJson } from "../data/text/from-json.js";
import type { Tokenizer, TokenizerJson } from "../data/text/tokenizer.js";
import type { Trainer } from "./trainer.js";

/** Options of `generate`. */
export interface GenerateOptions {
  /** Tokens to add; 100. */
  length?: number;
  /** Logits are divided by this: below 1 the likely ones are taken more often, at 0 always the likeliest. 1. */
  temperature?: number;
  /** Only so many of the likeliest tokens are drawn from; all where absent. */
  topK?: number;
  /** Only the likeliest tokens that together have this probability are drawn from, in (0, 1]; 1 (Holtzman et al., 2020). */
  topP?: number;
  /** Of the draws; the model's where absent. */
  seed?: number;
  /** Of a text: the one that the model keeps, `model.metadata.tokenizer`, where absent. */
  tokenizer?: Tokenizer;
  /** Told of every token as it comes: its text, or its id. */
  onToken?: (token: string | number) => void;
}

/**
 * Writes on from a prompt, token by token: each is drawn from the probabilities that the model gives after those before it.
 * The model sees as many of the last tokens as its input has; every token takes a pass over all of these. Draws are the same
 * on every backend; where two tokens are as likely as arithmetic can tell, backends may differ.
 *
 * @example await generate(trainer, "ROMEO:", { length: 200, temperature: 0.8, topK: 20, seed: 1 })
 * @param prompt - a text, or ids [tokens]; at least one token
 * @returns the prompt and what follows: a text for a text, ids [tokens] for ids
 * @throws ArgumentError when an option is out of range or the model keeps no tokenizer; DataError when the prompt is empty or
 * has what the vocabulary lacks; ShapeError when the model doesn't put out a number for each token
 */
export async function generate(trainer: Trainer, prompt: string, options?: GenerateOptions): Promise<string>;
export async function generate(
  trainer: Trainer,
  prompt: ArrayLike<number>,
  options?: GenerateOptions,
): Promise<Uint32Array<ArrayBuffer>>;
export async function generate(
  trainer: Trainer,
  prompt: string | ArrayLike<number>,
  options: GenerateOptions = {},
): Promise<string | Uint32Array<ArrayBuffer>> {
  const { model } = trainer;
  const { length, temperature, topK, topP, seed, tokenizer, onToken } = optionsOf("generate", options, {
    length: 100,
    temperature: 1,
    topK: undefined,
    topP: 1,
    seed: model.seed,
    tokenizer: undefined,
    onToken: undefined,
  });
  checkCount("generate: length", length);
  if (topK !== undefined) checkCount("generate: topK", topK);
  if (!(temperature >= 0 && temperature < Infinity)) {
    throw new ArgumentError(`generate: temperature must be a number of 0 or more, got ${temperature}.`);
  }
  if (!(topP > 0 && topP <= 1)) throw new ArgumentError(`generate: topP must be in (0, 1], got ${topP}.`);
  const text = typeof prompt === "string" ? (tokenizer ?? savedTokenizer(model.metadata)) : undefined;
  const ids = Array.from(text ? text.encode(prompt as string) : (prompt as ArrayLike<number>));
  if (ids.length === 0) throw new DataError("generate: the prompt is empty. Give it a token to go on from.");
  const [context] = model.input;
  const isSequence = model.output.length === 2 && model.output[0] === context;
  if (model.input.length !== 1 || !(isSequence || model.output.length === 1)) {
    throw new ShapeError(
      `generate: the model must take ids [time] and put out a number for each token, at every place [time, tokens] or for the ` +
        `next one [tokens]; it takes ${formatShape(model.input)} and puts out ${formatShape(model.output)}.`,
    );
  }
  if (!isSequence && ids.length < context) {
    throw new DataError(
      `generate: this model goes on from ${context} tokens, the prompt has ${ids.length}. Give it more.`,
    );
  }
  const tokens = model.output.at(-1)!;
  const random = new RandomStream(seed, Stream.generation);
  for (let i = 0; i < length; i++) {
    const seen = ids.slice(-context);
    const features = new Uint32Array(context);
    features.set(seen); // places after the last are seen by none of those before, in a causal model
    const { values } = await trainer.predict(features);
    const first = isSequence ? (seen.length - 1) * tokens : 0;
    const next = draw(values.subarray(first, first + tokens), { temperature, topK, topP }, random);
    ids.push(next);
    onToken?.(text ? text.decode([next]) : next);
  }
  return text ? text.decode(ids) : Uint32Array.from(ids);
}

function savedTokenizer({ tokenizer }: Record<string, unknown>): Tokenizer {
  if (tokenizer) return tokenizerFromJson(tokenizer as TokenizerJson);
  throw new ArgumentError(
    "generate: the model keeps no tokenizer. Give one, generate(trainer, text, { tokenizer }), or keep it: " +
      "model.metadata.tokenizer = tokenizer.toJSON().",
  );
}

/** Draws an id by its logits. */
function draw(
  logits: Float32Array,
  { temperature, topK, topP }: { temperature: number; topK: number | undefined; topP: number },
  random: RandomStream,
): number {
  // Of equal ones the first come first, on every backend.
  const order = [...logits.keys()].sort((a, b) => logits[b] - logits[a] || a - b);
  if (temperature === 0) return order[0];
  const kept = order.slice(0, topK ?? order.length);
  const weights = kept.map((id) => Math.exp((logits[id] - logits[order[0]]) / temperature));
  const all = weights.reduce((sum, weight) => sum + weight, 0);
  let total = 0;
  let count = 0;
  while (count < weights.length && (count === 0 || total < topP * all)) total += weights[count++];
  let left = random.nextUniform() * total;
  for (let place = 0; place < count; place++) {
    left -= weights[place];
    if (left < 0) return kept[place];
  }
  return kept[count - 1];
}
