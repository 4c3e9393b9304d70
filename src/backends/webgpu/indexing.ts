import { broadcastStrides, type Shape, stridesOf } from "../../core/shape.js";

/**
 * A WGSL expression for Σ over axes of (coordinate along the axis) * stride, where the coordinates are those of element
 * `index` in `shape`. Axes that continue each other without a gap are walked as one.
 */
export function indexExpression(index: string, shape: Shape, strides: readonly number[], start = 0): string {
  const terms: string[] = start > 0 ? [`${start}u`] : [];
  const own = stridesOf(shape);
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    let size = shape[axis];
    const last = axis;
    while (axis > 0 && strides[axis - 1] === strides[last] * size) size *= shape[--axis];
    if (strides[last] === 0 || size === 1) continue;
    const above = own[last] > 1 ? `${index} / ${own[last]}u` : index;
    const coordinate = axis > 0 ? `${above} % ${size}u` : above;
    terms.push(strides[last] === 1 ? coordinate : `(${coordinate}) * ${strides[last]}u`);
  }
  return terms.join(" + ") || "0u";
}

/** A WGSL expression for the place of an operand's element that belongs to element `index` of the result. */
export const broadcastIndex = (index: string, shape: Shape, target: Shape): string =>
  indexExpression(index, target, broadcastStrides(shape, target));
