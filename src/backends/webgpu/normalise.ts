import batchShader from "../../../shaders/batch-normalise.wgsl";
import normaliseShader from "../../../shaders/normalise.wgsl";
import gradientShader from "../../../shaders/normalise-gradient.wgsl";
import type { BatchGroups, Groups } from "../../ops/normalise.js";
import type { Part } from "./glue.js";
import type { WebgpuKernel } from "./kernel.js";

const overGroups =
  (shader: Part, inputs: readonly string[]): WebgpuKernel =>
  ({ attributes }) => {
    const { outer, length, inner, tail, epsilon, centred, perRow = 0, start = 0 } = attributes as Groups;
    const { momentum } = attributes as Partial<BatchGroups>;
    return {
      inputs,
      parts: [shader],
      constants: {
        ...{ LENGTH: length, INNER: inner, TAIL: tail, EPSILON: epsilon, CENTRED: Number(centred) },
        ...{ PER_ROW: perRow, START: start },
        ...(momentum !== undefined && { MOMENTUM: momentum }),
      },
      entry: { work: outer * inner },
    };
  };

export const normalise = overGroups(normaliseShader, ["x"]);
export const normaliseGradient = overGroups(gradientShader, ["dy", "x"]);
export const batchNormalise = overGroups(batchShader, ["x", "mean", "variance"]);
