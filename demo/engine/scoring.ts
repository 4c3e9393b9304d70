import type { EpochRecord, Scores } from "neuromotor";
import type { Dataset } from "neuromotor/data";
import { type Parts, predictsNumbers } from "./data.js";
import type { EpochPoint, PartScores } from "./run.js";

/** Scores of epochs as they are shown. */
export class Scoring {
  readonly #train: (scores: Scores) => PartScores;
  readonly #heldOut: (scores: Scores) => PartScores;

  constructor({ train, heldOut }: Parts) {
    this.#train = scoresOf(train);
    this.#heldOut = scoresOf(heldOut ?? train);
  }

  of(record: EpochRecord): EpochPoint {
    const { epoch, validation } = record;
    return { epoch, ...this.#train(record), ...(validation && { heldOut: this.#heldOut(validation) }) };
  }
}

/** Accuracy of classes; of numbers R² = 1 - mean squared error / variance. */
function scoresOf(part: Dataset): (scores: Scores) => PartScores {
  if (!predictsNumbers(part)) return ({ loss, accuracy }) => ({ loss, score: accuracy as number });
  const mean = sum(part.labels, (value) => value) / part.rows;
  const variance = sum(part.labels, (value) => (value - mean) ** 2) / part.rows;
  return ({ loss, meanSquaredError }) => ({ loss, score: 1 - (meanSquaredError as number) / variance });
}

function sum(values: ArrayLike<number>, of: (value: number) => number): number {
  let total = 0;
  for (let i = 0; i < values.length; i++) total += of(values[i]);
  return total;
}
