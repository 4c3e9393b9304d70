import { DataError } from "../../core/errors.js";
import { checkCount, optionsOf } from "../../core/options.js";
import { Dataset } from "../dataset.js";

/** Options of `tokenDataset`. */
export interface TokenDatasetOptions {
  /** Tokens of a row. */
  length: number;
  /** Tokens from the beginning of a row to that of the next; as many as a row has. */
  stride?: number;
  name?: string;
}

/**
 * Pieces of a row of tokens, each with the token that follows at every place: what a model that writes text learns from.
 *
 * @param ids - [tokens], as a tokenizer gives them
 * @returns a data set of ids [rows, length] with labels [rows, length]
 * @throws ArgumentError when a size isn't a positive integer; DataError when there are too few tokens for a row
 */
export function tokenDataset(ids: Uint32Array, options: TokenDatasetOptions): Dataset {
  const { length, stride, name } = optionsOf("tokenDataset", options, {
    length: undefined as unknown as number,
    stride: undefined as number | undefined,
    name: "",
  });
  checkCount("tokenDataset: length", length);
  const step = checkCount("tokenDataset: stride", stride ?? length);
  const rows = Math.floor((ids.length - 1 - length) / step) + 1;
  if (!(rows >= 1)) {
    throw new DataError(
      `tokenDataset: ${ids.length} tokens are too few for a row of ${length} and the token after it. Take a smaller length.`,
    );
  }
  const features = new Uint32Array(rows * length);
  const labels = new Uint32Array(rows * length);
  for (let row = 0; row < rows; row++) {
    features.set(ids.subarray(row * step, row * step + length), row * length);
    labels.set(ids.subarray(row * step + 1, row * step + length + 1), row * length);
  }
  return Dataset.from({ features, labels, shape: [length], targetName: "next token", name });
}
