import type { AdapterSummary } from "../backend.js";
import type { BackendOptions } from "../options.js";
import type { Platform } from "../platform.js";
import { WebgpuBackend } from "./backend.js";
import type { SpecialMatmul } from "./special-matmul.js";

/** The least limits that the kernels need; every WebGPU implementation outside compatibility mode has more. */
const NEEDED = {
  maxStorageBuffersPerShaderStage: 8,
  maxComputeInvocationsPerWorkgroup: 64,
  maxComputeWorkgroupStorageSize: 8192,
} as const;

/** Features that are used where the adapter has them: a clock for profiling. */
const OPTIONAL_FEATURES: readonly GPUFeatureName[] = ["timestamp-query"];

/** Limits that are raised to the adapter's own, so that large data fit into one buffer. */
const RAISED = ["maxBufferSize", "maxStorageBufferBindingSize"] as const;

export interface FoundAdapter {
  gpu: GPU;
  adapter: GPUAdapter;
  summary: AdapterSummary;
  /** Asks for the adapter again: each gives one device. */
  again(): Promise<FoundAdapter | undefined>;
}

/** Adapter of a GPU object, and its summary; undefined where there is none. */
export async function findAdapter(gpu: GPU | undefined): Promise<FoundAdapter | undefined> {
  const adapter = await gpu?.requestAdapter({ powerPreference: "high-performance" });
  return adapter ? { gpu: gpu!, adapter, summary: summarise(adapter), again: () => findAdapter(gpu) } : undefined;
}

function summarise({ info, features, limits }: GPUAdapter): AdapterSummary {
  const { vendor, architecture, description, device } = info;
  return {
    vendor,
    architecture,
    description: description || device || `${vendor} ${architecture}`.trim() || "unnamed adapter",
    software: info.isFallbackAdapter || /swiftshader|llvmpipe|lavapipe|basic render/i.test(`${architecture} ${device}`),
    features: [...features].sort(),
    limits: Object.fromEntries(
      [...Object.keys(NEEDED), ...RAISED, "maxComputeWorkgroupsPerDimension"].map((name) => [
        name,
        limits[name as keyof GPUSupportedLimits] as number,
      ]),
    ),
  };
}

/**
 * Opens a device on an adapter, with limits as high as it has.
 *
 * @throws DeviceError when its limits are too small or the driver gives no device
 */
export async function openAdapter(
  { gpu, adapter, summary, again }: FoundAdapter,
  options: BackendOptions = {},
  { tuningCache, waitForGpu }: Partial<Platform> = {},
): Promise<WebgpuBackend> {
  for (const [name, needed] of Object.entries(NEEDED)) {
    const offered = adapter.limits[name as keyof typeof NEEDED];
    if (offered >= needed) continue;
    const { tooSmall } = await import("./device-errors.js");
    throw tooSmall(summary.description, name, offered, needed);
  }
  const isSpecial = summary.software || (options.products ?? options.precision ?? options.experimental);
  const { features, choose, tuner }: Partial<SpecialMatmul> = isSpecial
    ? await (await import("./special-matmul.js")).specialMatmul({ gpu, adapter, summary, options }, tuningCache)
    : {};
  const device = await requestDevice(adapter, features).catch(async (cause) => {
    const { noDevice } = await import("./device-errors.js");
    throw noDevice(summary.description, cause);
  });
  const kind = summary.software ? "software adapter" : "GPU";
  return new WebgpuBackend({
    device,
    adapter: summary,
    description: `WebGPU on ${summary.description} (${kind})`,
    options,
    // Without an adapter, or a device of it, the loss is final.
    again: () =>
      again()
        .then((found) => requestDevice(found!.adapter, features))
        .catch(() => undefined),
    chooseMatmul: choose,
    tuner,
    waitForGpu,
  });
}

const requestDevice = (adapter: GPUAdapter, features: readonly GPUFeatureName[] = []): Promise<GPUDevice> =>
  adapter.requestDevice({
    label: "neuromotor",
    requiredFeatures: [...features, ...OPTIONAL_FEATURES.filter((feature) => adapter.features.has(feature))],
    requiredLimits: Object.fromEntries(RAISED.map((name) => [name, adapter.limits[name]])),
  });
