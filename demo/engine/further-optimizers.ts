/** Optimizers and schedules that few trainings have: fetched with the first that does. */
export {
  adadelta,
  adagrad,
  adamax,
  adamw,
  clipByGlobalNorm,
  cosineAnnealing,
  exponentialDecay,
  l1Penalty,
  l2Penalty,
  lion,
  nadam,
  rmsprop,
  sgd,
  stepDecay,
} from "neuromotor";
