import * as attention from "./attention.js";
import * as batch from "./batch.js";
import * as crossEntropy from "./cross-entropy.js";
import { drawClasses } from "./draw-classes.js";
import { encoders } from "./elementwise.js";
import { elementwiseKernel, type WasmKernel } from "./kernel.js";
import { concatenate, gather, pad, scatterAdd, slice, takeBatch, transpose } from "./layout.js";
import { matmul } from "./matmul.js";
import * as normalise from "./normalise.js";
import * as recurrence from "./recurrence.js";
import { max, sum } from "./reduce.js";
import { rotate } from "./rotate.js";
import { logSoftmax, softmax } from "./softmax.js";
import * as windows from "./windows.js";

const elementwise = Object.fromEntries(Object.keys(encoders).map((op) => [op, elementwiseKernel]));

/** The WASM kernels by op, but for scalar functions: all of those are `elementwiseKernel`. */
export const kernels: Readonly<Record<string, WasmKernel>> = {
  ...elementwise,
  ...attention,
  ...batch,
  ...crossEntropy,
  ...normalise,
  ...recurrence,
  ...windows,
  concatenate,
  drawClasses,
  gather,
  logSoftmax,
  matmul,
  max,
  pad,
  rotate,
  scatterAdd,
  slice,
  softmax,
  sum,
  takeBatch,
  transpose,
};
