export { type MultiHeadAttentionOptions, multiHeadAttention } from "./attention.js";
export type { RecurrentCell } from "./cells.js";
export {
  type Conv1dOptions,
  type Conv2dOptions,
  type ConvTranspose2dOptions,
  conv1d,
  conv2d,
  convTranspose1d,
  convTranspose2d,
  type DepthwiseConv2dOptions,
  depthwiseConv2d,
  separableConv2d,
} from "./convolution.js";
export { type DenseOptions, dense } from "./dense.js";
export { type EmbeddedColumn, embedColumns } from "./embed-columns.js";
export {
  type EmbeddingOptions,
  embedding,
  type IdEmbeddingOptions,
  positionalEmbedding,
  sinusoidal,
  type TiedDenseOptions,
  tiedDense,
} from "./embedding.js";
export { layerFromConfig, layerMakers } from "./from-config.js";
export { type Ids, idsBelow, MOST_IDS } from "./ids.js";
export {
  isFrozen,
  type Layer,
  type LayerConfig,
  type LayerFunction,
  type ParameterOptions,
  type Scope,
  type SequenceMemory,
} from "./layer.js";
export { isKnown, type LayerMakers, makeLayer } from "./makers.js";
export { maskOf, ofSamePlaces, setMask } from "./masks.js";
export { add, type ConcatenateOptions, concatenate, multiply } from "./merge.js";
export { freeName, layerOf, layersOf, wantedName } from "./names.js";
export {
  type BatchNormOptions,
  batchNorm,
  groupNorm,
  instanceNorm,
  layerNorm,
  type NormOptions,
  rmsNorm,
} from "./norm.js";
export {
  type AveragePoolOptions,
  adaptiveAveragePool2d,
  averagePool2d,
  globalAveragePool2d,
  globalMaxPool2d,
  maxPool2d,
  type PoolOptions,
  upsample2d,
} from "./pool.js";
export { globalAveragePool1d, globalMaxPool1d } from "./pool-time.js";
export {
  type BidirectionalOptions,
  bidirectional,
  type GruOptions,
  gru,
  lstm,
  type RecurrentOptions,
  type RnnOptions,
  recurrent,
  rnn,
} from "./recurrent.js";
export { type LayerKind, type RegisteredLayerOptions, registerLayer } from "./registered.js";
export { type ResidualOptions, residual } from "./residual.js";
export { cropping2d, permute, reshape, zeroPadding2d } from "./shape.js";
export { activation, dropout, flatten, gaussianNoise } from "./simple.js";
export { type TransformerBlockOptions, transformerBlock } from "./transformer.js";
export type { Padding, Size, WindowOptions } from "./window.js";
