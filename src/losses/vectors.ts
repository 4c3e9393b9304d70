import { ArgumentError } from "../core/errors.js";
import { checkOptions, type NoOptions, optionsOf } from "../core/options.js";
import { ABOVE_0, checkNumbers } from "../core/ranges.js";
import { sizeOf } from "../core/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { relu } from "../ops/activations.js";
import { add, div, mul, sqrt, square, sub } from "../ops/elementwise.js";
import { slice } from "../ops/indexing.js";
import { sum } from "../ops/reduce.js";
import { guessFromMeans } from "./guess.js";
import type { Loss, Targets } from "./loss.js";
import { numbersOf } from "./targets.js";

/*
 * Losses that take a row's outputs as vectors: where they point to, how far apart they are.
 */

/** Added to squared lengths, as torch.nn.CosineEmbeddingLoss does: a vector of zeros has a gradient. */
const LENGTH_EPSILON = 1e-12;

/**
 * Cosine distance: 1 - y·t / (|y| |t|), the mean over rows, as torch.nn.CosineEmbeddingLoss of equal pairs. Outputs and
 * targets of a row are vectors of the same size; their lengths don't matter.
 *
 * @throws ArgumentError when options are given: it takes none
 */
export function cosine(options: NoOptions = {}): Loss {
  checkOptions("cosine", options, {});
  return {
    config: { loss: "cosine" },
    encode: (data, outputs) => numbersOf("cosine", data, outputs),
    perRow(outputs, targets) {
      // With unit vectors u and v, 1 - u·v = ½ |u - v|² keeps its digits where they nearly agree; ε makes them shorter.
      const [y, t] = [outputs, targets].map(unit);
      const short = add(div(LENGTH_EPSILON, y.squared), div(LENGTH_EPSILON, t.squared));
      const halves = mul(0.5, add(sum(square(sub(y.vector, t.vector)), -1, { keepAxes: true }), short));
      return sum(halves, -1);
    },
    // The mean of unit vectors is as long as they agree in where they point.
    guess: (targets, outputs, rows) =>
      1 - Math.sqrt(outputs * guessFromMeans(unitTargets(targets), rows, (mean) => mean ** 2)),
    probabilities: (outputs) => outputs,
  };
}

/** Targets of rows, each divided by its length. */
function unitTargets(targets: Targets): Targets {
  const [rows] = targets.shape;
  const size = targets.values.length / rows;
  const values = Float32Array.from(targets.values);
  for (let row = 0; row < rows; row++) {
    const vector = values.subarray(row * size, (row + 1) * size);
    const length = Math.hypot(...vector);
    for (let i = 0; i < size && length > 0; i++) vector[i] /= length;
  }
  return { ...targets, values };
}

/** A vector by its length, and the square of that, [batch, 1]. */
function unit(x: Tensor) {
  const squared = add(sum(square(x), -1, { keepAxes: true }), LENGTH_EPSILON);
  return { vector: div(x, sqrt(squared)), squared };
}

/** Options of `triplet`. */
export interface TripletOptions {
  /** Distance by which the negative should be farther than the positive, in the outputs' unit; 1. */
  margin?: number;
}

/** Added to differences, as torch.nn.TripletMarginLoss does: two equal vectors have a gradient. */
const DISTANCE_EPSILON = 1e-6;

/**
 * Triplet loss (Schroff, Kalenichenko, Philbin, 2015): max(0, |a - p| - |a - n| + margin), the mean over rows, as
 * torch.nn.TripletMarginLoss. A row of the model's outputs is an anchor, a positive and a negative, one after the other,
 * [3 size], of what one network makes of three samples. It reads no targets: any labels will do, one a row.
 *
 * @throws ArgumentError when the margin isn't above 0; from `new Trainer`, when the outputs aren't three vectors
 */
export function triplet(options: TripletOptions = {}): Loss {
  const { margin } = optionsOf("triplet", options, { margin: 1 });
  checkNumbers("triplet", ABOVE_0, { margin });
  return {
    config: { loss: "triplet", margin },
    checkOutputs(outputs) {
      if (outputs % 3 === 0) return;
      throw new ArgumentError(
        `triplet: the outputs of a row must be three vectors of one size, anchor, positive and negative, but the model puts out ${outputs} ` +
          "numbers. Take three samples as one, [3, ...sample], and end the model with the three vectors side by side.",
      );
    },
    encode({ labels, targetShape }) {
      const rows = labels.length / sizeOf(targetShape);
      return { shape: [rows, 1], values: new Float32Array(rows) };
    },
    perRow(outputs) {
      const [rows, width] = outputs.shape;
      const size = width / 3;
      const [anchor, positive, negative] = [0, 1, 2].map((i) => slice(outputs, [0, i * size], [rows, size]));
      const distance = (other: Tensor) => sqrt(sum(square(add(sub(anchor, other), DISTANCE_EPSILON)), -1));
      return relu(add(sub(distance(positive), distance(negative)), margin));
    },
    // Of samples that are all put at the same place.
    guess: () => margin,
    probabilities: (outputs) => outputs,
  };
}
