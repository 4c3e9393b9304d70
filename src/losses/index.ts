export { type CustomLossOptions, customLoss, type LossFunction } from "./custom.js";
export { categoricalFocal, type FocalOptions, focal } from "./focal.js";
export { categoricalHinge, hinge } from "./hinge.js";
export { klDivergence } from "./kl-divergence.js";
export type { Labels, Loss, Targets } from "./loss.js";
export {
  type HuberOptions,
  huber,
  type MeanSquaredErrorOptions,
  meanAbsoluteError,
  meanSquaredError,
  poisson,
} from "./regression.js";
export { type SigmoidCrossEntropyOptions, sigmoidCrossEntropy } from "./sigmoid-cross-entropy.js";
export { type SoftmaxCrossEntropyOptions, softmaxCrossEntropy } from "./softmax-cross-entropy.js";
