import { mean } from "../ops/reduce.js";
import type { Loss } from "./loss.js";

/**
 * The part of a loss that is the mean over a row's targets of a loss of each.
 *
 * @param elements - of outputs and targets, the loss of each target, [batch, targets]
 */
export const meanOver = (elements: NonNullable<Loss["elements"]>): Pick<Loss, "elements" | "perRow"> => ({
  elements,
  perRow: (outputs, targets) => mean(elements(outputs, targets), -1),
});
