export {
  type CsvFeatures,
  type CsvFeaturesOptions,
  type CsvOptions,
  type CsvSource,
  readCsv,
  readCsvFeatures,
} from "./csv.js";
export { Dataset, type DatasetSource, type Split, type SplitOptions } from "./dataset.js";
export { exactOf } from "./exact.js";
export type { Features, NestedNumbers, NumberArray } from "./features.js";
export { type FoldOptions, kFolds, type NumberedFold } from "./folds.js";
export type { LabelKind, Labels } from "./labels.js";
export { diabetes, digits, iris, isSampleName, loadSample, type SampleName, sampleNames, xor } from "./samples.js";
export type { Fold } from "./split.js";
export { type StandardiseOptions, Standardiser, type StandardiserJson, standardise } from "./standardise.js";
