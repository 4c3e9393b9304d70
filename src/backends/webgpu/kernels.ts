import * as batch from "./batch.js";
import * as crossEntropy from "./cross-entropy.js";
import { elementwise } from "./elementwise.js";
import type { WebgpuKernel } from "./kernel.js";
import * as layout from "./layout.js";
import { matmul } from "./matmul.js";
import { max, sum } from "./reduce.js";
import { logSoftmax, softmax } from "./softmax.js";

/** The WebGPU kernel of every op, by name. */
export const kernels: Readonly<Record<string, WebgpuKernel>> = {
  ...elementwise,
  ...batch,
  ...layout,
  ...crossEntropy,
  logSoftmax,
  matmul,
  max,
  softmax,
  sum,
};
