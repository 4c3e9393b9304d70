import unorm8 from "../../../shaders/functions/unorm8.wgsl";
import type { WebgpuKernel } from "./kernel.js";
import * as layout from "./layout.js";
import * as normalise from "./normalise.js";
import * as softmax from "./softmax.js";
import { walkedMatmul } from "./walks.js";
import * as windows from "./windows.js";

/**
 * The WebGPU kernels that a step of dense layers has no use for, by name: of ops on images, of products that walk over them,
 * and of ops that move elements. They are loaded with a plan that has any; `sequence-kernels.ts` has those of sequences.
 */
export const kernels: Readonly<Record<string, WebgpuKernel>> = {
  ...layout,
  ...normalise,
  ...softmax,
  ...windows,
  matmul: walkedMatmul,
};

/** One of these kernels, of further functions, or of those of sequences; undefined where there is none for the op. */
export const furtherKernel = async (op: string): Promise<WebgpuKernel | undefined> =>
  kernels[op] ??
  (await import("./further-functions.js")).kernels[op] ??
  (await import("./sequence-kernels.js")).kernels[op];

/** A kernel of which inputs are bytes: their readers need a function (see `Tensors`). */
export const withBytes =
  (kernel: WebgpuKernel): WebgpuKernel =>
  (launch, choose) => {
    const source = kernel(launch, choose);
    return { ...source, parts: [...source.parts, unorm8] };
  };
