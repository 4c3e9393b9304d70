import * as batch from "./batch.js";
import * as crossEntropy from "./cross-entropy.js";
import { elementwise } from "./elementwise.js";
import type { WebgpuKernel } from "./kernel.js";
import { matmul } from "./matmul.js";
import { max, sum } from "./reduce.js";

/** The WebGPU kernels that dense layers train and are evaluated with, by name; `further-kernels.ts` has the others. */
export const kernels: Readonly<Record<string, WebgpuKernel>> = {
  ...elementwise,
  ...batch,
  ...crossEntropy,
  matmul,
  max,
  sum,
};
