import crossEntropyShader from "../../../shaders/softmax-cross-entropy.wgsl";
import gradientShader from "../../../shaders/softmax-cross-entropy-gradient.wgsl";
import headShader from "../../../shaders/softmax-cross-entropy-head.wgsl";
import type { Launch } from "../../compile/plan.js";
import { glue } from "./glue.js";
import { eachRow, literal, type WebgpuKernel } from "./kernel.js";

const smoothingOf = ({ attributes }: Launch) =>
  glue("webgpu/cross-entropy.ts", `const SMOOTHING = ${literal(attributes.smoothing as number)};`);

export const softmaxCrossEntropy: WebgpuKernel = (launch) => ({
  inputs: ["x", "labels"],
  parts: [smoothingOf(launch), crossEntropyShader],
  ...eachRow(launch),
});

export const softmaxCrossEntropyGradient: WebgpuKernel = (launch) => ({
  inputs: ["x", "labels", "dy"],
  parts: [smoothingOf(launch), gradientShader],
  ...eachRow(launch),
});

/** One workgroup for the whole batch, so that loss and hits are summed where they are found. */
export const softmaxCrossEntropyHead: WebgpuKernel = (launch) => {
  const [results, { shape }] = launch.inputs;
  const { lossSlot, hitsSlot } = launch.attributes as { lossSlot: number; hitsSlot: number };
  return {
    inputs: ["results", "x", "labels", "order"],
    parts: [smoothingOf(launch), headShader],
    constants: {
      ROWS: shape[0],
      CLASSES: shape[1],
      SLOTS: results.shape[1],
      LOSS_SLOT: lossSlot,
      HITS_SLOT: Math.max(hitsSlot, 0),
      RECORD_HITS: Number(hitsSlot >= 0),
    },
    entry: { work: 1 },
  };
};
