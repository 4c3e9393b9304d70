import { ArgumentError, ShapeError } from "../core/errors.js";
import { checkCount, optionsOf } from "../core/options.js";
import { sizeOf } from "../core/shape.js";
import { shown } from "../core/shown.js";
import { constant } from "../graph/tensor.js";
import { type Initializer, randomUniform, toInitializer, zeros } from "../initializers/index.js";
import { add } from "../ops/elementwise.js";
import { gather, slice } from "../ops/indexing.js";
import { reshape, transpose } from "../ops/layout.js";
import { matmul } from "../ops/matmul.js";
import { EACH_ROW, idsBelow, MOST_IDS } from "./ids.js";
import { checkName, checkTrainable, defineLayer, type Layer, type NameOptions } from "./layer.js";
import { setMask } from "./masks.js";
import { refuseParts, sequenceOf } from "./sequence.js";
import { withBatch } from "./window.js";

/*
 * Layers of sequences of tokens: vectors for ids and for positions, and scores of ids by the same vectors.
 */

/** Options of `embedding` and `positionalEmbedding`. */
export interface EmbeddingOptions {
  /** First values of the weight: a name, or an initializer. Uniform in ±0.05, as in Keras. */
  initializer?: string | Initializer | Initializer["config"];
  /** Whether training changes its parameters; true. */
  trainable?: boolean;
  name?: string;
}

/** Options of `embedding`. */
export interface IdEmbeddingOptions extends EmbeddingOptions {
  /**
   * The id that fills sequences up to one length, as `padSequences` does: layers behind it pass over such places. States stay, keys
   * aren't seen, `globalAveragePool1d` leaves them out. As Keras's mask_zero, for any id; none where absent.
   */
  padding?: number;
}

function readOptions(layer: string, options: EmbeddingOptions, more: { padding?: undefined } = {}) {
  const { initializer, trainable, name } = optionsOf(layer, options, {
    initializer: randomUniform({ minimum: -0.05, maximum: 0.05 }),
    trainable: undefined,
    name: undefined,
    ...more,
  });
  checkTrainable(layer, trainable);
  const drawn = toInitializer(initializer);
  return { drawn, config: { initializer: drawn.config, trainable, name } };
}

/**
 * A vector for each id, looked up: y[..., :] = weight[id]. Ids are whole numbers from 0, as a tokenizer or `Uint32Array`
 * features give them; a data set with one that the table doesn't have is refused.
 *
 * @example sequential({ input: [64] }, [embedding(65, 32), gru(64), dense(65)])
 * @param ids - how many there are: the size of the vocabulary
 * @param features - numbers of each vector
 * @returns a layer from [batch, ...] of ids to [batch, ..., features] with the parameter `weight` [ids, features]
 * @throws ArgumentError when a size isn't a positive integer, or ids are more than 2^24; ShapeError when what comes before
 * it gives no ids
 */
export function embedding(ids: number, features: number, options: IdEmbeddingOptions = {}): Layer {
  checkCount("embedding: ids", ids);
  checkCount("embedding: features", features);
  if (ids > MOST_IDS)
    throw new ArgumentError(`embedding: at most ${MOST_IDS} ids, got ${shown(ids)}. Take a smaller vocabulary.`);
  const { padding } = options;
  const { drawn, config } = readOptions("embedding", options, { padding: undefined });
  if (padding !== undefined && !(Number.isInteger(padding) && padding >= 0 && padding < ids)) {
    throw new ArgumentError(`embedding: padding must be one of the ids, 0 to ${ids - 1}, got ${shown(padding)}.`);
  }
  return defineLayer({
    config: { layer: "embedding", ids, features, ...(padding !== undefined && { padding }), ...config },
    ids: idsBelow(ids),
    ...(padding === undefined && { byPlace: "endless" }),
    forward(x, scope) {
      if (x.dtype !== "u32") {
        throw new ShapeError(
          `embedding "${scope.name}": takes ids, whole numbers of the model's input, not what a layer puts out. Put it ` +
            'first, or declare the input: input([time], { dtype: "u32" }).',
        );
      }
      const weight = scope.parameter("weight", [ids, features], drawn, EACH_ROW);
      const each = reshape(x, [x.size]);
      const y = reshape(gather(weight, each), [...x.shape, features]);
      if (padding !== undefined) {
        const isFilled = Float32Array.from({ length: ids }, (_, id) => Number(id !== padding));
        setMask(y, reshape(gather(constant(isFilled, [ids]), each), x.shape));
      }
      return y;
    },
  });
}

/**
 * A vector for each place in a sequence, learned and added: y[b, t] = x[b, t] + weight[t].
 *
 * @param length - of the longest sequence
 * @returns a layer from [batch, time, features] to the same shape with the parameter `weight` [length, features]
 * @throws ArgumentError when the length isn't a positive integer; ShapeError when sequences are longer
 */
export function positionalEmbedding(length: number, options: EmbeddingOptions = {}): Layer {
  checkCount("positionalEmbedding: length", length);
  const { drawn, config } = readOptions("positionalEmbedding", options);
  return defineLayer({
    config: { layer: "positionalEmbedding", length, ...config },
    byPlace: "context",
    forward(x, scope) {
      const [time, features] = sequenceOf("positionalEmbedding", scope.name, x.shape);
      if (time > length) {
        throw new ShapeError(
          `positionalEmbedding "${scope.name}": has ${length} positions, sequences have ${time}. Give it as many: ` +
            `positionalEmbedding(${time}).`,
        );
      }
      refuseParts("positionalEmbedding", scope);
      const weight = scope.parameter("weight", [length, features], drawn, EACH_ROW);
      if (scope.memory?.at) return add(x, gather(weight, scope.memory.at.place));
      return add(x, time === length ? weight : slice(weight, [0, 0], [time, features]));
    },
  });
}

/** Place of the wave that is this many positions long at last. */
const LONGEST_WAVE = 10000;

/**
 * Waves of each place in a sequence, added: sin(t / 10000^(2i / features)) to feature 2i, cos of the same to 2i + 1 (Vaswani et al., 2017).
 *
 * @returns a layer from [batch, time, features] to the same shape
 * @throws ShapeError when what comes before it gives no sequences
 */
export function sinusoidal(options: NameOptions = {}): Layer {
  checkName("sinusoidal", options);
  return {
    config: { layer: "sinusoidal", ...options },
    byPlace: "context",
    forward(x, scope) {
      const [time, features] = sequenceOf("sinusoidal", scope.name, x.shape);
      refuseParts("sinusoidal", scope);
      const at = scope.memory?.at;
      const places = at?.time ?? time;
      const waves = Float32Array.from({ length: places * features }, (_, i) => {
        const [t, feature] = [Math.floor(i / features), i % features];
        const angle = t / LONGEST_WAVE ** ((feature - (feature % 2)) / features);
        return feature % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
      });
      const table = constant(waves, [places, features]);
      return add(x, at ? gather(table, at.place) : table);
    },
  };
}

/** Options of `tiedDense`. */
export interface TiedDenseOptions extends NameOptions {
  /** Whether there is a bias; false. */
  bias?: boolean;
}

/**
 * Scores of ids by the vectors of an embedding before it, whose weight it shares: y = x weightᵀ (Press, Wolf, 2017).
 *
 * @param embedding - the embedding's name in the model: "embedding", or its own
 * @returns a layer from [batch, ..., features] to [batch, ..., ids], with the parameter `bias` [ids] where there is one
 * @throws ArgumentError when no layer before it has that name; ShapeError when features differ
 */
export function tiedDense(embedding: string, options: TiedDenseOptions = {}): Layer {
  const { bias, name } = optionsOf("tiedDense", options, { bias: false, name: undefined });
  if (typeof embedding !== "string" || embedding === "") {
    throw new ArgumentError(
      'tiedDense: needs the name of the embedding whose weight it shares: tiedDense("embedding").',
    );
  }
  return defineLayer({
    config: { layer: "tiedDense", embedding, bias, name },
    byPlace: "endless",
    forward(x, scope) {
      const weight = scope.borrow(`${embedding}.weight`);
      if (!weight) {
        throw new ArgumentError(
          `tiedDense "${scope.name}": shares ${embedding}.weight, but no layer before it has that. Name an embedding before it.`,
        );
      }
      const [ids, features] = weight.shape;
      if (x.shape.at(-1) !== features) {
        throw new ShapeError(
          `tiedDense "${scope.name}": vectors of ${embedding} have ${features} numbers, its input is ${withBatch(x.shape)}. ` +
            `Put dense(${features}) before it.`,
        );
      }
      const before = x.shape.slice(0, -1);
      const product = matmul(reshape(x, [sizeOf(before), features]), transpose(weight));
      const y = bias ? add(product, scope.parameter("bias", [ids], zeros())) : product;
      return reshape(y, [...before, ids]);
    },
  });
}
