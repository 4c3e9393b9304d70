import { ShapeError } from "../core/errors.js";
import { checkArgument } from "../core/options.js";
import { formatShape, resolveAxis, type Shape } from "../core/shape.js";
import { checkTensor, defineOp, type OpFunction } from "../graph/op.js";
import type { Tensor } from "../graph/tensor.js";

/*
 * Indexing: ops that take blocks or rows of a tensor, or put them together.
 */

const sliceOp: OpFunction<{ start: Shape; size: Shape }> = defineOp("slice", {
  attributes: { start: true, size: true },
  error: {},
  shape: (_, { size }) => size,
  gradient: (dy, [x], _, { start }) => [pad(dy, start, x.shape)],
  // A block that begins where the tensor does.
  walk: ({ axes, bounds }, { start, size }) =>
    start.some(Boolean) || axes.some(([{ ordered }, more]) => ordered || more)
      ? undefined
      : { axes: axes.map(([own], axis) => [{ ...own, size: size[axis] }]), bounds },
});

export const padOp: OpFunction<{ start: Shape; size: Shape }> = defineOp("pad", {
  attributes: { start: true, size: true },
  error: {},
  shape: (_, { size }) => size,
  gradient: (dy, [x], _, { start }) => [slice(dy, start, x.shape)],
});

/**
 * The block of x that begins at `start` and has `size`, one number per axis each.
 *
 * @returns [...size]
 * @throws ShapeError when the block leaves x
 */
export function slice(x: Tensor, start: Shape, size: Shape): Tensor {
  checkTensor("slice", x);
  checkBlock("slice", start, size, x.shape);
  return sliceOp(x, { start: [...start], size: [...size] });
}

/**
 * Zeros of `shape` with x placed at `start`: the reverse of slice.
 *
 * @param x - of as many axes as `shape`
 * @param start - x's first place along each axis
 * @returns [...shape]
 * @throws ShapeError when x doesn't lie within the shape
 */
export function pad(x: Tensor, start: Shape, shape: Shape): Tensor {
  checkTensor("pad", x);
  checkBlock("pad", start, x.shape, shape);
  return padOp(x, { start: [...start], size: [...shape] });
}

function checkBlock(name: string, start: Shape, size: Shape, whole: Shape): void {
  for (const list of [start, size, whole]) checkArgument(name, "lists of whole numbers", list, Array.isArray(list));
  const fits =
    start.length === whole.length &&
    size.length === whole.length &&
    whole.every((total, axis) => start[axis] >= 0 && size[axis] >= 1 && start[axis] + size[axis] <= total);
  if (!fits) {
    throw new ShapeError(
      `${name}: a block of ${formatShape(size)} at ${formatShape(start)} doesn't lie within ${formatShape(whole)}.`,
    );
  }
}

const concatenateOp: OpFunction<{ axis: number }> = defineOp("concatenate", {
  attributes: { axis: true },
  error: {},
  shape: ([a, b], { axis }) => a.shape.map((size, i) => (i === axis ? size + b.shape[i] : size)),
  gradient: (dy, [a, b], _, { axis }) => [
    slice(
      dy,
      a.shape.map(() => 0),
      a.shape,
    ),
    slice(
      dy,
      a.shape.map((size, i) => (i === axis ? size : 0)),
      b.shape,
    ),
  ],
});

/**
 * Tensors one after the other along `axis` (the last where not given); their other sizes must be equal. Joined two by
 * two, so that the number of tensors isn't bounded by what a kernel can bind.
 *
 * @returns the shape of one, with the sum of their sizes along `axis`
 * @throws ArgumentError where tensors isn't a list of tensors
 * @throws ShapeError when another size differs, or there is nothing to join
 */
export function concatenate(tensors: readonly Tensor[], axis = -1): Tensor {
  checkArgument("concatenate", "a list of tensors", tensors, Array.isArray(tensors));
  for (const tensor of tensors) checkTensor("concatenate", tensor);
  if (tensors.length === 0) throw new ShapeError("concatenate: needs at least one tensor.");
  if (tensors.length === 1) return tensors[0];
  const [first] = tensors;
  const joined = resolveAxis("concatenate", axis, first.shape.length);
  for (const { shape } of tensors) {
    if (shape.length !== first.shape.length || shape.some((size, i) => i !== joined && size !== first.shape[i])) {
      throw new ShapeError(
        `concatenate: ${formatShape(first.shape)} and ${formatShape(shape)} differ outside axis ${joined}.`,
      );
    }
  }
  const half = tensors.length >> 1;
  return concatenateOp(concatenate(tensors.slice(0, half), joined), concatenate(tensors.slice(half), joined), {
    axis: joined,
  });
}

/**
 * Rows of a table by number: y[i] = table[rows[i]]. A number past the end reads the last row.
 *
 * @param table - [count, ...row]
 * @param rows - [n] u32
 * @returns [n, ...row] of the table's dtype
 * @throws ShapeError when `rows` isn't one axis of u32
 */
export const gather: OpFunction = defineOp("gather", {
  error: {},
  shape: ([table, rows]) => {
    if (table.shape.length < 1 || rows.shape.length !== 1 || rows.dtype !== "u32") {
      throw new ShapeError(
        `gather: needs a table with rows and [n] row numbers of u32, got ${formatShape(table.shape)} and ` +
          `${formatShape(rows.shape)} of ${rows.dtype}.`,
      );
    }
    return [rows.shape[0], ...table.shape.slice(1)];
  },
  dtype: ([table]) => table.dtype,
  gradient: (dy, [table, rows]) => [scatterAdd(dy, rows, { count: table.shape[0] }), undefined],
});

/**
 * The reverse of gather: y[r] is the sum of x[i] over all i with rows[i] = r, added in order of i.
 *
 * @param x - [n, ...row] f32
 * @param rows - [n] u32
 * @returns [count, ...row]
 */
export const scatterAdd: OpFunction<{ count: number }> = defineOp("scatterAdd", {
  attributes: { count: true },
  error: { terms: ([x]) => x[0], summed: Math.max },
  shape: ([x], { count }) => [count, ...x.shape.slice(1)],
  gradient: (dy, [, rows]) => [gather(dy, rows), undefined],
});
