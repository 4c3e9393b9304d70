import normaliseShader from "../../../shaders/normalise.wgsl";
import gradientShader from "../../../shaders/normalise-gradient.wgsl";
import type { Groups } from "../../ops/normalise.js";
import type { Part } from "./glue.js";
import type { WebgpuKernel } from "./kernel.js";

const overGroups =
  (shader: Part, inputs: readonly string[]): WebgpuKernel =>
  ({ attributes }) => {
    const { outer, length, inner, tail, epsilon, centred } = attributes as Groups;
    return {
      inputs,
      parts: [shader],
      constants: { LENGTH: length, INNER: inner, TAIL: tail, EPSILON: epsilon, CENTRED: Number(centred) },
      entry: { work: outer * inner },
    };
  };

export const normalise = overGroups(normaliseShader, ["x"]);
export const normaliseGradient = overGroups(gradientShader, ["dy", "x"]);
