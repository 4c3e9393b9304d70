import type { PartScores } from "../engine/run.js";
import type { Store } from "../state/store.js";
import type { Numbers } from "./numbers.js";

export type Score = keyof PartScores;

/** Of the lines of earlier trainings, among the colours of classes. */
export const FIRST_COLOUR = 2;

/** How values are written: accuracies as shares of a hundred. */
export const written = (store: Store, score: Score, { percent, short }: Numbers) =>
  score === "score" && store.info.peek()?.task !== "number" ? percent : short;
