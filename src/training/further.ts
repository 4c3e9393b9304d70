/** What training needs on some occasions only, loaded together then: schedules, callbacks on steps, saving and resuming. */
export { Pieces } from "./pieces.js";
export { ratesOf } from "./rates.js";
export { describeState, describeTraining, resumeRun } from "./saved.js";
