import { offsetOf, type Shape, stridesOf } from "../../core/shape.js";

/** An element's place along each axis, and back. */
export const coordinates = (shape: Shape, index: number): number[] =>
  stridesOf(shape).map((stride, axis) => Math.floor(index / stride) % shape[axis]);

export const placeOf = (shape: Shape, at: readonly number[]): number => offsetOf(at, stridesOf(shape));

export const isWithin = (shape: Shape, at: readonly number[]) =>
  at.every((place, axis) => place >= 0 && place < shape[axis]);

export const minus = (at: readonly number[], start: readonly number[]) => at.map((place, axis) => place - start[axis]);
