import * as attention from "./attention.js";
import * as batch from "./batch.js";
import * as crossEntropy from "./cross-entropy.js";
import * as depthwise from "./depthwise.js";
import { drawClasses } from "./draw-classes.js";
import { dropout } from "./dropout.js";
import { elementwise } from "./elementwise.js";
import type { CpuKernel } from "./kernel.js";
import * as layout from "./layout.js";
import { matmul } from "./matmul.js";
import { noise } from "./noise.js";
import * as normalise from "./normalise.js";
import * as pool from "./pool.js";
import * as recurrence from "./recurrence.js";
import { max, sum } from "./reduce.js";
import { rotate } from "./rotate.js";
import { logSoftmax, softmax } from "./softmax.js";
import { fold, unfold } from "./unfold.js";
import { update } from "./update.js";

/** The CPU kernel of every op, by name. */
export const kernels: Readonly<Record<string, CpuKernel>> = {
  ...elementwise,
  ...attention,
  ...batch,
  ...layout,
  ...crossEntropy,
  ...depthwise,
  ...normalise,
  ...pool,
  ...recurrence,
  drawClasses,
  dropout,
  fold,
  logSoftmax,
  matmul,
  max,
  noise,
  rotate,
  softmax,
  sum,
  unfold,
  update,
};
