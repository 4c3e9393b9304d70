/** Ops without a gradient to compare or to check, each with the reason. */
export const withoutGradient: Readonly<Record<string, string>> = {
  greater: "a step: its gradient is 0 wherever it exists",
  equal: "a step: its gradient is 0 wherever it exists",
  sign: "a step: its gradient is 0 wherever it exists",
  normaliseGradient: "is itself a gradient, checked with normalise",
  maxPoolGradient: "is itself a gradient, checked with maxPool",
  takeBatch: "reads data, which nothing differentiates by",
  rowWeights: "has no inputs",
  correct: "counts hits, a metric",
  countNonFinite: "counts, a check",
  record: "writes results, a sink",
  collect: "writes results, a sink",
  update: "changes parameters, a sink",
  batchMeanGradient: "is itself a gradient, checked with batchMean",
  softmaxCrossEntropyGradient: "is itself a gradient, checked with softmaxCrossEntropy",
  fusedSoftmaxCrossEntropy: "is itself a gradient, compared with softmaxCrossEntropyGradient",
  customActivationGradient: "is itself a gradient, checked with customActivation",
};
