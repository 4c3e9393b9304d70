import type { Tensor } from "../graph/tensor.js";
import { broadcastTo, div, maximum, mul, select } from "../ops/elementwise.js";
import { reshape } from "../ops/layout.js";
import { firstMax, max, mean, sum } from "../ops/reduce.js";
import { checkName, type Layer, type NameOptions } from "./layer.js";
import { maskOf } from "./masks.js";
import { sequenceOf } from "./sequence.js";

/*
 * Pooling over the places of a sequence, [batch, time, features] to [batch, features]; those that a mask leaves out don't count.
 */

/** @param of - the result, by the sequence and its mask as a column [batch, time, 1] */
function overTime(layer: string, options: NameOptions, of: (x: Tensor, shown: Tensor | undefined) => Tensor): Layer {
  checkName(layer, options);
  return {
    config: { layer, ...options },
    passesOver: true,
    forward(x, scope) {
      sequenceOf(layer, scope.name, x.shape);
      const mask = maskOf(x);
      return of(x, mask && reshape(mask, [...mask.shape, 1]));
    },
  };
}

/**
 * The mean of each feature over the places that there are, 0 where there are none, as Keras's GlobalAveragePooling1D.
 *
 * @returns a layer from [batch, time, features] to [batch, features]
 * @throws ShapeError when what comes before it gives no sequences
 */
export const globalAveragePool1d = (options: NameOptions = {}): Layer =>
  overTime("globalAveragePool1d", options, (x, shown) =>
    shown ? div(sum(mul(x, shown), 1), maximum(sum(shown, 1), 1)) : mean(x, 1),
  );

/** Less than what any place has. */
const LEAST = -3e38;

/**
 * The largest of each feature over the places that there are, 0 where there are none, as Keras's GlobalMaxPooling1D; of equal ones
 * the first gets the gradient, as with all pools.
 *
 * @returns a layer from [batch, time, features] to [batch, features]
 * @throws ShapeError when what comes before it gives no sequences
 */
export const globalMaxPool1d = (options: NameOptions = {}): Layer =>
  overTime("globalMaxPool1d", options, (x, shown) => {
    if (!shown) return firstMax(x, 1);
    const largest = firstMax(select(broadcastTo(shown, x.shape), x, LEAST), 1);
    return select(max(shown, 1), largest, 0);
  });
