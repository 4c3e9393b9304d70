import softmaxShader from "../../../shaders/softmax.wgsl";
import gradientShader from "../../../shaders/softmax-cross-entropy-gradient.wgsl";
import { eachRow, smoothingOf, type WebgpuKernel } from "./kernel.js";

const softmaxKernel =
  (logarithm: boolean): WebgpuKernel =>
  (launch) => {
    const { constants, entry } = eachRow(launch);
    return {
      inputs: ["x"],
      parts: [softmaxShader],
      constants: { ...constants, LOGARITHM: Number(logarithm) },
      entry,
    };
  };

export const softmax = softmaxKernel(false);
export const logSoftmax = softmaxKernel(true);

/** Of a loss that isn't found with its gradient at once: with weights of classes, or batches cut up. */
export const softmaxCrossEntropyGradient: WebgpuKernel = (launch) => ({
  inputs: ["x", "labels", "dy"],
  parts: [smoothingOf(launch, launch.inputs[0]), gradientShader],
  ...eachRow(launch),
});
