import { DeviceError } from "../core/errors.js";
import type { Backend } from "./backend.js";
import type { BackendOptions } from "./options.js";

/*
 * Backends on the CPU, each loaded when it is first used.
 */

/** @param why - the reason for this backend, for its description */
export async function openCpu(why: string, options: BackendOptions): Promise<Backend> {
  const { CpuBackend } = await import("./cpu/backend.js");
  return new CpuBackend(`CPU, ${why}`, options);
}

/** @throws DeviceError when the platform has no WebAssembly SIMD */
export async function openWasm(why: string, options: BackendOptions): Promise<Backend> {
  const { WasmBackend } = await import("./wasm/backend.js");
  return WasmBackend.open(why, options);
}

/** WebAssembly or, where the platform has none with SIMD, plain code. */
export async function openWithoutGpu(why: string, options: BackendOptions): Promise<Backend> {
  try {
    return await openWasm(why, options);
  } catch (error) {
    if (!(error instanceof DeviceError)) throw error;
    return openCpu(`${why}; ${error.message}`, options);
  }
}
