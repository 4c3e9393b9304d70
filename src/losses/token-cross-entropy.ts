import { ArgumentError, ShapeError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { formatShape } from "../core/shape.js";
import { shown } from "../core/shown.js";
import type { Loss } from "./loss.js";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.js";
import { areTokens, tokenLosses, tokenTargets } from "./tokens.js";

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
 * torch.nn.CrossEntropyLoss with `ignore_index`. For models that put out [time, classes], and labels [rows, time]. Of a data
 * set it is the mean over all tokens that count; a batch's sum is divided by as many as a batch has on average (see `masked`).
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
  const { config, ...loss } = softmaxCrossEntropy({ labelSmoothing });
  return {
    ...loss,
    config: { loss: NAME, ignore, labelSmoothing },
    elements: (outputs, labels) => tokenLosses(outputs, labels, labelSmoothing),
    encode(data, outputs) {
      if (areTokens(data, outputs)) return tokenTargets(NAME, data, outputs, ignore);
      throw new ShapeError(
        `${NAME}: labels must be a class for each place, [rows, time], and the model's output [time, classes]; got labels ` +
          `${formatShape(data.targetShape)} a row, and ${outputs} outputs. For one label a row take softmaxCrossEntropy().`,
      );
    },
  };
}
