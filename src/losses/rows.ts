import { ShapeError } from "../core/errors.js";
import { formatShape, type Shape } from "../core/shape.js";
import { shown } from "../core/shown.js";
import { Tensor } from "../graph/tensor.js";

/**
 * Refuses what isn't a value for each row of a batch, [batch] f32, as a loss or a metric gives it.
 *
 * @param who - for the message
 * @throws ShapeError when it has another shape or type
 */
export function checkPerRow(who: string, values: Tensor, batch: number): Tensor {
  if (values instanceof Tensor && values.dtype === "f32" && formatShape(values.shape) === `[${batch}]`) return values;
  throw new ShapeError(
    `${who}: must give one f32 per row, [${batch}], got ` +
      `${values instanceof Tensor ? formatShape(values.shape) : shown(values)}. Take ops.mean(..., -1) over the outputs.`,
  );
}

/**
 * Refuses what isn't a value for each target of a batch, of the targets' shape and f32.
 *
 * @param who - for the message
 * @throws ShapeError when it has another shape or type
 */
export function checkElements(who: string, values: Tensor, targets: Shape): Tensor {
  const wanted = formatShape(targets);
  if (values instanceof Tensor && values.dtype === "f32" && formatShape(values.shape) === wanted) return values;
  throw new ShapeError(
    `${who}: must give one f32 per target, ${wanted}, got ` +
      `${values instanceof Tensor ? formatShape(values.shape) : shown(values)}. Leave elements out for one per row.`,
  );
}
