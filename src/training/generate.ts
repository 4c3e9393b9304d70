import { ArgumentError, DataError, ShapeError } from "../core/errors.js";
import { checkArgument, checkCount, optionsOf } from "../core/options.js";
import { RandomStream, Stream } from "../core/random.js";
import { AT_LEAST_0, checkNumbers } from "../core/ranges.js";
import { formatShape } from "../core/shape.js";
import { tokenizerFromJson } from "../data/text/from-json.js";
import type { Tokenizer, TokenizerJson } from "../data/text/tokenizer.js";
import { checkSeed, type Model } from "../model/model.js";
import { internals } from "./internals.js";
import { PlaceByPlace, placesOf } from "./place-by-place.js";
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
  /** Whether states, keys and values of places before are kept on the device, where the model's layers can; true. */
  cached?: boolean;
  /** Told of every token as it comes: its text, or its id. */
  onToken?: (token: string | number) => void;
}

/** A text, or ids, that is being written: awaited it is the whole, iterated each token as it comes. */
export type Generation<Whole, Token> = Promise<Whole> & AsyncIterable<Token>;

/**
 * Writes on from a prompt, token by token: each is drawn from the probabilities that the model gives after those before it.
 * States of recurrent layers, keys and values of causal attention are kept on the device, so that a token costs one place; a
 * model with attention or positions sees as many of the last tokens as its input has, and where these are more, every token
 * takes a pass over all of them. A model of recurrent layers alone remembers all tokens. Draws are the same on every backend;
 * where two tokens are as likely as arithmetic can tell, backends may differ.
 *
 * @example await generate(trainer, "ROMEO:", { length: 200, temperature: 0.8, topK: 20, seed: 1 })
 * @example for await (const piece of generate(trainer, "ROMEO:")) process.stdout.write(piece)
 * @param prompt - a text, or ids [tokens]; at least one token
 * @returns the prompt and what follows: a text for a text, ids [tokens] for ids; or each new token as it comes. Leaving the loop
 * ends the writing
 * @throws ArgumentError when an option is out of range, the model keeps no tokenizer, or sees later places; DataError when the prompt is empty or
 * has what the vocabulary lacks; ShapeError when the model doesn't put out a number for each token
 */
export function generate(trainer: Trainer, prompt: string, options?: GenerateOptions): Generation<string, string>;
export function generate(
  trainer: Trainer,
  prompt: ArrayLike<number>,
  options?: GenerateOptions,
): Generation<Uint32Array<ArrayBuffer>, number>;
export function generate(
  trainer: Trainer,
  prompt: string | ArrayLike<number>,
  options: GenerateOptions = {},
): Generation<string | Uint32Array<ArrayBuffer>, string | number> {
  const stream = new TokenStream<string | number>();
  const whole = write(trainer, prompt, options, stream);
  whole.then(
    () => stream.end(),
    (error) => stream.end(error),
  );
  return Object.assign(whole, { [Symbol.asyncIterator]: () => stream.iterate(whole) });
}

/** Tokens from the one that writes them to the one that reads them. */
class TokenStream<Token> {
  readonly #tokens: Token[] = [];
  #wake = () => {};
  #isOver = false;
  #error: unknown;
  /** Whether the reader has left. */
  isLeft = false;

  push(token: Token): void {
    this.#tokens.push(token);
    this.#wake();
  }

  end(error?: unknown): void {
    this.#isOver = true;
    this.#error = error;
    this.#wake();
  }

  async *iterate(whole: Promise<unknown>): AsyncGenerator<Token> {
    whole.catch(() => {}); // thrown below
    try {
      for (let place = 0; ; ) {
        if (place < this.#tokens.length) yield this.#tokens[place++];
        else if (this.#error !== undefined) throw this.#error;
        else if (this.#isOver) return;
        else await new Promise<void>((resolve) => (this.#wake = resolve));
      }
    } finally {
      this.isLeft = true;
    }
  }
}

async function write(
  trainer: Trainer,
  prompt: string | ArrayLike<number>,
  options: GenerateOptions,
  stream: TokenStream<string | number>,
): Promise<string | Uint32Array<ArrayBuffer>> {
  const { model } = trainer;
  const { length, temperature, topK, topP, seed, tokenizer, cached, onToken } = optionsOf("generate", options, {
    length: 100,
    temperature: 1,
    topK: undefined,
    topP: 1,
    seed: model.seed,
    tokenizer: undefined,
    cached: true,
    onToken: undefined,
  });
  checkCount("generate: length", length);
  if (topK !== undefined) checkCount("generate: topK", topK);
  checkNumbers("generate", AT_LEAST_0, { temperature });
  checkNumbers("generate", ["in (0, 1]", (value) => value > 0 && value <= 1], { topP });
  checkSeed("generate", seed);
  checkArgument("generate", "a function for onToken", onToken, onToken === undefined || typeof onToken === "function");
  const isPrompt = typeof prompt === "string" || (typeof prompt === "object" && Number.isInteger(prompt?.length));
  checkArgument("generate", "a prompt: a text, or a list of ids", prompt, isPrompt);
  const text = typeof prompt === "string" ? (tokenizer ?? savedTokenizer(model.metadata)) : undefined;
  const ids = Array.from(text ? text.encode(prompt as string) : (prompt as ArrayLike<number>));
  if (ids.length === 0) throw new DataError("generate: the prompt is empty. Give it a token to go on from.");
  const random = new RandomStream(seed, Stream.generation);
  const pieceOf = text ? pieceByPiece(text) : (id: number) => id;
  const tell = (token: string | number) => {
    if (token === "") return; // a part of a character
    stream.push(token);
    onToken?.(token);
  };
  const logits = logitsOf(trainer, ids, cached);
  try {
    for (let i = 0; i < length && !stream.isLeft; i++) {
      const next = draw(await logits.next(ids), { temperature, topK, topP }, random);
      ids.push(next);
      tell(pieceOf(next, i === length - 1));
    }
  } finally {
    logits.dispose();
  }
  return text ? text.decode(ids) : Uint32Array.from(ids);
}

/** The text of tokens as it grows: bytes of a character are held back until it is whole, or the last. */
function pieceByPiece(tokenizer: Tokenizer): (id: number, isLast: boolean) => string {
  let held: number[] = [];
  return (id, isLast) => {
    held.push(id);
    const piece = tokenizer.decode(held);
    if (piece.endsWith("\uFFFD") && held.length < MOST_HELD && !isLast) return "";
    held = [];
    return piece;
  };
}

/** Bytes of a character at the most. */
const MOST_HELD = 4;

/** Outputs of a model after tokens, [tokens]. @throws ShapeError when it isn't one for tokens; DataError when they are too few */
function logitsOf(trainer: Trainer, prompt: readonly number[], cached: boolean) {
  const { model } = trainer;
  const [context] = model.input;
  const isSequence = model.output.length === 2 && model.output[0] === context;
  if (model.input.length !== 1 || !(isSequence || model.output.length === 1)) {
    throw new ShapeError(
      `generate: the model must take ids [time] and put out a number for each token, at every place [time, tokens] or for the ` +
        `next one [tokens]; it takes ${formatShape(model.input)} and puts out ${formatShape(model.output)}.`,
    );
  }
  if (!isSequence && prompt.length < context) {
    throw new DataError(
      `generate: this model goes on from ${context} tokens, the prompt has ${prompt.length}. Give it more.`,
    );
  }
  const tokens = model.output.at(-1)!;
  const places = cached ? placesOf(model) : undefined;
  const kept = places && new PlaceByPlace(internals.get(trainer)!);
  const padding = model.layers.find(({ layer }) => layer.ids)?.layer.config.padding as number | undefined;
  let isChecked = !isSequence || padding !== undefined;
  checkIds(model, prompt);
  return {
    dispose: () => kept?.dispose(),
    async next(ids: readonly number[]): Promise<Float32Array> {
      if (kept && (places === "endless" || ids.length <= context)) return kept.next(ids);
      if (!isChecked) await checkCausal(trainer, context, tokens);
      isChecked = true;
      const seen = ids.slice(-context);
      // Places after the last are padding, or seen by none of those before.
      const features = new Uint32Array(context).fill(padding ?? 0);
      features.set(seen);
      const { values } = await trainer.predict(features);
      const first = isSequence ? (seen.length - 1) * tokens : 0;
      return values.subarray(first, first + tokens);
    },
  };
}

/** @throws ArgumentError when what a model puts out at a place follows from a later one */
async function checkCausal(trainer: Trainer, context: number, tokens: number): Promise<void> {
  if (tokens < 2) return;
  const features = new Uint32Array(2 * context);
  features[features.length - 1] = 1; // at the last place, of the second row
  const { values } = await trainer.predict(features);
  const upTo = (context - 1) * tokens;
  const second = values.subarray(context * tokens);
  if (values.subarray(0, upTo).every((value, i) => Object.is(value, second[i]))) return;
  throw new ArgumentError(
    "generate: the model sees later places of a sequence, which aren't written yet. Take layers that look back alone: attention with " +
      "causal: true, gru() in place of bidirectional(), conv1d(..., { padding: [kernel - 1, 0] }); or embedding(..., { padding: id }), so that " +
      "places to come are left out.",
  );
}

/** @throws DataError when one isn't among the ids that the first layer knows */
function checkIds({ layers: [{ name, layer }] }: Model, prompt: readonly number[]): void {
  layer.ids?.read(Float32Array.from(prompt), prompt.length, name);
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
