import { ArgumentError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { sizeOf } from "../core/shape.js";
import { shown } from "../core/shown.js";
import type { Loss } from "./loss.js";
import { checkIndices } from "./places.js";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.js";

const NAME = "tokenCrossEntropy";

/** Options of `tokenCrossEntropy`. */
export interface TokenCrossEntropyOptions {
  /** The label of places that don't count, such as padding: 2^32 - 1, the largest of a Uint32Array. */
  ignore?: number;
  /** Share of the target spread over all classes, in [0, 1); 0. */
  labelSmoothing?: number;
}

/**
 * Softmax cross-entropy of every token: the mean over the labels that aren't ignored of -log softmax(logits)[label], as
 * torch.nn.CrossEntropyLoss with `ignore_index`. For models that put out [time, classes], and labels [rows, time]; or [classes]
 * and a label a row. Of a data set it is the mean over all tokens that count; a batch's sum is divided by as many as a batch has on average (see `masked`).
 *
 * @throws ArgumentError when the smoothing is out of range or `ignore` isn't a number; from `fit`, ShapeError or DataError
 * when the labels don't fit
 */
export function tokenCrossEntropy(options: TokenCrossEntropyOptions = {}): Loss {
  const { ignore, labelSmoothing } = optionsOf(NAME, options, { ignore: 2 ** 32 - 1, labelSmoothing: 0 });
  if (!Number.isInteger(ignore)) {
    throw new ArgumentError(
      `${NAME}: ignore must be a whole number, the label of what doesn't count, got ${shown(ignore)}.`,
    );
  }
  const none = Math.fround(ignore); // as the data set has it
  const ofClasses = softmaxCrossEntropy({ labelSmoothing });
  const loss: Loss = {
    ...ofClasses,
    config: { loss: NAME, ignore, labelSmoothing },
    ignores: (label) => label === none || label === ignore,
    encode(data, outputs) {
      if (sizeOf(data.targetShape) > 1) return ofClasses.encode(data, outputs);
      checkIndices(loss, data.labels, outputs);
      const counts = Float32Array.from(data.labels, (label) => Number(!loss.ignores!(label)));
      const labels = Uint32Array.from(data.labels, (label, i) => label * counts[i]);
      const targets = ofClasses.encode({ ...data, labels, targetShape: [], classes: outputs }, outputs);
      return counts.includes(0) ? { ...targets, weights: counts } : targets;
    },
  };
  return loss;
}
