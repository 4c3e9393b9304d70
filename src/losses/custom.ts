import { ArgumentError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import type { Tensor } from "../graph/tensor.js";
import type { Loss } from "./loss.js";
import { checkRowsApart } from "./mixed-rows.js";
import { checkPerRow } from "./rows.js";
import { numbersOf } from "./targets.js";

/** A loss of the user's own: of outputs and targets, both [batch, outputs], the loss of each row, [batch]. */
export type LossFunction = (outputs: Tensor, targets: Tensor) => Tensor;

/** Options of `customLoss`. */
export interface CustomLossOptions {
  /** For the saved model, which a Trainer must be given the loss again for. */
  name?: string;
  /** Outputs [batch, outputs] on the targets' scale, such as ops.sigmoid for logits; as they are where absent. */
  probabilities?: (outputs: Tensor) => Tensor;
}

/**
 * A loss of one's own, written with ops; its gradient follows from them. Class labels come as floats, 1 at the output of
 * the class and 0 elsewhere; for a single output, whole numbers come as they are.
 *
 * @example customLoss((y, t) => ops.mean(ops.log(ops.add(1, ops.square(ops.sub(y, t)))), -1), { name: "cauchy" })
 * @throws ArgumentError when it isn't a function; while tracing, ShapeError when it doesn't give one number per row
 */
export function customLoss(perRow: LossFunction, options: CustomLossOptions = {}): Loss {
  const defaults = { name: "custom", probabilities: (outputs: Tensor) => outputs };
  const { name, probabilities } = optionsOf("customLoss", options, defaults);
  if (typeof perRow !== "function") {
    throw new ArgumentError("customLoss: needs a function (outputs, targets) => loss of each row, written with ops.");
  }
  return {
    config: { loss: `custom ${name}` },
    encode: (data, outputs) => numbersOf(name, data, outputs),
    perRow(outputs, targets) {
      const who = `customLoss "${name}"`;
      const values = checkPerRow(who, perRow(outputs, targets), outputs.shape[0]);
      checkRowsApart(who, perRow, [outputs, targets]);
      return values;
    },
    probabilities,
  };
}
