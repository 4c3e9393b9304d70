import { ArgumentError } from "../core/errors.js";
import { checkCount, optionsOf } from "../core/options.js";
import { shown } from "../core/shown.js";
import type { Tensor } from "../graph/tensor.js";
import { type Activation, checkActivation } from "../ops/activations.js";
import { add } from "../ops/elementwise.js";
import { multiHeadAttention } from "./attention.js";
import { dense } from "./dense.js";
import { defineLayer, type Layer } from "./layer.js";
import { checkMask } from "./masks.js";
import { layerNorm } from "./norm.js";
import { sequenceOf } from "./sequence.js";
import { dropout as dropoutLayer } from "./simple.js";

/*
 * Blocks that transformers are made of: encoders, decoders, and decoders that see an encoder's places.
 */

/** Options of `transformerBlock`. */
export interface TransformerBlockOptions {
  /** Heads of its attention. */
  heads: number;
  /** Heads of keys and values, as of `multiHeadAttention`. */
  keyHeads?: number;
  /** Whether a place sees no later ones, as in models that write text; false. */
  causal?: boolean;
  /** Whether attention rotates queries and keys by their places; false. */
  rotary?: boolean;
  /**
   * Whether a second input is a sequence [batch, keys, features] that places attend to after each other, as those of a decoder
   * to an encoder's; false.
   */
  across?: boolean;
  /**
   * Whether the last input is a mask [batch, keys], 0 for places that aren't seen: of the second sequence where there is one,
   * else of its own; false.
   */
  masked?: boolean;
  /** Numbers between the two dense layers; four times the features. */
  units?: number;
  /** Between the two dense layers; "gelu". */
  activation?: Activation;
  /** Share of what attention and the dense layers give that is dropped while training; 0. */
  dropout?: number;
  name?: string;
}

/**
 * A block of a transformer with its norms first: x + attention(norm(x)), then x + dense(activation(dense(norm(x)))) (Xiong et
 * al., 2020). With `across`, h + attention(norm(h), other) comes between.
 *
 * @example apply(transformerBlock({ heads: 4, causal: true, across: true }), written, read)
 * @returns a layer from [batch, time, features] to the same shape
 * @throws ArgumentError when an option is out of range, or inputs are more or fewer; ShapeError when
 * heads don't divide the features
 */
export function transformerBlock(options: TransformerBlockOptions): Layer {
  const known = optionsOf("transformerBlock", options, {
    heads: undefined,
    keyHeads: undefined,
    causal: false,
    rotary: false,
    across: false,
    masked: false,
    units: undefined,
    activation: "gelu",
    dropout: 0,
    name: undefined,
  }) as Required<TransformerBlockOptions>;
  const { heads, keyHeads, causal, rotary, across, masked, units, activation, dropout, name } = known;
  for (const [option, value] of Object.entries({ across, masked })) {
    if (typeof value !== "boolean") {
      throw new ArgumentError(`transformerBlock: ${option} must be true or false, got ${shown(value)}.`);
    }
  }
  if (units !== undefined) checkCount("transformerBlock: units", units);
  checkActivation(activation);
  const own = multiHeadAttention({ heads, keyHeads, causal, rotary, masked: masked && !across });
  const other = across ? multiHeadAttention({ heads, keyHeads, masked, name: "across" }) : undefined;
  const norms = [layerNorm(), layerNorm(), layerNorm({ name: "acrossNorm" })];
  const drops = [dropoutLayer(dropout), dropoutLayer(dropout), dropoutLayer(dropout)];
  const sized = new Map<number, Layer[]>();
  /** The dense layers, whose sizes follow from the features. */
  const denseLayers = (features: number): Layer[] => {
    const made = sized.get(features) ?? [
      dense(units ?? 4 * features, { activation, name: "up" }),
      dense(features, { name: "down" }),
    ];
    sized.set(features, made);
    return made;
  };
  return defineLayer({
    config: {
      layer: "transformerBlock",
      heads,
      keyHeads,
      causal,
      rotary: rotary || undefined,
      across: across || undefined,
      masked: masked || undefined,
      units,
      activation,
      dropout,
      name,
    },
    joins: across || masked,
    ...(causal && !rotary && !across && !masked && { byPlace: "context" }),
    ...(masked && { checkInput: checkMask }),
    forward(x, scope, ...further) {
      const [, features] = sequenceOf("transformerBlock", scope.name, x.shape);
      if (further.length !== Number(across) + Number(masked)) {
        throw new ArgumentError(
          `transformerBlock "${scope.name}": takes a sequence, another where across is true, and a mask where masked is true; ` +
            `got ${further.length + 1} inputs.`,
        );
      }
      const mask = masked ? further.slice(-1) : [];
      /** Adds what layers make of the norm of what is given. */
      const through = (part: number, from: Tensor, layers: readonly Layer[], ...more: Tensor[]) => {
        const normed = scope.call(norms[part], from);
        const made = layers.reduce((h, layer) => scope.call(layer, h, ...more), normed);
        return add(from, scope.call(drops[part], made));
      };
      let h = through(0, x, [own], ...(across ? [] : mask));
      if (other) h = through(2, h, [other], further[0], ...mask);
      return through(1, h, denseLayers(features));
    },
  });
}
