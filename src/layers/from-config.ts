import { type MultiHeadAttentionOptions, multiHeadAttention } from "./attention.js";
import { conv1d, conv2d, convTranspose1d, convTranspose2d, depthwiseConv2d, separableConv2d } from "./convolution.js";
import { type EmbeddedColumn, embedColumns } from "./embed-columns.js";
import { embedding, positionalEmbedding, sinusoidal, tiedDense } from "./embedding.js";
import type { Layer, LayerConfig } from "./layer.js";
import { type builtInKinds, denseMakers, type LayerMakers, makeLayer } from "./makers.js";
import { add, concatenate, multiply } from "./merge.js";
import { batchNorm, groupNorm, instanceNorm, layerNorm, rmsNorm } from "./norm.js";
import {
  adaptiveAveragePool2d,
  averagePool2d,
  globalAveragePool2d,
  globalMaxPool2d,
  maxPool2d,
  upsample2d,
} from "./pool.js";
import { globalAveragePool1d, globalMaxPool1d } from "./pool-time.js";
import { bidirectional, gru, lstm, rnn } from "./recurrent.js";
import { residual } from "./residual.js";
import { cropping2d, permute, reshape, zeroPadding2d } from "./shape.js";
import { type TransformerBlockOptions, transformerBlock } from "./transformer.js";
import type { Size } from "./window.js";

/** Makers of layers of every kind. */
export const layerMakers: Readonly<Record<(typeof builtInKinds)[number], LayerMakers[string]>> = {
  ...denseMakers,
  conv1d: ({ filters, kernel, ...options }) => conv1d(filters as number, kernel as number, options),
  conv2d: ({ filters, kernel, ...options }) => conv2d(filters as number, kernel as Size, options),
  convTranspose1d: ({ filters, kernel, ...options }) => convTranspose1d(filters as number, kernel as number, options),
  convTranspose2d: ({ filters, kernel, ...options }) => convTranspose2d(filters as number, kernel as Size, options),
  depthwiseConv2d: ({ kernel, ...options }) => depthwiseConv2d(kernel as Size, options),
  separableConv2d: ({ filters, kernel, ...options }) => separableConv2d(filters as number, kernel as Size, options),
  maxPool2d: ({ size, ...options }) => maxPool2d(size as Size, options),
  averagePool2d: ({ size, ...options }) => averagePool2d(size as Size, options),
  globalAveragePool2d: (options) => globalAveragePool2d(options),
  globalMaxPool2d: (options) => globalMaxPool2d(options),
  globalAveragePool1d: (options) => globalAveragePool1d(options),
  globalMaxPool1d: (options) => globalMaxPool1d(options),
  adaptiveAveragePool2d: ({ size, ...options }) => adaptiveAveragePool2d(size as Size, options),
  upsample2d: ({ size, ...options }) => upsample2d(size as Size, options),
  zeroPadding2d: ({ padding, ...options }) => zeroPadding2d(padding as number, options),
  cropping2d: ({ cropping, ...options }) => cropping2d(cropping as number, options),
  reshape: ({ shape, ...options }) => reshape(shape as number[], options),
  permute: ({ axes, ...options }) => permute(axes as number[], options),
  batchNorm: (options) => batchNorm(options),
  layerNorm: (options) => layerNorm(options),
  rmsNorm: (options) => rmsNorm(options),
  instanceNorm: (options) => instanceNorm(options),
  groupNorm: ({ groups, ...options }) => groupNorm(groups as number, options),
  add: (options) => add(options),
  multiply: (options) => multiply(options),
  concatenate: (options) => concatenate(options),
  embedColumns: ({ columns, ...options }) => embedColumns(columns as EmbeddedColumn[], options),
  embedding: ({ ids, features, ...options }) => embedding(ids as number, features as number, options),
  positionalEmbedding: ({ length, ...options }) => positionalEmbedding(length as number, options),
  sinusoidal: (options) => sinusoidal(options),
  tiedDense: ({ embedding: of, ...options }) => tiedDense(of as string, options),
  multiHeadAttention: (options) => multiHeadAttention(options as unknown as MultiHeadAttentionOptions),
  transformerBlock: (options) => transformerBlock(options as unknown as TransformerBlockOptions),
  rnn: ({ units, ...options }) => rnn(units as number, options),
  gru: ({ units, ...options }) => gru(units as number, options),
  lstm: ({ units, ...options }) => lstm(units as number, options),
  bidirectional: ({ of, ...options }) => bidirectional(layerFromConfig(of as LayerConfig), options),
  residual: ({ layers, shortcut, ...options }) =>
    residual((layers as LayerConfig[]).map(layerFromConfig), {
      ...options,
      ...(shortcut !== undefined && { shortcut: layerFromConfig(shortcut as LayerConfig) }),
    }),
};

/** The layer that a saved config describes. @throws ArgumentError when there is no such kind */
export const layerFromConfig = (config: LayerConfig): Layer => makeLayer(config, layerMakers);
