import { ArgumentError, ShapeError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { formatShape, type Shape, sizeOf } from "../core/shape.js";
import { shown } from "../core/shown.js";
import type { Tensor } from "../graph/tensor.js";
import { meanOver } from "./elements.js";
import type { Labels, Loss, Targets } from "./loss.js";
import { checkRowsApart } from "./mixed-rows.js";
import { checkElements, checkPerRow } from "./rows.js";
import { numbersOf } from "./targets.js";

/** A loss of the user's own: of outputs [batch, outputs] and targets [batch, targets], the loss of each row, [batch]. */
export type LossFunction = (outputs: Tensor, targets: Tensor) => Tensor;

/** Options of `customLoss`. */
export interface CustomLossOptions {
  /** For the saved model, which a Trainer must be given the loss again for. */
  name?: string;
  /** Outputs [batch, outputs] on the targets' scale, such as ops.sigmoid for logits; as they are where absent. */
  probabilities?: (outputs: Tensor) => Tensor;
  /** Shape of a row's targets, such as [5], where the loss reads more, fewer or other numbers than the model puts out. */
  targets?: Shape;
  /** Whether the function gives the loss of each target, [batch, targets]; the row's is their mean. Default false. */
  elements?: boolean;
  /**
   * The loss of the best outputs that are the same for every row, which a training is compared with when it ends: of targets
   * with their `shape` and `values`, [rows, ...], and the rows' weights. Where absent it isn't compared.
   */
  guess?: (targets: Targets, weights?: ArrayLike<number>) => number;
}

/**
 * A loss of one's own, written with ops; its gradient follows from them. Class labels come as floats, 1 at the output of
 * the class and 0 elsewhere; for a single output, whole numbers come as they are. A loss of each target (`elements`) can
 * leave single ones out: `masked(customLoss(...))`.
 *
 * @example customLoss((y, t) => ops.mean(ops.log(ops.add(1, ops.square(ops.sub(y, t)))), -1), { name: "cauchy" })
 * @throws ArgumentError when it isn't a function or an option is none; while tracing, ShapeError when it gives something
 * else than one number per row, or per target
 */
export function customLoss(perRow: LossFunction, options: CustomLossOptions = {}): Loss {
  const { name, probabilities, targets, elements, guess } = optionsOf("customLoss", options, {
    name: "custom",
    probabilities: (outputs: Tensor) => outputs,
    targets: undefined,
    elements: false,
    guess: undefined,
  });
  if (typeof perRow !== "function") {
    throw new ArgumentError("customLoss: needs a function (outputs, targets) => loss of each row, written with ops.");
  }
  if (targets !== undefined && !isShape(targets)) {
    throw new ArgumentError(
      `customLoss: targets must be the shape of a row's targets, such as [5], got ${shown(targets)}.`,
    );
  }
  if (typeof elements !== "boolean") {
    throw new ArgumentError(`customLoss: elements must be true or false, got ${shown(elements)}.`);
  }
  if (guess !== undefined && typeof guess !== "function") {
    throw new ArgumentError(
      "customLoss: guess must be a function (targets, weights) => loss of the same answer for every row.",
    );
  }
  const who = `customLoss "${name}"`;
  const traced = (outputs: Tensor, given: Tensor): Tensor => {
    const values = perRow(outputs, given);
    const checked = elements ? checkElements(who, values, given.shape) : checkPerRow(who, values, outputs.shape[0]);
    checkRowsApart(who, perRow, [outputs, given]);
    return checked;
  };
  return {
    config: { loss: `custom ${name}` },
    encode(data, outputs) {
      checkWidth(who, data, outputs, targets);
      return numbersOf(name, data, targets ? sizeOf(targets) : outputs);
    },
    ...(elements ? meanOver(traced) : { perRow: traced }),
    guess: (given, _, weights) => guess?.(given, weights),
    probabilities,
  };
}

const isShape = (shape: unknown): boolean =>
  Array.isArray(shape) && shape.length > 0 && shape.every((size) => Number.isSafeInteger(size) && size > 0);

/** @throws ShapeError when labels aren't as many numbers a row as the loss reads */
function checkWidth(who: string, { targetShape, classes }: Labels, outputs: number, declared?: Shape): void {
  const wanted = declared ? sizeOf(declared) : outputs;
  const given = sizeOf(targetShape);
  if (classes === undefined ? given === wanted : !declared || wanted === 1 || classes <= wanted) return;
  if (!declared) {
    throw new ShapeError(
      `${who}: the targets of a row are ${formatShape(targetShape)}, the model puts out ${outputs} numbers. If the loss reads ` +
        `so many, say so: customLoss(..., { targets: [${given}] }). Else end the model with dense(${given}).`,
    );
  }
  const are = classes === undefined ? formatShape(targetShape) : `one of ${classes} classes`;
  throw new ShapeError(
    `${who}: the targets of a row are ${are}, the loss declares targets: ${formatShape(declared)}. Give the data so many ` +
      "numbers a row, or the loss the shape that they have.",
  );
}
