import { ArgumentError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { type Shape, sizeOf } from "../core/shape.js";
import { ancestors, type Tensor } from "../graph/tensor.js";
import { attentionOf, attentionShares } from "../ops/attention-shares.js";
import { concatenate } from "../ops/indexing.js";
import { reshape } from "../ops/layout.js";
import { take } from "./calls.js";
import { type FeatureSource, featuresOf } from "./feature-source.js";
import { forward } from "./graphs.js";
import { cutRows, rowsOf } from "./inside.js";
import { internals } from "./internals.js";
import type { Prediction } from "./prediction.js";
import type { Trainer } from "./trainer.js";

/** Options of `attentionMaps`. */
export interface AttentionMapOptions {
  /** Rows of a pass, as of `predict`. */
  batchSize?: number;
  /** Whether to wait for a training that is at work, as of `predict`. */
  wait?: boolean;
}

/**
 * The shares that places give to each other in every `multiHeadAttention` of a model, also inside of a `transformerBlock`, for
 * some rows.
 *
 * @example (await attentionMaps(trainer, data.take([0]))).get("transformerBlock.multiHeadAttention")
 * @param features - [rows, ...input], or raw rows of a table
 * @returns by the attention layer's full name, each [rows, heads, queries, keys]: what a query gives to the keys adds up to 1
 * @throws ArgumentError when the model has no attention; ShapeError or DataError when the features don't fit
 */
export async function attentionMaps(
  trainer: Trainer,
  features: FeatureSource,
  options: AttentionMapOptions = {},
): Promise<Map<string, Prediction>> {
  const { batchSize, wait } = optionsOf("attentionMaps", options, { batchSize: undefined, wait: false });
  const known = internals.get(trainer);
  if (!known) throw new ArgumentError("attentionMaps: needs a Trainer, such as new Trainer(model, { ... }).");
  return take(
    known,
    async ({ spec: { model } }, memory) => {
      const given = await featuresOf(features, model);
      const shapes = new Map<string, Shape>();
      const { rows, values } = await rowsOf(memory, model, given, batchSize, (xs) => {
        const maps: Tensor[] = [];
        shapes.clear(); // a graph may be traced again
        forward(model, xs, {
          around(name, { config }, _depth, work) {
            const output = work();
            const attention = config.layer === "multiHeadAttention" ? attentionOf(ancestors([output])) : undefined;
            if (!attention) return output;
            const shares = attentionShares(attention);
            shapes.set(nameOf(name, shapes), shares.shape.slice(1));
            maps.push(reshape(shares, [shares.shape[0], sizeOf(shares.shape.slice(1))]));
            return output;
          },
        });
        if (maps.length === 0) {
          throw new ArgumentError(
            "attentionMaps: the model has no attention. Take one with multiHeadAttention() or transformerBlock().",
          );
        }
        return concatenate(maps, 1);
      });
      return cutRows(rows, values, shapes);
    },
    wait,
  );
}

/** A layer that is called again gives further maps. */
function nameOf(name: string, taken: ReadonlyMap<string, Shape>): string {
  let own = name;
  for (let call = 2; taken.has(own); call++) own = `${name}, call ${call}`;
  return own;
}
