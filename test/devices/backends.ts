import { afterAll, beforeAll } from "vitest";
import type { Backend, BackendName } from "../../src/backends/backend.js";
import type { DeviceOptions } from "../../src/backends/options.js";
import { openDevice } from "../../src/node.js";

/** Every backend, each of which a test runs on. A missing WebGPU adapter fails the test: it must not look like success. */
export const BACKENDS = ["cpu", "webgpu", "wasm"] as const;

/** Opens every backend for the tests of a file and frees them afterwards. */
export function useDevices(options: DeviceOptions = {}): (name: BackendName) => Backend {
  const devices = new Map<BackendName, Backend>();
  beforeAll(async () => {
    for (const backend of BACKENDS) devices.set(backend, await openDevice({ ...options, backend }));
  });
  afterAll(() => {
    for (const device of devices.values()) device.dispose();
  });
  return (name) => devices.get(name)!;
}

/** A function that opens a device, which is freed after the tests of the file. */
export function useOpenDevice(): (options: DeviceOptions) => Promise<Backend> {
  const opened: Backend[] = [];
  afterAll(() => {
    for (const each of opened) each.dispose();
  });
  return async (options) => {
    opened.push(await openDevice(options));
    return opened.at(-1)!;
  };
}
