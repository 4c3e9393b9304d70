import * as batch from "./batch.js";
import * as crossEntropy from "./cross-entropy.js";
import { encoders } from "./elementwise.js";
import { elementwiseKernel, type WasmKernel } from "./kernel.js";
import { concatenate, gather, pad, scatterAdd, slice, takeBatch, transpose } from "./layout.js";
import { matmul } from "./matmul.js";
import * as normalise from "./normalise.js";
import { max, sum } from "./reduce.js";
import { logSoftmax, softmax } from "./softmax.js";
import * as windows from "./windows.js";

const elementwise = Object.fromEntries(Object.keys(encoders).map((op) => [op, elementwiseKernel]));

/** The WASM kernels by op, but for those of sequences, and for scalar functions: all of those are `elementwiseKernel`. */
export const kernels: Readonly<Record<string, WasmKernel>> = {
  ...elementwise,
  ...batch,
  ...crossEntropy,
  ...normalise,
  ...windows,
  concatenate,
  gather,
  logSoftmax,
  matmul,
  max,
  pad,
  scatterAdd,
  slice,
  softmax,
  sum,
  takeBatch,
  transpose,
};
