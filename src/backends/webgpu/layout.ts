import { type Shape, stridesOf } from "../../core/shape.js";
import { mapKernel } from "./elementwise.js";
import { indexExpression } from "./indexing.js";
import { perElement, rowSize, type WebgpuKernel, wgsl } from "./kernel.js";
import * as shaders from "./shaders.js";

const dot = (a: Shape, b: Shape) => a.reduce((sum, value, i) => sum + value * b[i], 0);

export const transpose: WebgpuKernel = (launch) => {
  const strides = stridesOf(launch.inputs[0].shape);
  const axes = launch.attributes.axes as Shape;
  const from = indexExpression(
    "i",
    launch.output!.shape,
    axes.map((axis) => strides[axis]),
  );
  return mapKernel(launch, `return a[${from}];`);
};

export const slice: WebgpuKernel = (launch) => {
  const strides = stridesOf(launch.inputs[0].shape);
  const start = dot(launch.attributes.start as Shape, strides);
  return mapKernel(launch, `return a[${indexExpression("i", launch.output!.shape, strides, start)}];`);
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
  return mapKernel(launch, `if (${outside}) { return 0.0; }\n  return a[${from}];`);
};

export const concatenate: WebgpuKernel = (launch) => {
  const [first, second] = launch.inputs.map((input) => input.shape);
  const whole = launch.output!.shape;
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
  return mapKernel(
    launch,
    `if (${coordinate(whole, joined)} < ${split}u) { return a[${from(first, 0)}]; }\n  return b[${from(second, split)}];`,
  );
};

export const gather: WebgpuKernel = ({ inputs, output }) => {
  const [table] = inputs;
  const size = rowSize(table.shape) * output!.shape[0];
  return {
    code: wgsl(`alias Element = ${table.dtype};`, shaders.gather, shaders.grid),
    constants: { SIZE: size, COUNT: table.shape[0], ROW_SIZE: rowSize(table.shape) },
    workgroups: perElement(size),
  };
};

export const scatterAdd: WebgpuKernel = ({ inputs, output }) => {
  const [count] = output!.shape;
  const size = rowSize(output!.shape);
  return {
    code: wgsl(shaders.scatterAdd, shaders.grid),
    constants: { N: inputs[0].shape[0], COUNT: count, ROW_SIZE: size },
    workgroups: perElement(count * size),
  };
};
