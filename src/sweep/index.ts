/* Journals as the command line reads them. */
export { Direction, Replay, State, type StoredStudy, type StoredTrial } from "./optuna.js";
export type { Configuration } from "./space.js";
