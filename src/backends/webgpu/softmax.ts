import { further, rowGrid, type WebgpuKernel, wgsl } from "./kernel.js";
import * as shaders from "./shaders.js";

const softmaxKernel =
  (logarithm: number): WebgpuKernel =>
  (launch) => {
    const { constants, workgroups } = rowGrid(launch);
    return {
      code: wgsl(further("softmax"), shaders.logSumExp, shaders.grid),
      constants: { ...constants, LOGARITHM: logarithm },
      workgroups,
    };
  };

export const softmax = softmaxKernel(0);
export const logSoftmax = softmaxKernel(1);
