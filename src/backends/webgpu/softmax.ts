import softmaxShader from "../../../shaders/softmax.wgsl";
import { eachRow, type WebgpuKernel } from "./kernel.js";

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
