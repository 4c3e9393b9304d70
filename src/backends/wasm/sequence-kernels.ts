import * as attention from "./attention.js";
import { drawClasses } from "./draw-classes.js";
import type { WasmKernel } from "./kernel.js";
import { kernels as others } from "./kernels.js";
import * as recurrence from "./recurrence.js";
import { rotate } from "./rotate.js";

/** All kernels, those of ops on sequences with the others: a network of images doesn't load them. */
export const kernels: Readonly<Record<string, WasmKernel>> = {
  ...others,
  ...attention,
  ...recurrence,
  drawClasses,
  rotate,
};
