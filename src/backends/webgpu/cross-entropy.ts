import fusedShader from "../../../shaders/fused-softmax-cross-entropy.wgsl";
import crossEntropyShader from "../../../shaders/softmax-cross-entropy.wgsl";
import { eachRow, smoothingOf, type WebgpuKernel } from "./kernel.js";

export const softmaxCrossEntropy: WebgpuKernel = (launch) => ({
  inputs: ["x", "labels"],
  parts: [smoothingOf(launch, launch.inputs[0]), crossEntropyShader],
  ...eachRow(launch),
});

/** One workgroup for the whole batch, so that losses and correct rows are added up where they are found. */
export const fusedSoftmaxCrossEntropy: WebgpuKernel = (launch) => {
  const [results, { shape }] = launch.inputs;
  const { lossSlot, correctSlot } = launch.attributes as { lossSlot: number; correctSlot: number };
  return {
    inputs: ["results", "x", "labels", "order"],
    parts: [smoothingOf(launch, launch.inputs[1]), fusedShader],
    constants: {
      ROWS: shape[0],
      CLASSES: shape[1],
      SLOTS: results.shape[1],
      LOSS_SLOT: lossSlot,
      CORRECT_SLOT: Math.max(correctSlot, 0),
      RECORD_CORRECT: Number(correctSlot >= 0),
    },
    entry: { work: 1 },
  };
};
