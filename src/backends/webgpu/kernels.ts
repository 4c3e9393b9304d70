import { collect, correct, countNonFinite, rowWeights, takeBatch } from "./batch.js";
import { fusedSoftmaxCrossEntropy, softmaxCrossEntropy } from "./cross-entropy.js";
import { elementwise } from "./elementwise.js";
import type { WebgpuKernel } from "./kernel.js";
import { matmul } from "./matmul.js";
import { max, sum } from "./reduce.js";

/** The WebGPU kernels that dense layers train and are evaluated with, by name; `further-kernels.ts` has the others. */
export const kernels: Readonly<Record<string, WebgpuKernel>> = {
  ...elementwise,
  collect,
  correct,
  countNonFinite,
  rowWeights,
  takeBatch,
  softmaxCrossEntropy,
  fusedSoftmaxCrossEntropy,
  matmul,
  max,
  sum,
};
