import gatherShader from "../../../shaders/gather.wgsl";
import scatterAddShader from "../../../shaders/scatter-add.wgsl";
import { type Launch, resultShape } from "../../compile/plan.js";
import { offsetOf, type Shape, sizeOf, stridesOf } from "../../core/shape.js";
import { glue } from "./glue.js";
import { indexExpression } from "./indexing.js";
import { rowSize, type WebgpuKernel } from "./kernel.js";

/** An op that moves elements: `body` is the WGSL of `value(i)`, element i of the result as it is found in `a` or `b`. */
const moving =
  (body: (launch: Launch, shape: Shape) => string): WebgpuKernel =>
  (launch) => {
    const shape = resultShape(launch);
    const text = `fn value(i: u32) -> f32 {\n  ${body(launch, shape)}\n}\n\nfn each(i: u32) {\n  store(i, value(i));\n}`;
    return {
      inputs: launch.inputs.map((_, i) => "ab"[i]),
      parts: [glue("webgpu/layout.ts", text)],
      entry: { each: sizeOf(shape) },
    };
  };

export const transpose = moving(({ inputs: [a], attributes }, shape) => {
  const strides = stridesOf(a.shape);
  const axes = attributes.axes as Shape;
  const from = indexExpression(
    "i",
    shape,
    axes.map((axis) => strides[axis]),
  );
  return `return a_at(${from});`;
});

export const slice = moving(({ inputs: [a], attributes }, shape) => {
  const strides = stridesOf(a.shape);
  return `return a_at(${indexExpression("i", shape, strides, offsetOf(attributes.start as Shape, strides))});`;
});

/** WGSL for the coordinate of element i of `shape` along one axis. */
const coordinate = (shape: Shape, axis: number) => `(i / ${sizeOf(shape.slice(axis + 1))}u % ${shape[axis]}u)`;

/** Inside the block its own element, outside 0. Below the block the unsigned difference wraps and is out of range. */
export const pad = moving(({ inputs: [{ shape: block }], attributes }, whole) => {
  const start = attributes.start as Shape;
  const strides = stridesOf(block);
  const local = whole.map((_, axis) => `${coordinate(whole, axis)} - ${start[axis]}u`);
  const outside = local.map((place, axis) => `${place} >= ${block[axis]}u`).join(" || ") || "false";
  const from = local.map((place, axis) => `(${place}) * ${strides[axis]}u`).join(" + ") || "0u";
  return `if (${outside}) { return 0.0; }\n  return a_at(${from});`;
});

export const concatenate = moving(({ inputs: [a, b], attributes }, whole) => {
  const joined = attributes.axis as number;
  const from = (shape: Shape, skipped: number) => {
    const strides = stridesOf(shape);
    return whole
      .map((_, axis) => {
        const place = coordinate(whole, axis);
        return `(${axis === joined ? `${place} - ${skipped}u` : place}) * ${strides[axis]}u`;
      })
      .join(" + ");
  };
  const split = a.shape[joined];
  return `if (${coordinate(whole, joined)} < ${split}u) { return a_at(${from(a.shape, 0)}); }
  return b_at(${from(b.shape, split)});`;
});

export const gather: WebgpuKernel = (launch) => {
  const [{ shape }] = launch.inputs;
  return {
    inputs: ["table", "rows"],
    parts: [gatherShader],
    constants: { COUNT: shape[0], ROW_SIZE: rowSize(shape) },
    entry: { each: sizeOf(resultShape(launch)) },
  };
};

/** Results of a workgroup of scatter-add.wgsl, 16 of each invocation, and the most rows among them. */
const SCATTERED = 1024;
const MOST_ROWS = 64;
/** Workgroups that a table is divided among before one takes several rows. */
const SPREAD = 256;

export const scatterAdd: WebgpuKernel = (launch) => {
  const shape = resultShape(launch);
  const [count, size] = [shape[0], rowSize(shape)];
  const columns = Math.min(size, SCATTERED);
  const block = Math.min(MOST_ROWS, Math.floor(SCATTERED / columns), Math.ceil(count / SPREAD));
  return {
    inputs: ["x", "rows"],
    parts: [scatterAddShader],
    constants: { N: launch.inputs[0].shape[0], COUNT: count, ROW_SIZE: size, BLOCK: block, COLUMNS: columns },
    entry: { work: Math.ceil(count / block) * Math.ceil(size / columns) },
  };
};
