import {
  batchNorm,
  conv2d,
  type DenseOptions,
  dense,
  dropout,
  flatten,
  globalAveragePool2d,
  type Layer,
  layerNorm,
  maxPool2d,
} from "../../index.js";
import type { ImageShape } from "../../report/index.js";
import { isSequenceLayer, sequenceNetworks } from "./sequence-layers.js";

/*
 * Hidden layers as they are written on the command line: "conv 32x3 same, pool, conv 64x3, pool, flatten, dropout 0.5, 128".
 * Spaces don't matter.
 */

/** A dense layer by its size, another by its text. */
export type HiddenLayer = number | string;

type Maker = (numbers: readonly number[], options: DenseOptions) => Layer;

/** Layers by the form of their text, with what they are made of. */
const forms: readonly (readonly [form: RegExp, make: Maker])[] = [
  [
    /^conv(\d+)x(\d+)$/,
    ([filters, kernel], { activation, initializer }) => conv2d(filters, kernel, { activation, initializer }),
  ],
  [
    /^conv(\d+)x(\d+)same$/,
    ([filters, kernel], { activation, initializer }) =>
      conv2d(filters, kernel, { activation, initializer, padding: "same" }),
  ],
  [/^pool(\d+)?$/, ([size]) => maxPool2d(size || 2)],
  [/^dropout(0?\.\d+)$/, ([rate]) => dropout(rate)],
  [/^flatten$/, () => flatten()],
  [/^average$/, () => globalAveragePool2d()],
  [/^batchNorm$/, () => batchNorm()],
  [/^layerNorm$/, () => layerNorm()],
];

/** Networks by name. "cnn" is Keras's for MNIST: 34,826 parameters there. */
export const networks: Readonly<Record<string, readonly HiddenLayer[]>> = {
  ...sequenceNetworks,
  cnn: ["conv32x3", "pool", "conv64x3", "pool", "flatten", "dropout0.5"],
};

/** The least height and width of images that "cnn" fits as it is. */
const CNN_SIDE = 10;

/** Hidden layers for images of some size: of "cnn" on small ones the convolutions keep height and width. */
export const layersFor = (layers: readonly HiddenLayer[], { height, width }: ImageShape): readonly HiddenLayer[] =>
  layers === networks.cnn && Math.min(height, width) < CNN_SIDE
    ? layers.map((layer) => (`${layer}`.startsWith("conv") ? `${layer}same` : layer))
    : layers;

/** Hidden layers from their text; undefined where one isn't understood. */
export function hiddenLayersOf(text: string): readonly HiddenLayer[] | undefined {
  if (Object.hasOwn(networks, text.trim())) return networks[text.trim()];
  const layers = text.split(",").map((part) => part.replace(/\s+/g, ""));
  const isLayer = (part: string) => isSize(part) || makerOf(part) !== undefined || isSequenceLayer(part);
  return layers.every(isLayer) ? layers.map((part) => (isSize(part) ? Number(part) : part)) : undefined;
}

const isSize = (text: string): boolean => /^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= 1e6;

/** Makes the layer that a text describes. */
function makerOf(text: string): ((options: DenseOptions) => Layer) | undefined {
  for (const [form, make] of forms) {
    const numbers = text
      .match(form)
      ?.slice(1)
      .map((part) => Number(part ?? 0));
    if (numbers) return (options) => make(numbers, options);
  }
  return undefined;
}

/** The layer itself. @param options - of layers with weights */
export const hiddenLayer = (layer: HiddenLayer, options: DenseOptions): Layer =>
  typeof layer === "number" ? dense(layer, options) : makerOf(layer)!(options);

/** Whether a layer's input is a sequence. */
export const isForSequences = (layer: HiddenLayer): boolean => typeof layer === "string" && isSequenceLayer(layer);

/** Whether a layer's input are images. */
export const takesImages = (layer: HiddenLayer): boolean =>
  typeof layer === "string" && /^(conv|pool|average)/.test(layer);
