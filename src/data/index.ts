export type { Augmentation } from "./augmentation/augment.js";
export { type CentreOptions, centreImages } from "./centre.js";
export {
  type CsvFeatures,
  type CsvFeaturesOptions,
  csvHeader,
  type ReadCsvOptions as CsvOptions,
  readCsv,
  readCsvFeatures,
  readCsvTexts,
} from "./csv/csv.js";
export type { CsvSource } from "./csv/reader.js";
export { csvLine } from "./csv/write.js";
export { Dataset, type DatasetSource, type Split, type SplitOptions } from "./dataset.js";
export { exactOf } from "./exact.js";
export type { Features, NestedNumbers, NumberArray } from "./features.js";
export { type FoldOptions, kFolds, type NumberedFold } from "./folds.js";
export { type ArrayFile, readIdx } from "./formats/idx.js";
export { type ImageFolderOptions, imageFolder } from "./formats/image-folder.js";
export { imageDataset, type PixelOptions } from "./formats/images.js";
export { readNpy, readNpz } from "./formats/npy.js";
export type { RecordList } from "./formats/records.js";
export type { LabelKind, Labels } from "./labels.js";
export type { DownloadOptions } from "./named/download.js";
export {
  cifar10,
  fashionMnist,
  fashionMnistClasses,
  mnist,
  type PublishedSplit,
  studentPerformance,
  tinyshakespeare,
  titanic,
} from "./named/named.js";
export type { Block, BlockColumn, BlockValues } from "./preprocessing/block.js";
export type { Pipeline, PipelineEntry } from "./preprocessing/pipeline.js";
export { Preprocessing, type RawColumn } from "./preprocessing/preprocessing.js";
export type { RawRows } from "./preprocessing/raw-rows.js";
export { type FittedStep, type Json, registerStep, type Step, type StepKind } from "./preprocessing/step.js";
export {
  type DatePart,
  type DatePartsOptions,
  dateParts,
  type ImputeOptions,
  impute,
  type OneHotOptions,
  oneHot,
  ordinal,
  scaleMinMax,
  scaleStandard,
} from "./preprocessing/steps.js";
export type { TargetCoding } from "./preprocessing/target.js";
export { type TextInput, textInput } from "./preprocessing/text-input.js";
export { type TokenizerName, type TokensOptions, tokens } from "./preprocessing/tokens.js";
export {
  breastCancer,
  diabetes,
  digits,
  iris,
  isSampleName,
  loadSample,
  type SampleName,
  sampleNames,
  wine,
  xor,
} from "./samples.js";
export { type PaddedSequences, type PadSequencesOptions, padSequences } from "./sequences/pad.js";
export { type Series, type SeriesWindowsOptions, seriesWindows } from "./sequences/windows.js";
export type { ByteInput } from "./sources/source.js";
export type { Fold } from "./split.js";
export { type StandardiseOptions, Standardiser, type StandardiserJson, standardise } from "./standardise.js";
export { syntheticDigits } from "./synthetic/digits.js";
export {
  type BlobsOptions,
  blobs,
  type CheckerboardOptions,
  checkerboard,
  circles,
  moons,
  type SpiralsOptions,
  type SyntheticOptions,
  spirals,
} from "./synthetic/plane.js";
export { tableFromCsv, tableFromRecords } from "./table/build.js";
export type { DateOrder } from "./table/dates.js";
export type { ColumnInfo } from "./table/infer.js";
export type { ColumnReading } from "./table/kinds.js";
export type { TableOptions, Task } from "./table/options.js";
export type { DefaultPipelineOptions, Scaling } from "./table/pipeline.js";
export type { PrepareOptions, TableSplit, TableSplitOptions } from "./table/prepare.js";
export { type ReadAsOptions, readTableAs } from "./table/read-as.js";
export { readTable } from "./table/read-table.js";
export { Table } from "./table/table.js";
export { type BytePairsOptions, bytePairs } from "./text/byte-pairs.js";
export { tokenizerFromJson } from "./text/from-json.js";
export { type TokenDatasetOptions, tokenDataset } from "./text/token-dataset.js";
export { bytes, type CharactersOptions, characters, type Tokenizer, type TokenizerJson } from "./text/tokenizer.js";
export { type WordsOptions, words } from "./text/words.js";
