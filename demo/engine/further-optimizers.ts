/** Optimizers and schedules that few trainings have: fetched with the first that does. */
export {
  adadelta,
  adagrad,
  adamax,
  adamw,
  clipByGlobalNorm,
  cosineAnnealing,
  exponentialDecay,
  lion,
  nadam,
  rmsprop,
  sgd,
  stepDecay,
} from "neuromotor";
