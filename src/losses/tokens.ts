import { DataError } from "../core/errors.js";
import { sizeOf } from "../core/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { softmaxCrossEntropy } from "../ops/cross-entropy.js";
import { reshape } from "../ops/layout.js";
import { mean } from "../ops/reduce.js";
import type { Labels, Targets } from "./loss.js";

/*
 * Labels of tokens: a class for each place of a sequence.
 */

/** Whether rows have several labels, and the model puts out several numbers for each: [time, classes]. */
export function areTokens({ targetShape }: Labels, outputs: number): boolean {
  const time = sizeOf(targetShape);
  return time > 1 && outputs > time && outputs % time === 0;
}

/** The logits of each row, or of each of its tokens: [batch, classes] or [batch, time, classes]. @param outputs - [batch, numbers] */
export const logitsOf = (outputs: Tensor, labels: Tensor): Tensor =>
  reshape(outputs, [...labels.shape, outputs.size / labels.size]);

/** Cross-entropy of each row, or of each of its tokens. */
export const tokenLosses = (outputs: Tensor, labels: Tensor, smoothing: number): Tensor =>
  softmaxCrossEntropy(logitsOf(outputs, labels), labels, smoothing);

/** The mean over a row's tokens, where there are several: [batch]. @param losses - [batch] or [batch, time] */
export const eachRow = (losses: Tensor): Tensor => (losses.shape.length > 1 ? mean(losses, -1) : losses);

/**
 * Class indices [rows, time], and weights that leave out those that are ignored.
 *
 * @param ignore - the label that means none
 * @throws DataError when a label is none of the classes
 */
export function tokenTargets(loss: string, { labels, targetShape }: Labels, outputs: number, ignore?: number): Targets {
  const time = sizeOf(targetShape);
  const classes = outputs / time;
  const none = ignore === undefined ? undefined : Math.fround(ignore); // as the data set has it
  const bad = labels.findIndex(
    (label) => !(label >= 0 && label < classes && Number.isInteger(label)) && label !== none,
  );
  if (bad >= 0) {
    throw new DataError(
      `${loss}: row ${Math.floor(bad / time)}, place ${bad % time} has the label ${labels[bad]}, but classes are 0 to ${classes - 1}. ` +
        `Give dense() more, or take tokenCrossEntropy({ ignore: ${labels[bad]} }).`,
    );
  }
  const shape = [labels.length / time, time];
  const values = Uint32Array.from(labels, (label) => (label === none ? 0 : label));
  if (!labels.includes(none as never)) return { shape, values };
  return { shape, values, weights: Float32Array.from(labels, (label) => Number(label !== none)) };
}
