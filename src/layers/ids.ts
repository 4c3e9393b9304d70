import { DataError } from "../core/errors.js";

/*
 * Ids: whole numbers from 0 that stand for words, characters or classes.
 */

/** The most ids: features hold whole numbers up to here exactly. */
export const MOST_IDS = 2 ** 24;

/** Output units of a table of vectors, [ids, features]: the vector of each id, as torch.nn.Embedding's max_norm has them. */
export const EACH_ROW = { units: [0] };

/** The ids that an input or a layer takes. */
export interface Ids {
  /**
   * Features as ids.
   *
   * @param size - of a row
   * @param taker - what takes them, for messages
   * @throws DataError when one is none of them
   */
  read(values: Float32Array<ArrayBuffer>, size: number, taker: string): Uint32Array<ArrayBuffer>;
}

/** The ids below a count. */
export const idsBelow = (count: number): Ids => ({
  read(values, size, taker) {
    const bad = values.findIndex((value) => !(value >= 0 && value < count && Number.isInteger(value)));
    if (bad < 0) return Uint32Array.from(values);
    throw new DataError(
      `Trainer: features, row ${Math.floor(bad / size)}, column ${bad % size}: ${taker} knows the ids 0 to ${count - 1}, got ` +
        `${values[bad]}. Ids are whole numbers from 0; give it as many as the vocabulary has.`,
    );
  },
});
