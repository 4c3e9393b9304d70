/**
 * What training needs on some occasions only, loaded together then: schedules, callbacks on steps, saving and resuming,
 * profiling, looking for a rate, a lost device.
 */
export { findRateOn } from "./find-rate.js";
export { microBatchOf } from "./micro-batch.js";
export { Pieces } from "./pieces.js";
export { profileOn } from "./profile.js";
export { Rates } from "./rates.js";
export { recover } from "./recover.js";
export { describeTraining, resumeRun } from "./saved.js";
export { withAverage } from "./with-average.js";
