/** The public surface for browser and Node. Files and Dawn are in "neuromotor/node", data sets in "neuromotor/data", charts in "neuromotor/report". */
export type { AdapterSummary, Backend, BackendName, KernelText } from "./backends/backend.js";
export { openDevice } from "./backends/open.js";
export type { DeviceOptions } from "./backends/options.js";
export {
  type Check,
  type CheckInput,
  type CheckSubject,
  checkGradients,
  checkParity,
  type ElementVerdict,
  type GradientCheckOptions,
  type GradientElement,
  type GradientPart,
  type GradientReport,
  type ParityDevice,
  type ParityOptions,
  type ParityPart,
  type ParityReport,
  type ParityVerdict,
  type SubjectOptions,
  type TensorFunction,
} from "./checks/index.js";
export {
  ArgumentError,
  DataError,
  DeviceError,
  DeviceLostError,
  DivergedError,
  FormatError,
  ShapeError,
} from "./core/errors.js";
export type { Shape } from "./core/shape.js";
export { decodeModel, encodeModel, type LoadOptions, type ModelFiles } from "./formats/model.js";
export {
  constant,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  type Initializer,
  initializerNames,
  lecunNormal,
  lecunUniform,
  randomNormal,
  randomUniform,
  zeros,
} from "./initializers/index.js";
export {
  type AveragePoolOptions,
  activation,
  adaptiveAveragePool2d,
  add,
  averagePool2d,
  type BatchNormOptions,
  type BidirectionalOptions,
  batchNorm,
  bidirectional,
  type ConcatenateOptions,
  type Conv1dOptions,
  type Conv2dOptions,
  type ConvTranspose2dOptions,
  concatenate,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  cropping2d,
  type DenseOptions,
  type DepthwiseConv2dOptions,
  dense,
  depthwiseConv2d,
  dropout,
  type EmbeddedColumn,
  type EmbeddingOptions,
  embedColumns,
  embedding,
  flatten,
  type GruOptions,
  gaussianNoise,
  globalAveragePool1d,
  globalAveragePool2d,
  globalMaxPool1d,
  globalMaxPool2d,
  groupNorm,
  gru,
  type IdEmbeddingOptions,
  instanceNorm,
  type Layer,
  type LayerFunction,
  type LayerKind,
  layerNorm,
  lstm,
  type MultiHeadAttentionOptions,
  maskOf,
  maxPool2d,
  multiHeadAttention,
  multiply,
  type NormOptions,
  type Padding,
  type ParameterOptions,
  type PoolOptions,
  permute,
  positionalEmbedding,
  type RecurrentCell,
  type RecurrentOptions,
  type RegisteredLayerOptions,
  type ResidualOptions,
  type RnnOptions,
  recurrent,
  registerLayer,
  reshape,
  residual,
  rmsNorm,
  rnn,
  type Scope,
  type Size,
  separableConv2d,
  setMask,
  sinusoidal,
  type TiedDenseOptions,
  type TransformerBlockOptions,
  tiedDense,
  transformerBlock,
  upsample2d,
  zeroPadding2d,
} from "./layers/index.js";
export {
  type CustomLossOptions,
  categoricalFocal,
  categoricalHinge,
  cosine,
  customLoss,
  type FocalOptions,
  focal,
  type GaussianNLLOptions,
  gaussianNLL,
  type HuberOptions,
  hinge,
  huber,
  klDivergence,
  type Loss,
  type LossFunction,
  lossFromConfig,
  lossNames,
  type MeanSquaredErrorOptions,
  masked,
  meanAbsoluteError,
  meanSquaredError,
  poisson,
  quantile,
  type SampledCrossEntropyOptions,
  type SigmoidCrossEntropyOptions,
  type SoftmaxCrossEntropyOptions,
  sampledCrossEntropy,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  type TokenCrossEntropyOptions,
  type TripletOptions,
  tokenCrossEntropy,
  triplet,
} from "./losses/index.js";
export * from "./metrics/index.js";
/** Metrics by their own names, where a loss is called the same: metrics.meanAbsoluteError(truth, predicted). */
export * as metrics from "./metrics/index.js";
export { apply, type GraphOptions, type InputOptions, input, ModelNode, model } from "./model/graph.js";
export {
  Model,
  type ModelOptions,
  type NamedShape,
  type Parameter,
  type Snapshot,
  sequential,
} from "./model/model.js";
export { type LoadedParameters, type LoadParametersOptions, loadParameters } from "./model/transfer.js";
export { type Activation, type ActivationName, activations, type CustomActivation } from "./ops/activations.js";
export * as ops from "./ops/index.js";
export {
  type AdadeltaOptions,
  type AdagradOptions,
  type AdamaxOptions,
  type AdamOptions,
  type AdamwOptions,
  adadelta,
  adagrad,
  adam,
  adamax,
  adamw,
  clipByGlobalNorm,
  clipByValue,
  type GradientRule,
  type LionOptions,
  l1Penalty,
  l2Penalty,
  lion,
  maxNorm,
  movingAverage,
  type NadamOptions,
  nadam,
  type Optimizer,
  optimizerNames,
  type ParameterGroup,
  parameterGroups,
  type RmspropOptions,
  rmsprop,
  type SgdOptions,
  sgd,
} from "./optimizers/index.js";
export { describeRun, type ReportSubject, type Run, report } from "./report/report.js";
export {
  type CosineWarmRestartsOptions,
  constantRate,
  cosineAnnealing,
  cosineWarmRestarts,
  customSchedule,
  exponentialDecay,
  type LinearWarmupOptions,
  linearWarmup,
  type OneCycleOptions,
  oneCycle,
  type Pace,
  polynomial,
  type ReduceOnPlateauOptions,
  reduceOnPlateau,
  type Schedule,
  scheduleNames,
  stepDecay,
} from "./schedules/index.js";
export {
  type Ensemble,
  type EnsembleMember,
  type EnsembleOptions,
  type EnsemblePrediction,
  type EnsembleScores,
  ensemble,
} from "./sweep/ensemble.js";
export {
  type FeatureImportance,
  type PermutationImportanceOptions,
  permutationImportance,
} from "./sweep/importance.js";
export type { Journal } from "./sweep/journal.js";
export { type LearningCurveOptions, type LearningCurvePoint, learningCurve } from "./sweep/learning-curve.js";
export {
  type NestedCrossValidation,
  type NestedFold,
  type NestedOptions,
  nestedCrossValidate,
} from "./sweep/nested.js";
export type { Objective, SweepOptions } from "./sweep/options.js";
export {
  type MedianPruningOptions,
  medianPruning,
  type Pruning,
  type SuccessiveHalvingOptions,
  successiveHalving,
} from "./sweep/pruning.js";
export type { OpenQueue, QueuedRun, QueuedSweep, QueuedTraining, SweepQueue } from "./sweep/queue.js";
export type { Sweep, SweepRun, SweptConfiguration, Trial } from "./sweep/runs.js";
export type { Configuration, Range, Space } from "./sweep/space.js";
export { type AskedTrial, type Study, type StudyOptions, study } from "./sweep/study.js";
export { sweep } from "./sweep/sweep.js";
export { type AttentionMapOptions, attentionMaps } from "./training/attention-maps.js";
export { type Callback, type EarlyStoppingOptions, earlyStopping, type TrainingControl } from "./training/callbacks.js";
export {
  type CrossValidation,
  type CrossValidationOptions,
  crossValidate,
  type FoldParts,
  type FoldResult,
  type FoldScores,
} from "./training/cross-validation.js";
export type { ExplainOptions } from "./training/explain/explain.js";
export type { ExplainedStep, Explanation } from "./training/explain/explanation.js";
export type { RateSearch, RateSearchOptions } from "./training/find-rate.js";
export type { Batch, BatchSource, FitOptions } from "./training/fit-options.js";
export { type ForecastOptions, forecast } from "./training/forecast.js";
export { type GenerateOptions, type Generation, generate } from "./training/generate.js";
export type { EpochRecord, History, Scores, StepRecord } from "./training/history.js";
export type { Metric, MetricInputs } from "./training/metrics.js";
export { perplexity } from "./training/perplexity.js";
export { type PredictRowsOptions, predictRows, type RowPredictions } from "./training/predict-rows.js";
export type { LaunchProfile, Profile, ProfileOptions } from "./training/profile.js";
export { categoricalAccuracy, topK } from "./training/top-k.js";
export { type FeatureSource, type Prediction, Trainer, type TrainerOptions } from "./training/trainer.js";
