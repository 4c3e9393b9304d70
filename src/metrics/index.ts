export { type Average, f1, precision, recall, type ScoreOptions } from "./averages.js";
export type { ClassificationReport, ClassScores } from "./classification.js";
export { accuracy, argmaxRows, classificationReport, confusionMatrix } from "./classification.js";
export { formatClassificationReport, formatConfusionMatrix, type ReportTextOptions } from "./classification-text.js";
export {
  averagePrecision,
  type PrecisionRecallCurve,
  precisionRecallCurve,
  type RocCurve,
  rocAuc,
  rocAucOneVsRest,
  rocCurve,
} from "./curves.js";
export { type Interval, wilsonInterval } from "./intervals.js";
export {
  brierScore,
  type CalibrationCurve,
  type CalibrationOptions,
  calibrationCurve,
  logLoss,
  topKAccuracy,
} from "./probabilities.js";
export type { RegressionReport } from "./regression.js";
export {
  formatRegressionReport,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  r2,
  regressionReport,
  rootMeanSquaredError,
} from "./regression.js";
