import { type Shape, stridesOf } from "../core/shape.js";

/** Multi-dimensional index of the element at a place of a row-major array. */
export const indexAt = (place: number, shape: Shape): number[] =>
  stridesOf(shape).map((stride, axis) => Math.floor(place / stride) % shape[axis]);

/** A number with as many digits as float32 has. */
export const formatValue = (value: number): string =>
  Number.isFinite(value) && value !== 0 ? String(Number(value.toPrecision(8))) : String(value);

/** An error or a limit, with two digits. */
export const formatError = (value: number): string =>
  Number.isFinite(value) && value !== 0 ? value.toExponential(1) : String(value);

export const formatCount = (count: number): string => count.toLocaleString("en");
