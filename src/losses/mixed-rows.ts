import { ShapeError } from "../core/errors.js";
import { ancestors, type Tensor, variable } from "../graph/tensor.js";

/** Rows of a trial trace: a prime that no other axis is likely to be as long as. Tracing takes no memory. */
const ROWS = 999_983;

/**
 * Refuses a function of tensors that meets each row of a batch with every other by a slip of the axes: [batch] beside
 * [batch, 1], which broadcast to [batch, batch].
 *
 * @param who - for the message
 * @param inputs - [batch, ...]
 * @throws ShapeError when an elementwise op has the rows of an operand along another axis than its first
 */
export function checkRowsApart(who: string, trace: (...inputs: Tensor[]) => Tensor, inputs: readonly Tensor[]): void {
  let traced: Tensor;
  try {
    traced = trace(...inputs.map(({ label, shape, dtype }) => variable(label, [ROWS, ...shape.slice(1)], dtype)));
  } catch {
    return; // it counts on a size of its own
  }
  for (const { op, inputs: operands, shape } of ancestors([traced])) {
    const mixed = operands.find((x) => x.shape.length > 0 && x.shape.length < shape.length && x.shape[0] === ROWS);
    if (!op.elementwise || !mixed) continue;
    const [from, to] = [mixed.shape, shape].map((sizes) =>
      sizes.map((size) => (size === ROWS ? "batch" : size)).join(", "),
    );
    throw new ShapeError(
      `${who}: ${op.name} makes [${to}] of [${from}], so that every row meets every other one of its batch. Give both ` +
        "sides the same axes: ops.sum(x, -1, { keepAxes: true }), or both without the last.",
    );
  }
}
