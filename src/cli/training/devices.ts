import { cpus } from "node:os";
import type { Backend } from "../../index.js";
import { openDevice } from "../../node.js";
import type { BackendChoice } from "../settings/table.js";

/** Name of the GPU that computes, or of the processor. */
export function adapterName({ adapter }: Backend): string {
  if (adapter) return adapter.description;
  return cpus()[0]?.model.replace(/\s+/g, " ").trim() || process.arch;
}

/** Fields of a result that describe the device. */
export const deviceFields = (device: Backend) => ({
  backend: device.backend,
  adapter: adapterName(device),
  software: device.adapter?.software ?? false,
});

/** Works on a device and frees it whatever happens, so that the process can end. */
export async function withDevice<T>(backend: BackendChoice, work: (device: Backend) => Promise<T>): Promise<T> {
  const device = await openDevice({ backend });
  try {
    return await work(device);
  } finally {
    device.dispose();
  }
}
