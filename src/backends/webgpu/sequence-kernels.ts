import * as attention from "./attention.js";
import { drawClasses } from "./draw-classes.js";
import type { WebgpuKernel } from "./kernel.js";
import * as recurrence from "./recurrence.js";
import { rotate } from "./rotate.js";

/** The WebGPU kernels of ops on sequences, by name: a network of images doesn't load them. */
export const kernels: Readonly<Record<string, WebgpuKernel>> = {
  ...attention,
  ...recurrence,
  drawClasses,
  rotate,
};
