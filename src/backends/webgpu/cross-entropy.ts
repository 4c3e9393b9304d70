import { literal, rowGrid, type WebgpuKernel, wgsl } from "./kernel.js";
import * as shaders from "./shaders.js";

const crossEntropyKernel =
  (shader: string): WebgpuKernel =>
  (launch) => ({
    code: wgsl(
      `const SMOOTHING = ${literal(launch.attributes.smoothing as number)};`,
      shader,
      shaders.logSumExp,
      shaders.grid,
    ),
    ...rowGrid(launch),
  });

export const softmaxCrossEntropy = crossEntropyKernel(shaders.softmaxCrossEntropy);
export const softmaxCrossEntropyGradient = crossEntropyKernel(shaders.softmaxCrossEntropyGradient);
