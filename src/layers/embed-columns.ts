import { ArgumentError, ShapeError } from "../core/errors.js";
import { checkCount, optionsOf } from "../core/options.js";
import { shown } from "../core/shown.js";
import type { Tensor } from "../graph/tensor.js";
import { randomUniform, toInitializer } from "../initializers/index.js";
import { equal } from "../ops/elementwise.js";
import { concatenate, slice } from "../ops/indexing.js";
import { matmul } from "../ops/matmul.js";
import { countUp } from "../ops/one-hot.js";
import type { EmbeddingOptions } from "./embedding.js";
import { EACH_ROW } from "./ids.js";
import { checkTrainable, defineLayer, type Layer } from "./layer.js";
import { withBatch } from "./window.js";

/** A column of features that holds ids. */
export interface EmbeddedColumn {
  /** Its place among the features, from 0. */
  column: number;
  /** How many ids there are, 0 to ids - 1. */
  ids: number;
  /** Numbers of each id's vector. */
  features: number;
}

/**
 * Vectors for some columns of a table, which hold whole numbers that stand for categories, as `ordinal()` makes them; the other
 * columns stay as they are, and stand first (Guo, Berkhahn, 2016). Each row's vector is its id's row of the column's weight, taken
 * by a product with 1 at the id and 0 elsewhere: for hundreds of categories, not for vocabularies.
 *
 * @returns a layer from [batch, columns] to [batch, other columns + all vectors' features], with a parameter [ids, features] for
 * each of the columns: `weight`, `weight_1`, ...
 * @throws ArgumentError when a column isn't described, or twice; ShapeError when the input has no such column
 */
export function embedColumns(columns: readonly EmbeddedColumn[], options: EmbeddingOptions = {}): Layer {
  const { initializer, trainable, name } = optionsOf("embedColumns", options, {
    initializer: randomUniform({ minimum: -0.05, maximum: 0.05 }),
    trainable: undefined,
    name: undefined,
  });
  checkTrainable("embedColumns", trainable);
  const drawn = toInitializer(initializer);
  if (!Array.isArray(columns) || columns.length === 0) {
    throw new ArgumentError(
      `embedColumns: needs columns, such as [{ column: 0, ids: 3, features: 2 }], got ${shown(columns)}.`,
    );
  }
  for (const { column, ids, features } of columns as readonly EmbeddedColumn[]) {
    checkCount("embedColumns: ids", ids);
    checkCount("embedColumns: features", features);
    if (!(Number.isInteger(column) && column >= 0)) {
      throw new ArgumentError(`embedColumns: column must be a whole number from 0, got ${shown(column)}.`);
    }
  }
  const places = new Set(columns.map(({ column }) => column));
  if (places.size < columns.length) throw new ArgumentError("embedColumns: a column is named twice. Name each once.");
  return defineLayer({
    config: {
      layer: "embedColumns",
      columns: columns.map((each) => ({ ...each })),
      initializer: drawn.config,
      trainable,
      name,
    },
    forward(x, scope) {
      const [batch, width, ...more] = x.shape;
      const beyond = columns.find(({ column }) => column >= width);
      if (more.length > 0 || beyond) {
        throw new ShapeError(
          `embedColumns "${scope.name}": input must be [batch, columns]${beyond ? ` with a column ${beyond.column}` : ""}, got ` +
            `${withBatch(x.shape)}. Put it first.`,
        );
      }
      const rest: Tensor[] = [];
      for (let from = 0; from < width; ) {
        let to = from;
        while (to < width && !places.has(to)) to++;
        if (to > from) rest.push(slice(x, [0, from], [batch, to - from]));
        from = to + 1;
      }
      const vectors = columns.map(({ column, ids, features }, i) => {
        const weight = scope.parameter(i === 0 ? "weight" : `weight_${i}`, [ids, features], drawn, EACH_ROW);
        return matmul(equal(slice(x, [0, column], [batch, 1]), countUp(ids)), weight);
      });
      const all = [...rest, ...vectors];
      return all.length === 1 ? all[0] : concatenate(all, -1);
    },
  });
}
