import type { ReduceAttributes } from "../../ops/reduce.js";
import { further, perElement, type WebgpuKernel, wgsl } from "./kernel.js";
import * as shaders from "./shaders.js";

/** From this many terms on a whole workgroup shares a row, if there are few rows to keep the GPU busy. */
const LONG_ROW = 256;
const FEW_RESULTS = 4096;

const reduction =
  (combine: string): WebgpuKernel =>
  ({ attributes }) => {
    const { outer, length, inner } = attributes as ReduceAttributes;
    const long = length >= LONG_ROW && outer * inner <= FEW_RESULTS;
    return {
      code: wgsl(
        combine,
        shaders.grid,
        shaders.finite,
        ...(long ? [further("reduceLong"), shaders.workgroupReduce] : [further("reduce")]),
      ),
      constants: { OUTER: outer, LENGTH: length, INNER: inner },
      workgroups: long ? outer * inner : perElement(outer * inner),
    };
  };

export const sum = reduction("fn combine(sofar: f32, x: f32) -> f32 { return sofar + x; }");

/** A NaN among the elements is the largest, as in Math.max. */
export const max = reduction(
  "fn combine(sofar: f32, x: f32) -> f32 { return keep_nan(x, keep_nan(sofar, max(sofar, x))); }",
);
