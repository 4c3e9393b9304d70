import type { Platform } from "../backends/platform.js";
import { findAdapter } from "../backends/webgpu/open.js";
import { hasGpuNode, hasVulkanLoader, loadSoftwareDriver } from "./software-adapter.js";
import { tuningCacheIn } from "./user-cache.js";
import { waitForGpu } from "./wait-for-gpu.js";

/** WebGPU in Node: Dawn, from the optional package `webgpu`, and a software adapter where no GPU is found. */
export const dawn: Platform = {
  async gpu(software, experimental) {
    const create = await dawnCreate();
    if (!create) return undefined;
    const system = () => instanceOf(experimental ? "experimental" : "system", create);
    // The software driver brings a loader along: once it is there, that isn't the system's.
    const hasOther = instances.has("software");
    const isGpuLikely = hasGpuNode();
    if (!hasOther && isGpuLikely && hasVulkanLoader() && (!software || (await findAdapter(system())))) return system();
    if (!software) return undefined;
    if (await loadSoftwareDriver()) return instanceOf("software", create);
    // A software driver of the system's own, such as Mesa's.
    return !hasOther && !isGpuLikely && hasVulkanLoader() ? system() : undefined;
  },
  lack: () => lack,
  tuningCache: tuningCacheIn("products.json"),
  waitForGpu,
  remedy:
    "In Node WebGPU needs the package webgpu (npm install webgpu) and a GPU with a Vulkan, Metal or D3D12 driver; on " +
    "Linux also the Vulkan loader (Debian: apt install libvulkan1 and the driver's package, such as mesa-vulkan-drivers). " +
    'For tests without a GPU: npm install -D @sparticuz/chromium. backend: "cpu" works everywhere.',
};

/*
 * Instances are kept for the life of the process, which they don't keep alive: Dawn goes on processing an instance's
 * events for a turn after its last device, and crashes when the instance was collected meanwhile.
 */
const instances = new Map<string, GPU>();

/** Flags for Dawn, by kind of instance. */
const FLAGS = {
  system: [],
  experimental: ["enable-dawn-features=allow_unsafe_apis"],
  // SwiftShader compiles its own zeros for workgroup memory element by element, half a second for 8 KiB; Dawn's are a loop.
  software: ["disable-dawn-features=use_vulkan_zero_initialize_workgroup_memory_extension"],
};

function instanceOf(kind: keyof typeof FLAGS, create: (flags: string[]) => GPU): GPU {
  const instance = instances.get(kind) ?? create(FLAGS[kind]);
  instances.set(kind, instance);
  return instance;
}

/** The reason why Dawn could not be loaded, once that was tried. */
let lack: string | undefined;

/** Dawn's factory, `undefined` where the package isn't installed or has no build for this machine. */
async function dawnCreate(): Promise<((flags: string[]) => GPU) | undefined> {
  try {
    const { create } = await import("webgpu");
    lack = undefined;
    return create;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const absent = code === "ERR_MODULE_NOT_FOUND" && message.includes("webgpu");
    lack = absent ? "the package webgpu is not installed" : `the package webgpu can't be loaded (${message})`;
    return undefined;
  }
}
