/**
 * What training needs on some occasions only, loaded together then: schedules, callbacks on steps, saving and resuming,
 * profiling, looking for a rate, a lost device. What explains a step is a file of its own: only learners ask for it.
 */
export { findRateOn } from "./find-rate.js";
export { Pieces } from "./pieces.js";
export { profileOn } from "./profile.js";
export { Rates } from "./rates.js";
export { recover } from "./recover.js";
export { describeTraining, resumeRun } from "./saved.js";

export const explainOn = async (...asked: Parameters<typeof import("./explain/explain.js").explainOn>) =>
  (await import("./explain/explain.js")).explainOn(...asked);
