import { ArgumentError, DataError } from "../../core/errors.js";
import { checkCount, optionsOf } from "../../core/options.js";
import { shown } from "../../core/shown.js";

/** Options of `padSequences`. */
export interface PadSequencesOptions {
  /** Places of each row; as many as the longest has. Longer ones lose their end. */
  length?: number;
  /** The id that fills the rest, which no sequence may have: 0, or one past the vocabulary's, `tokenizer.size`. */
  padding?: number;
}

/** Sequences of one length. */
export interface PaddedSequences {
  /** [rows, length] */
  features: Uint32Array<ArrayBuffer>;
  /** For one row. */
  shape: readonly [length: number];
  /** 1 for places of a sequence, 0 for those that were filled; [rows, length] */
  mask: Float32Array<ArrayBuffer>;
  /** Places of each sequence, of which there are no more than the length; [rows] */
  lengths: Uint32Array<ArrayBuffer>;
}

/**
 * Sequences of ids of different lengths as rows of one length: the rest is filled at the end.
 *
 * @example
 * const padding = tokenizer.size; // one more than the tokenizer's ids
 * const { features, shape } = padSequences(texts.map((text) => tokenizer.encode(text)), { padding });
 * Dataset.from({ features, shape, labels }) // for embedding(padding + 1, 32, { padding }), which masks what was filled
 * @param sequences - whole numbers from 0, at least one of each
 * @throws DataError when there are no sequences, one is empty, or has the padding's id; ArgumentError when an option isn't a whole number
 */
export function padSequences(
  sequences: readonly ArrayLike<number>[],
  options: PadSequencesOptions = {},
): PaddedSequences {
  const { length, padding } = optionsOf("padSequences", options, { length: undefined, padding: 0 });
  if (length !== undefined) checkCount("padSequences: length", length);
  if (!(Number.isInteger(padding) && padding >= 0)) {
    throw new ArgumentError(`padSequences: padding must be an id, a whole number from 0, got ${shown(padding)}.`);
  }
  if (!Array.isArray(sequences) || sequences.length === 0) {
    throw new DataError("padSequences: needs one or more sequences, such as [[3, 1], [2]].");
  }
  const empty = sequences.findIndex((sequence) => !(sequence?.length > 0));
  if (empty >= 0) throw new DataError(`padSequences: sequence ${empty} is empty. Leave it out.`);
  const time = length ?? sequences.reduce((most, sequence) => Math.max(most, sequence.length), 0);
  const features = new Uint32Array(sequences.length * time).fill(padding);
  const mask = new Float32Array(sequences.length * time);
  const lengths = Uint32Array.from(sequences, (sequence) => Math.min(sequence.length, time));
  for (const [row, sequence] of sequences.entries()) {
    for (let t = 0; t < lengths[row]; t++) {
      const id = sequence[t];
      if (!(Number.isInteger(id) && id >= 0)) {
        throw new DataError(
          `padSequences: sequence ${row}, place ${t}: ids are whole numbers from 0, got ${shown(id)}.`,
        );
      }
      if (id === padding) {
        throw new DataError(
          `padSequences: sequence ${row}, place ${t}: the id ${id} is the padding's, so that it would be left out as what fills ` +
            "sequences up is. Take an id that none has, such as tokenizer.size: padSequences(sequences, { padding: size }) and " +
            "embedding(size + 1, features, { padding: size }).",
        );
      }
      features[row * time + t] = id;
      mask[row * time + t] = 1;
    }
  }
  return { features, shape: [time], mask, lengths };
}
