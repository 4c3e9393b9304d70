import batchRow from "../../../shaders/functions/batch-row.wgsl";
import walkedOperands from "../../../shaders/functions/walked-operands.wgsl";
import type { Axis, Bound, Walk } from "../../graph/walk.js";
import { glue } from "./glue.js";
import { axesExpression, isOrdered, productKernel } from "./matmul.js";

/*
 * The places of a product's operands, as functions/walked-operands.wgsl asks for them.
 */

/** A product whose sides are walks with several axes to a part, or with bounds. */
export const walkedMatmul = productKernel(({ a, b }) => {
  const text = [sideOf(["own_a", "inner_a", "is_inside_a"], a), sideOf(["own_b", "inner_b", "is_inside_b"], b)].join(
    "\n\n",
  );
  return {
    parts: [walkedOperands, glue("webgpu/walks.ts", text, ...(isOrdered(a) ? [batchRow] : []))],
    constants: {},
  };
});

function sideOf([own, inner, isInside]: readonly string[], walk: Walk): string {
  const limits = walk.bounds.map(({ size }, bound) => `u32(place.${"yz"[bound]}) < ${size}u`).join(" && ");
  return `fn ${own}(batch: u32, i: u32) -> vec4<i32> {
  ${partOf("i", walk.own, walk.bounds, true, axesExpression("batch", walk.batch)).join("\n  ")}
}

fn ${inner}(k: u32) -> vec4<i32> {
  ${partOf("k", walk.inner, walk.bounds, false).join("\n  ")}
}

fn ${isInside}(place: vec4<i32>) -> bool { return ${limits || "true"}; }`;
}

/**
 * Statements for one part of a place. The own part of a position begins at -offset and is divided downwards, the inner one
 * upwards: the sum is a multiple of the divisor where the one is as far above as the other is below.
 */
function partOf(
  index: string,
  axes: readonly Axis[],
  bounds: readonly Bound[],
  isOwn: boolean,
  start = "0u",
): string[] {
  const coordinates = coordinatesOf(index, axes);
  const free = axes.flatMap(({ stride, bound, ordered }, i) =>
    bound === undefined ? [`${ordered ? `batch_row(${coordinates[i]})` : coordinates[i]} * ${stride}u`] : [],
  );
  const statements = bounds.flatMap(({ offset, divisor }, bound) => {
    const own = axes.map((axis, i) => ({ ...axis, coordinate: coordinates[i] })).filter((axis) => axis.bound === bound);
    const begin = isOwn ? -offset : 0;
    const terms = own.map(({ coordinate, stride }) => `i32(${coordinate}) * ${stride}`);
    const position = [...terms, `${begin}`].join(" + ");
    if (divisor === 1) return [`let at_${bound} = ${position};`];
    const ends = own.map(({ stride, size }) => stride * (size - 1));
    const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, begin);
    const [least, most] = [sum(ends.map((end) => Math.min(end, 0))), sum(ends.map((end) => Math.max(end, 0)))];
    const whole = (value: number) => Math.ceil(Math.max(value, 0) / divisor) * divisor; // keeps remainders positive
    const [rest, at] = isOwn
      ? [`(position_${bound} + ${whole(-least)}) % ${divisor}`, `(position_${bound} - rest_${bound}) / ${divisor}`]
      : [`(${whole(most)} - position_${bound}) % ${divisor}`, `(position_${bound} + rest_${bound}) / ${divisor}`];
    return [`let position_${bound} = ${position};`, `let rest_${bound} = ${rest};`, `let at_${bound} = ${at};`];
  });
  const address = [
    `i32(${[start, ...free].join(" + ")})`,
    ...bounds.map(({ stride }, bound) => `at_${bound} * ${stride}`),
  ].join(" + ");
  const positions = [0, 1].map((bound) => (bound < bounds.length ? `at_${bound}` : "0"));
  const rests = bounds.flatMap(({ divisor }, bound) =>
    divisor === 1 ? [] : [bound === 0 ? `rest_0 * ${bounds[1]?.divisor ?? 1}` : `rest_${bound}`],
  );
  return [...statements, `return vec4<i32>(${address}, ${positions.join(", ")}, ${rests.join(" + ") || "0"});`];
}

/** WGSL for the coordinate along each axis. */
function coordinatesOf(index: string, axes: readonly Axis[]): string[] {
  let below = 1;
  return axes
    .map(({ size }, axis) => ({ size, isOutermost: axis === 0 }))
    .reverse()
    .map(({ size, isOutermost }) => {
      const above = below > 1 ? `${index} / ${below}u` : index;
      below *= size;
      return isOutermost ? `(${above})` : `(${above} % ${size}u)`;
    })
    .reverse();
}
