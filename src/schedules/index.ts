export { scheduleFromConfig, scheduleNames } from "./config.js";
export {
  type CosineWarmRestartsOptions,
  cosineAnnealing,
  cosineWarmRestarts,
  type OneCycleOptions,
  oneCycle,
} from "./cosine.js";
export { customSchedule } from "./custom.js";
export { constantRate, exponentialDecay, polynomial, stepDecay } from "./decay.js";
export { type ReduceOnPlateauOptions, reduceOnPlateau } from "./plateau.js";
export type { FollowedEpoch, Pace, Schedule } from "./schedule.js";
export { type LinearWarmupOptions, linearWarmup } from "./warmup.js";
