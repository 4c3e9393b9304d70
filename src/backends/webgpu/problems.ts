/*
 * What is said when WebGPU refuses: loaded then, as most pages never need it. Text only, so that no class of errors has to
 * be shared with it.
 */

/** A limit of the adapter is below what the kernels need. */
export const tooSmall = (adapter: string, limit: string, offered: number, needed: number): string =>
  `The GPU adapter ${adapter} is too small: ${limit} is ${offered}, at least ${needed} is needed. ` +
  'Update its driver, or use backend: "cpu".';

/** The driver gives no device. */
export const noDevice = (adapter: string, cause: unknown): string =>
  `The GPU adapter ${adapter} gave no device (${(cause as Error).message}). Close other programs that ` +
  'use the GPU or update its driver; backend: "cpu" works without it.';

/** A kernel doesn't compile: the first error in its WGSL, with the source line. */
export async function notCompiled(label: string, module: GPUShaderModule, code: string, cause: unknown) {
  const { messages } = await module.getCompilationInfo();
  const error = messages.find(({ type }) => type === "error");
  const source = code.split("\n")[(error?.lineNum ?? 0) - 1]?.trim() ?? "";
  return `The kernel of ${label} doesn't compile: ${error ? `line ${error.lineNum}: ${error.message}\n  ${source}` : cause}`;
}
