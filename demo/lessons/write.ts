import type { EpochPoint, PartScores } from "../engine/run.js";
import { numbersOf } from "../panels/numbers.js";

/** Numbers of a training, as sheets print them: of the rows to learn from, and of those held out. */
export interface Printed {
  loss: string;
  score: string;
  heldOutLoss?: string;
  heldOutScore?: string;
}

/** The numbers of an epoch, in the digits that the page shows of them. */
export function printed(point: EpochPoint, language = "en"): Printed {
  const { short, percent } = numbersOf(language);
  const write = ({ loss, score }: PartScores) => ({ loss: short(loss), score: percent(score) });
  const { loss, score } = write(point);
  if (!point.heldOut) return { loss, score };
  const heldOut = write(point.heldOut);
  return { loss, score, heldOutLoss: heldOut.loss, heldOutScore: heldOut.score };
}
