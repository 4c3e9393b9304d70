import type { WebgpuKernel } from "./kernel.js";
import * as normalise from "./normalise.js";
import { walkedMatmul } from "./walks.js";
import * as windows from "./windows.js";

/** The WebGPU kernels of ops on images, by name, and of products that walk over them: loaded with a plan that has any. */
export const kernels: Readonly<Record<string, WebgpuKernel>> = {
  ...normalise,
  ...windows,
  matmul: walkedMatmul,
};
