import type { Backend } from "./backend.js";
import { openCpu, openWasm, openWithoutGpu } from "./open-on-cpu.js";
import type { DeviceOptions } from "./options.js";
import type { Platform } from "./platform.js";
import { findAdapter, openAdapter } from "./webgpu/open.js";

/**
 * Opens a device of the platform.
 *
 * @internal
 * @throws ArgumentError on an unknown backend or kernel, or a limit that is none
 * @throws DeviceError when `webgpu` is asked for and there is no adapter, or a too small one
 */
export async function openOn(platform: Platform, given?: DeviceOptions): Promise<Backend> {
  if (given !== undefined) (await import("./options.js")).checkDeviceOptions(given);
  const options = given ?? {};
  const { backend = "auto" } = options;
  if (backend === "cpu") return openCpu("as asked for", options);
  if (backend === "wasm") return openWasm("as asked for", options);

  const found = await findAdapter(await platform.gpu(backend === "webgpu", !!options.experimental));
  if (found && (backend === "webgpu" || !found.summary.software)) return openAdapter(found, options, platform);
  const { noAdapter, whyNoGpu } = await import("./webgpu/device-errors.js");
  if (backend === "webgpu") throw noAdapter(platform.lack?.(), platform.remedy);
  return openWithoutGpu(whyNoGpu(found?.summary, platform.lack?.()), options);
}

/**
 * Opens a device in the browser (in Node, use the one of "neuromotor/node"): `device.backend` is the one in use,
 * `device.description` names the adapter and why it was chosen. Free it with `device.dispose()`.
 */
export const openDevice = (options?: DeviceOptions): Promise<Backend> => openOn(browser, options);

const browser: Platform = {
  gpu: async () => globalThis.navigator?.gpu,
  lack: () =>
    globalThis.isSecureContext === false ? "this page is not a secure context, by https or localhost" : undefined,
};
