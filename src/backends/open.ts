import { ArgumentError, DeviceError } from "../core/errors.js";
import { type Backend, type BackendOptions, PRODUCT_KERNELS } from "./backend.js";
import { checkLimits } from "./limits.js";
import { findAdapter, openAdapter } from "./webgpu/open.js";
import type { Notebook } from "./webgpu/tuning.js";

export interface DeviceOptions extends BackendOptions {
  /**
   * - `auto` (default): a hardware GPU when there is one, else the CPU
   * - `webgpu`: a GPU, or a software adapter where there is none (fit for tests: slower than the CPU)
   * - `cpu`: the plain CPU backend
   */
  backend?: "auto" | "webgpu" | "cpu";
}

const BACKENDS = ["auto", "webgpu", "cpu"];
const PRODUCTS = ["auto", "tuned", ...PRODUCT_KERNELS];

/**
 * How a platform finds WebGPU.
 *
 * @internal left out of the published types, so that a project needn't have WebGPU's own
 */
export interface Platform {
  /** WebGPU's entry point, `undefined` where there is none. `software` asks for a software adapter if need be. */
  gpu(software: boolean): Promise<GPU | undefined>;
  /** What to do where no adapter is found. */
  remedy: string;
  /** Where measurements of kernels are kept. */
  notebook?: Notebook;
}

/**
 * Opens a device of the platform.
 *
 * @internal
 * @throws ArgumentError on an unknown backend or kernel, or a limit that is none
 * @throws DeviceError when `webgpu` is asked for and there is no adapter, or a too small one
 */
export async function openOn(platform: Platform, options: DeviceOptions = {}): Promise<Backend> {
  const { backend = "auto", products = "auto" } = options;
  if (!BACKENDS.includes(backend)) {
    throw new ArgumentError(`openDevice: there is no backend "${backend}"; use one of ${BACKENDS.join(", ")}.`);
  }
  if (!PRODUCTS.includes(products)) {
    throw new ArgumentError(`openDevice: products can't be "${products}"; use one of ${PRODUCTS.join(", ")}.`);
  }
  checkLimits(options);
  if (backend === "cpu") return openCpu("CPU, as asked for", options);

  const found = await findAdapter(await platform.gpu(backend === "webgpu"));
  if (backend === "webgpu") {
    if (!found) throw new DeviceError(`No WebGPU adapter was found. ${platform.remedy}`);
    return openAdapter(found, options, platform.notebook);
  }
  if (!found) return openCpu("CPU, because no WebGPU adapter was found", options);
  if (found.summary.software) {
    return openCpu(`CPU, because the only WebGPU adapter is a software one (${found.summary.description})`, options);
  }
  return openAdapter(found, options, platform.notebook);
}

/** The CPU backend is loaded when it is first used. */
async function openCpu(description: string, options: BackendOptions): Promise<Backend> {
  const { CpuBackend } = await import("./cpu/backend.js");
  return new CpuBackend(description, options);
}

/**
 * Opens a device in the browser (in Node, use the one of "neuromotor/node"): `device.backend` is the one in use,
 * `device.description` names the adapter and why it was chosen. Free it with `device.dispose()`.
 */
export const openDevice = (options?: DeviceOptions): Promise<Backend> => openOn(browser, options);

const browser: Platform = {
  gpu: async () => globalThis.navigator?.gpu,
  notebook: {
    read: async () => globalThis.localStorage?.getItem("neuromotor products") ?? undefined,
    write: async (text) => globalThis.localStorage?.setItem("neuromotor products", text),
  },
  remedy:
    "Use a browser with WebGPU (Chrome or Edge 113, Safari 26, Firefox 141 or later) over https or localhost, with " +
    'hardware acceleration on; in Node import openDevice from "neuromotor/node". backend: "cpu" works everywhere.',
};
