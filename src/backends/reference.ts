import type { CpuKernel } from "./cpu/kernel.js";

/**
 * The reference's kernels by the names of their ops, for working a graph op by op and keeping each result. Loaded when
 * they are first used, in one file with the backend that runs them.
 */
export const referenceKernels = async (): Promise<Readonly<Record<string, CpuKernel>>> =>
  (await import("./cpu/backend.js")).kernels;
