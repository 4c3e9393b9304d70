import type { CpuKernel } from "./cpu/kernel.js";

/**
 * The reference's kernels by the names of their ops, which run a graph op by op and keep each result. They are loaded with
 * the CPU backend.
 */
export const referenceKernels = async (): Promise<Readonly<Record<string, CpuKernel>>> =>
  (await import("./cpu/backend.js")).kernels;
