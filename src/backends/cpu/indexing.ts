import { type Shape, sizeOf } from "../../core/shape.js";
import type { Axis } from "../../graph/walk.js";

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

/** The places of a walk's axes together, from its start. */
export const placesOf = (axes: readonly Axis[]): Uint32Array =>
  places(
    axes.map(({ size }) => size),
    axes.map(({ stride }) => stride),
  );
