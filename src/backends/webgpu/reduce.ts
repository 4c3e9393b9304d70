import finite from "../../../shaders/functions/finite.wgsl";
import reduceShader from "../../../shaders/reduce.wgsl";
import reduceLongShader from "../../../shaders/reduce-long.wgsl";
import type { ReduceAttributes } from "../../ops/reduce.js";
import { glue } from "./glue.js";
import type { WebgpuKernel } from "./kernel.js";

/** From this many terms on a whole workgroup shares a row, if there are few rows to keep the GPU busy. */
const LONG_ROW = 256;
const FEW_RESULTS = 4096;

const reduction =
  (combine: string): WebgpuKernel =>
  ({ attributes }) => {
    const { outer, length, inner } = attributes as ReduceAttributes;
    const results = outer * inner;
    const long = length >= LONG_ROW && results <= FEW_RESULTS;
    const combining = glue("webgpu/reduce.ts", `fn combine(sofar: f32, x: f32) -> f32 { return ${combine}; }`, finite);
    return {
      inputs: ["x"],
      parts: [combining, long ? reduceLongShader : reduceShader],
      constants: { LENGTH: length, INNER: inner },
      entry: long ? { work: results } : { each: results },
    };
  };

export const sum = reduction("sofar + x");

/** A NaN among the elements is the largest, as in Math.max. */
export const max = reduction("keep_nan(x, keep_nan(sofar, max(sofar, x)))");
