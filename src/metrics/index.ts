export type { ClassificationReport, ClassScores } from "./classification.js";
export { accuracy, argmaxRows, classificationReport, confusionMatrix } from "./classification.js";
export { formatClassificationReport, formatConfusionMatrix } from "./classification-text.js";
export type { RegressionReport } from "./regression.js";
export {
  formatRegressionReport,
  meanAbsoluteError,
  meanSquaredError,
  r2,
  regressionReport,
  rootMeanSquaredError,
} from "./regression.js";
