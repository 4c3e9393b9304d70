import { ArgumentError, ShapeError } from "../core/errors.js";
import { checkCount, optionsOf } from "../core/options.js";
import { sizeOf } from "../core/shape.js";
import { shown } from "../core/shown.js";
import type { Tensor } from "../graph/tensor.js";
import { glorotUniform, type Initializer, toInitializer, zeros } from "../initializers/index.js";
import { attentionBias, packedAttention } from "../ops/attention.js";
import { add } from "../ops/elementwise.js";
import { slice } from "../ops/indexing.js";
import { reshape } from "../ops/layout.js";
import { matmul } from "../ops/matmul.js";
import { rotary as rotate } from "../ops/rotary.js";
import { checkTrainable, defineLayer, type Layer } from "./layer.js";
import { checkMask, keepMask, maskOf } from "./masks.js";
import { placeSeen } from "./place-attention.js";
import { refuseParts, sequenceOf } from "./sequence.js";

/*
 * Attention of places of a sequence to each other, or to those of another.
 */

/** Options of `multiHeadAttention`. */
export interface MultiHeadAttentionOptions {
  /** Parts that the features are cut into, each with scores of its own; they must divide the features. */
  heads: number;
  /** Heads of keys and values, which must divide the heads: each serves `heads / keyHeads` of them. As many as heads. */
  keyHeads?: number;
  /** Whether a place sees no later ones; false. */
  causal?: boolean;
  /**
   * Whether queries and keys are rotated by their places (Su et al., 2021), so that scores depend on distances; false. Heads
   * must have an even number of features.
   */
  rotary?: boolean;
  /** Whether the last input is a mask [batch, keys], 0 for keys that aren't seen; false. */
  masked?: boolean;
  /** First values of the weights, a name or an initializer; Glorot uniform. */
  initializer?: string | Initializer | Initializer["config"];
  /** Whether training changes its parameters; true. */
  trainable?: boolean;
  name?: string;
}

/** @throws ArgumentError when heads, or those of keys, aren't positive integers of which the ones divide the others */
function checkHeads(layer: string, heads: number, keyHeads: number | undefined): void {
  checkCount(`${layer}: heads`, heads);
  if (keyHeads === undefined) return;
  checkCount(`${layer}: keyHeads`, keyHeads);
  if (heads % keyHeads !== 0) {
    throw new ArgumentError(
      `${layer}: ${keyHeads} heads of keys don't divide ${heads} heads. Take a number that does.`,
    );
  }
}

/** y = x W + b on the last axis. */
function project(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const before = x.shape.slice(0, -1);
  const y = matmul(reshape(x, [sizeOf(before), x.shape.at(-1)!]), weight);
  return reshape(add(y, bias), [...before, weight.shape[1]]);
}

/**
 * Attention of every place of a sequence to all of them, by heads, as torch.nn.MultiheadAttention: queries, keys and values
 * are x inWeight + inBias, and what is seen goes through outWeight and outBias (Vaswani et al., 2017). With a second input,
 * keys and values are of that sequence. With fewer heads of keys it is grouped-query attention (Ainslie et al., 2023), whose
 * `inWeight` is [features, features + 2 keyHeads features / heads].
 *
 * @example apply(multiHeadAttention({ heads: 4 }), x, other)
 * @returns a layer from [batch, time, features] to the same shape with parameters `inWeight` [features, 3 features] for q, k,
 * v, `inBias` [3 features], `outWeight` [features, features] and `outBias` [features]
 * @throws ArgumentError when heads aren't a positive integer, or those of keys don't divide them; ShapeError when they don't
 * divide the features, or an input doesn't fit
 */
export function multiHeadAttention(options: MultiHeadAttentionOptions): Layer {
  const { heads, keyHeads, causal, rotary, masked, initializer, trainable, name } = optionsOf(
    "multiHeadAttention",
    options,
    {
      heads: undefined,
      keyHeads: undefined,
      causal: false,
      rotary: false,
      masked: false,
      initializer: glorotUniform(),
      trainable: undefined,
      name: undefined,
    },
  ) as Required<MultiHeadAttentionOptions>;
  checkHeads("multiHeadAttention", heads, keyHeads);
  checkTrainable("multiHeadAttention", trainable);
  for (const [option, value] of Object.entries({ causal, rotary, masked })) {
    if (typeof value !== "boolean") {
      throw new ArgumentError(`multiHeadAttention: ${option} must be true or false, got ${shown(value)}.`);
    }
  }
  const drawn = toInitializer(initializer);
  return defineLayer({
    config: {
      layer: "multiHeadAttention",
      heads,
      keyHeads,
      causal,
      rotary: rotary || undefined,
      masked,
      initializer: drawn.config,
      trainable,
      name,
    },
    joins: true,
    ...(masked && { checkInput: checkMask }),
    passesOver: true,
    ...(causal && !rotary && !masked && { byPlace: "context" }),
    forward(x, scope, ...further) {
      const [, features] = sequenceOf("multiHeadAttention", scope.name, x.shape);
      if (features % heads !== 0) {
        throw new ShapeError(
          `multiHeadAttention "${scope.name}": ${features} features can't be cut into ${heads} equal heads. Use a number of ` +
            "heads that divides them.",
        );
      }
      const [other, ...more] = masked ? further.slice(0, -1) : further;
      const mask = masked ? further.at(-1) : maskOf(other ?? x);
      if (more.length > 0 || (masked && !mask)) {
        throw new ShapeError(
          `multiHeadAttention "${scope.name}": takes a sequence, another where keys and values are of that one, and a mask ` +
            `where masked is true; got ${further.length + 1} inputs.`,
        );
      }
      const size = features / heads;
      const keyFeatures = (keyHeads ?? heads) * size;
      const width = features + 2 * keyFeatures;
      const weight = scope.parameter("inWeight", [features, width], drawn);
      const bias = scope.parameter("inBias", [width], zeros());
      const own = { heads, keyHeads, causal, mask };
      const part = (from: Tensor, start: number, end: number) => {
        const columns = start === 0 && end === width ? weight : slice(weight, [0, start], [features, end - start]);
        const ownBias = columns === weight ? bias : slice(bias, [start], [end - start]);
        const keys = { from: Math.max(features - start, 0), to: features + keyFeatures - start };
        const projected = project(from, columns, end > features && !rotary ? attentionBias(ownBias, keys) : ownBias);
        return rotary ? rotate(projected, size, Math.min(end, features + keyFeatures) - start) : projected;
      };
      const { memory } = scope;
      refuseParts("multiHeadAttention", scope);
      const seen = memory?.at
        ? placeSeen(part(x, 0, width), memory, memory.at, scope.name, { heads, keyHeads })
        : other
          ? packedAttention([part(x, 0, features), part(other, features, width)], own)
          : packedAttention([part(x, 0, width)], own);
      const outWeight = scope.parameter("outWeight", [features, features], drawn);
      const y = project(seen, outWeight, scope.parameter("outBias", [features], zeros()));
      return keepMask(x, y, masked && !other ? mask : undefined);
    },
  });
}
