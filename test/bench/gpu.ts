import { create, globals } from "webgpu";
import { dawn } from "../../src/node/dawn.js";

/**
 * WebGPU as a browser has it, for peers made for browsers: `navigator.gpu` and the globals, from Dawn. The adapter
 * is the one that neuromotor takes, so that all run on the same.
 *
 * @throws Error when there is no adapter
 */
export async function provideGpu(): Promise<string> {
  // Looks for a driver, and brings the software one where there is no other.
  const found = await dawn.gpu(true, false);
  const gpu = found && create([]);
  const adapter = await gpu?.requestAdapter({ powerPreference: "high-performance" });
  if (!gpu || !adapter) throw new Error(`no WebGPU adapter. ${dawn.remedy}`);
  const { prototype } = (globals as { GPUAdapter: typeof GPUAdapter }).GPUAdapter;
  const { requestDevice } = prototype;
  // TensorFlow.js asks for a feature in an array of its own.
  prototype.requestDevice = function (descriptor = {}) {
    return requestDevice.call(this, {
      ...descriptor,
      requiredFeatures: [...(descriptor.requiredFeatures ?? [])].flat(),
    });
  };
  Object.assign(globalThis, globals);
  const navigator = { gpu, userAgent: "Node.js", hardwareConcurrency: 1 };
  Object.defineProperty(globalThis, "navigator", { value: navigator, configurable: true, writable: true });
  const { vendor, architecture, description, device } = adapter.info;
  return description || device || `${vendor} ${architecture}`;
}
