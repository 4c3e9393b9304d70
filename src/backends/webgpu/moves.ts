import type { Launch } from "../../compile/plan.js";
import type { Shape, stridesOf } from "../../core/shape.js";
import type { indexExpression } from "./indexing.js";

/*
 * Where ops that move elements find them, loaded when one is first used; it is given what it takes of the modules that
 * are always there, so that it is all that is loaded.
 */

interface Move {
  launch: Launch;
  /** Of the result. */
  shape: Shape;
  index: typeof indexExpression;
  stridesOf: typeof stridesOf;
}

const dot = (a: Shape, b: Shape) => a.reduce((sum, value, i) => sum + value * b[i], 0);

function transpose({ launch, shape, index, stridesOf }: Move): string {
  const strides = stridesOf(launch.inputs[0].shape);
  const axes = launch.attributes.axes as Shape;
  const from = index(
    "i",
    shape,
    axes.map((axis) => strides[axis]),
  );
  return `return a[${from}];`;
}

function slice({ launch, shape, index, stridesOf }: Move): string {
  const strides = stridesOf(launch.inputs[0].shape);
  return `return a[${index("i", shape, strides, dot(launch.attributes.start as Shape, strides))}];`;
}

/** WGSL for the coordinate of element i of `shape` along one axis. */
const coordinate = (shape: Shape, axis: number) => {
  const inner = shape.slice(axis + 1).reduce((product, size) => product * size, 1);
  return `(i / ${inner}u % ${shape[axis]}u)`;
};

/** Inside the block its own element, outside 0. Below the block the unsigned difference wraps and is out of range. */
function pad({ launch, shape: whole, stridesOf }: Move): string {
  const { shape: block } = launch.inputs[0];
  const start = launch.attributes.start as Shape;
  const strides = stridesOf(block);
  const local = whole.map((_, axis) => `${coordinate(whole, axis)} - ${start[axis]}u`);
  const outside = local.map((place, axis) => `${place} >= ${block[axis]}u`).join(" || ") || "false";
  const from = local.map((place, axis) => `(${place}) * ${strides[axis]}u`).join(" + ") || "0u";
  return `if (${outside}) { return 0.0; }\n  return a[${from}];`;
}

function concatenate({ launch, shape: whole, stridesOf }: Move): string {
  const [first, second] = launch.inputs.map((input) => input.shape);
  const joined = launch.attributes.axis as number;
  const from = (shape: Shape, skipped: number) => {
    const strides = stridesOf(shape);
    return whole
      .map((_, axis) => {
        const place = coordinate(whole, axis);
        return `(${axis === joined ? `${place} - ${skipped}u` : place}) * ${strides[axis]}u`;
      })
      .join(" + ");
  };
  const split = first[joined];
  return `if (${coordinate(whole, joined)} < ${split}u) { return a[${from(first, 0)}]; }\n  return b[${from(second, split)}];`;
}

/** WGSL of value(i), element i of the result as it is found in `a` or `b`, by op. */
export const moves: Readonly<Record<string, (move: Move) => string>> = Object.fromEntries(
  Object.entries({ transpose, slice, pad, concatenate }).map(([op, body]) => [
    op,
    (move: Move) => `fn value(i: u32) -> f32 {\n  ${body(move)}\n}`,
  ]),
);
