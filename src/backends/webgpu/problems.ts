import type { AdapterSummary, BackendOptions, ProductKernel } from "../backend.js";

/*
 * What is said when a device can't be opened or refuses a kernel: loaded then, as most pages never need it. Text only, so
 * that no class of errors has to be shared with it.
 */

/** The record of one step, 256 bytes, must fit into a buffer. */
const LEAST_BYTES = 256;

/** Every kernel of products, and whether it goes by way of workgroup memory, where operands are rounded. */
const KERNELS: Record<ProductKernel, { rounds: boolean }> = {
  direct: { rounds: false },
  quads: { rounds: false },
  tiled: { rounds: true },
  tiledLarge: { rounds: true },
  split: { rounds: false },
  splitSubgroups: { rounds: false },
  subgroupMatrices: { rounds: true },
};

/** What is wrong with options of openDevice, if anything. @param backends - those there are */
export function problemOf(options: BackendOptions & { backend?: string }, backends: readonly string[]) {
  const { backend = "auto", products = "auto", precision = "f32", maxBufferBytes = LEAST_BYTES } = options;
  const experimental: readonly string[] = [options.experimental ?? []].flat();
  if (!backends.includes(backend)) return `there is no backend "${backend}"; use one of ${backends.join(", ")}.`;
  const choices = ["auto", "tuned", ...Object.keys(KERNELS)];
  if (!choices.includes(products)) return `products can't be "${products}"; use one of ${choices.join(", ")}.`;
  if (!["f32", "f16"].includes(precision)) return `precision can't be "${precision}"; use f32 or f16.`;
  const unknown = experimental.find((name) => name !== "subgroupMatrices");
  if (unknown !== undefined) return `experimental can't be "${unknown}"; there is subgroupMatrices.`;
  if (products === "subgroupMatrices" && experimental.length === 0) {
    return 'products: "subgroupMatrices" needs experimental: ["subgroupMatrices"] beside it.';
  }
  if (precision === "f16" && KERNELS[products as ProductKernel]?.rounds === false) {
    return `products: "${products}" rounds no operands. Leave out precision: "f16", or use tiled or tiledLarge.`;
  }
  if (Number.isSafeInteger(maxBufferBytes) && maxBufferBytes >= LEAST_BYTES) return undefined;
  return `maxBufferBytes must be an integer from ${LEAST_BYTES} up, got ${maxBufferBytes}.`;
}

/** What to do where a browser finds no adapter. */
const BROWSER_REMEDY =
  "Use a browser with WebGPU (Chrome or Edge 113, Safari 26, Firefox 141 or later) over https or localhost, with " +
  'hardware acceleration on; in Node import openDevice from "neuromotor/node". backend: "cpu" works everywhere.';

/** There is no adapter at all. */
export const noAdapter = (remedy = BROWSER_REMEDY): string => `No WebGPU adapter was found. ${remedy}`;

/** Why the CPU was chosen, and not a GPU. @param software - the only adapter there is, if there is one */
export const whyNoGpu = (software: AdapterSummary | undefined): string =>
  software
    ? `because the only WebGPU adapter is a software one (${software.description})`
    : "because no WebGPU adapter was found";

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
