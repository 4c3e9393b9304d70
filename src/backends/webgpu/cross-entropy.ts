import { further, literal, rowGrid, type WebgpuKernel, wgsl } from "./kernel.js";
import * as shaders from "./shaders.js";

const crossEntropyKernel =
  (name: "softmaxCrossEntropy" | "softmaxCrossEntropyGradient"): WebgpuKernel =>
  (launch) => ({
    code: wgsl(
      `const SMOOTHING = ${literal(launch.attributes.smoothing as number)};`,
      further(name),
      shaders.logSumExp,
      shaders.grid,
    ),
    ...rowGrid(launch),
  });

export const softmaxCrossEntropy = crossEntropyKernel("softmaxCrossEntropy");
export const softmaxCrossEntropyGradient = crossEntropyKernel("softmaxCrossEntropyGradient");

/** One workgroup for the whole batch, so that loss and hits are summed where they are found. */
export const softmaxCrossEntropyHead: WebgpuKernel = ({ inputs, attributes }) => {
  const [rows, classes] = inputs[1].shape;
  const { smoothing, lossSlot, hitsSlot } = attributes as { smoothing: number; lossSlot: number; hitsSlot: number };
  return {
    code: wgsl(
      `const SMOOTHING = ${literal(smoothing)};`,
      shaders.softmaxCrossEntropyHead,
      shaders.logSumExp,
      shaders.workgroupReduce,
      shaders.finite,
      shaders.step,
      shaders.grid,
    ),
    constants: {
      ROWS: rows,
      CLASSES: classes,
      SLOTS: inputs[0].shape[1],
      LOSS_SLOT: lossSlot,
      HITS_SLOT: Math.max(hitsSlot, 0),
      RECORD_HITS: Number(hitsSlot >= 0),
    },
    workgroups: 1,
  };
};
