import { type Shape, sizeOf } from "../../core/shape.js";

/** The place of each element of a tensor of `shape` in another whose axes have these strides, plus a start. */
export function places(shape: Shape, strides: readonly number[], start = 0): Uint32Array {
  const result = new Uint32Array(sizeOf(shape)).fill(start);
  for (let i = 0; i < result.length; i++) {
    let rest = i;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      result[i] += (rest % shape[axis]) * strides[axis];
      rest = Math.floor(rest / shape[axis]);
    }
  }
  return result;
}
