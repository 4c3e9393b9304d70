import { ArgumentError } from "../core/errors.js";
import type { Activation } from "../ops/activations.js";
import { type DenseOptions, dense } from "./dense.js";
import type { Layer, LayerConfig } from "./layer.js";
import { activation, dropout, flatten, gaussianNoise } from "./simple.js";

/*
 * Layers from their saved configs. Makers of the kinds that dense networks have are here, those of all kinds in
 * from-config.ts; load-makers.ts chooses.
 */

/** Options of a layer as a saved model has them. */
export type SavedOptions = { name?: string } & Record<string, unknown>;

/** The kinds of layers that the library has. */
export const builtInKinds = [
  "dense",
  "activation",
  "dropout",
  "gaussianNoise",
  "flatten",
  "conv1d",
  "conv2d",
  "convTranspose1d",
  "convTranspose2d",
  "depthwiseConv2d",
  "separableConv2d",
  "maxPool2d",
  "averagePool2d",
  "globalAveragePool2d",
  "globalMaxPool2d",
  "globalAveragePool1d",
  "globalMaxPool1d",
  "adaptiveAveragePool2d",
  "upsample2d",
  "zeroPadding2d",
  "cropping2d",
  "reshape",
  "permute",
  "batchNorm",
  "layerNorm",
  "rmsNorm",
  "instanceNorm",
  "groupNorm",
  "add",
  "multiply",
  "concatenate",
  "embedColumns",
  "embedding",
  "positionalEmbedding",
  "sinusoidal",
  "tiedDense",
  "multiHeadAttention",
  "transformerBlock",
  "rnn",
  "gru",
  "lstm",
  "bidirectional",
  "residual",
] as const;

/** Whether a kind of layer is one of ours; "function" stands for functions without a kind. */
export const isBuiltIn = (kind: string): boolean => kind === "function" || builtInKinds.some((own) => own === kind);

/** Makers of layers, by their kinds. */
export type LayerMakers = Readonly<Record<string, (options: SavedOptions) => Layer>>;

export const denseMakers = {
  dense: ({ units, ...options }) => dense(units as number, options as DenseOptions),
  activation: ({ activation: given, ...options }) => activation(given as Activation, options),
  dropout: ({ rate, ...options }) => dropout(rate as number, options),
  gaussianNoise: ({ deviation, ...options }) => gaussianNoise(deviation as number, options),
  flatten: (options) => flatten(options),
} satisfies LayerMakers;

/** Makers of the user's own kinds of layers, by the names that they were registered under. */
export const registered = new Map<string, (options: object) => Layer>();

/** Whether layers of a kind can be made from their saved configs. */
export const isKnown = (kind: string): boolean => registered.has(kind) || builtInKinds.some((own) => own === kind);

/** The layer that a saved config describes. @throws ArgumentError when its kind is neither among the makers nor registered */
export function makeLayer(config: LayerConfig, makers: LayerMakers): Layer {
  const { layer, ...options } = config ?? {};
  if (Object.hasOwn(makers, layer)) return makers[layer](options);
  const own = registered.get(layer);
  if (own) return own(options);
  throw new ArgumentError(
    `There is no layer "${layer}"; use ${Object.keys(makers).join(", ")}. A layer of your own is made known with ` +
      `registerLayer({ name: "${layer}", ... }) before a model that has it is loaded.`,
  );
}
