import type { Launch } from "../../compile/plan.js";
import { type Shape, sizeOf, stridesOf } from "../../core/shape.js";
import { eachElement, resultShape } from "./elementwise.js";
import { indexExpression } from "./indexing.js";
import { further, perElement, rowSize, type WebgpuKernel, wgsl } from "./kernel.js";
import * as shaders from "./shaders.js";

/** y[i] = value(i), the body of a function of `i` that returns an element of `a` or `b`. */
const moveKernel = (launch: Launch, body: string) =>
  eachElement(launch, sizeOf(resultShape(launch)), "store(i, value(i));", [`fn value(i: u32) -> f32 {\n  ${body}\n}`]);

const dot = (a: Shape, b: Shape) => a.reduce((sum, value, i) => sum + value * b[i], 0);

export const transpose: WebgpuKernel = (launch) => {
  const strides = stridesOf(launch.inputs[0].shape);
  const axes = launch.attributes.axes as Shape;
  const from = indexExpression(
    "i",
    resultShape(launch),
    axes.map((axis) => strides[axis]),
  );
  return moveKernel(launch, `return a[${from}];`);
};

export const slice: WebgpuKernel = (launch) => {
  const strides = stridesOf(launch.inputs[0].shape);
  const start = dot(launch.attributes.start as Shape, strides);
  return moveKernel(launch, `return a[${indexExpression("i", resultShape(launch), strides, start)}];`);
};

/** WGSL for the coordinate of element i of `shape` along one axis. */
const coordinate = (shape: Shape, axis: number) => `(i / ${stridesOf(shape)[axis]}u % ${shape[axis]}u)`;

/** Inside the block its own element, outside 0. Below the block the unsigned difference wraps and is out of range. */
export const pad: WebgpuKernel = (launch) => {
  const { shape: block } = launch.inputs[0];
  const { shape: whole } = launch.output!;
  const start = launch.attributes.start as Shape;
  const strides = stridesOf(block);
  const local = whole.map((_, axis) => `${coordinate(whole, axis)} - ${start[axis]}u`);
  const outside = local.map((place, axis) => `${place} >= ${block[axis]}u`).join(" || ") || "false";
  const from = local.map((place, axis) => `(${place}) * ${strides[axis]}u`).join(" + ") || "0u";
  return moveKernel(launch, `if (${outside}) { return 0.0; }\n  return a[${from}];`);
};

export const concatenate: WebgpuKernel = (launch) => {
  const [first, second] = launch.inputs.map((input) => input.shape);
  const whole = resultShape(launch);
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
  return moveKernel(
    launch,
    `if (${coordinate(whole, joined)} < ${split}u) { return a[${from(first, 0)}]; }\n  return b[${from(second, split)}];`,
  );
};

export const gather: WebgpuKernel = (launch) => {
  const [table] = launch.inputs;
  const size = sizeOf(resultShape(launch));
  return {
    code: wgsl(`alias Element = ${table.dtype};`, further("gather"), shaders.grid),
    constants: { SIZE: size, COUNT: table.shape[0], ROW_SIZE: rowSize(table.shape) },
    workgroups: perElement(size),
  };
};

export const scatterAdd: WebgpuKernel = (launch) => {
  const [count] = resultShape(launch);
  const size = rowSize(resultShape(launch));
  return {
    code: wgsl(further("scatterAdd"), shaders.grid),
    constants: { N: launch.inputs[0].shape[0], COUNT: count, ROW_SIZE: size },
    workgroups: perElement(count * size),
  };
};
