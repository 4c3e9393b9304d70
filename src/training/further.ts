/**
 * What training needs on some occasions only, loaded together then: schedules, callbacks on steps, saving and resuming,
 * profiling, looking for a rate, a lost device. What explains a step is loaded by itself: only learners ask for it.
 */
import type { Dataset } from "../data/dataset.js";
import type { Schedule } from "../schedules/index.js";
import type { ExplainOptions, Place } from "./explain/explain.js";
import type { Recipe } from "./graphs.js";
import { Rates } from "./rates.js";

export { findRateOn } from "./find-rate.js";
export { microBatchOf } from "./micro-batch.js";
export { Pieces } from "./pieces.js";
export { kernelsOn, profileOn } from "./profile.js";
export { recover } from "./recover.js";
export { describeTraining, resumeRun } from "./saved.js";
export { withAverage } from "./with-average.js";
export { Rates };

/** Explains the step that comes next, at the rate that the schedule gives it. */
export async function explainOn(
  place: Place,
  recipe: Recipe,
  schedule: Schedule | undefined,
  batch: Dataset,
  options: ExplainOptions,
) {
  const { explainOn } = await import("./explain/explain.js");
  const learningRate = schedule ? new Rates(schedule, place, 1).next(1)(0) : place.learningRate;
  return explainOn(place, recipe, learningRate, batch, options);
}
