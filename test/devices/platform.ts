import { create } from "webgpu";
import type { Platform } from "../../src/backends/platform.js";
import { dawn } from "../../src/node/dawn.js";

/** The real platform, with its adapters changed on the way: `change` names the properties to replace. */
export function platform(
  change: (adapter: GPUAdapter) => Partial<Record<keyof GPUAdapter, unknown>>,
  open = () => dawn.gpu(true, false),
): Platform {
  return {
    remedy: "",
    async gpu() {
      const gpu = (await open())!;
      return {
        wgslLanguageFeatures: gpu.wgslLanguageFeatures,
        async requestAdapter() {
          const adapter = (await gpu.requestAdapter())!;
          const changed = change(adapter);
          return new Proxy(adapter, {
            get(target, name) {
              if (name in changed) return changed[name as keyof GPUAdapter];
              const value = Reflect.get(target, name, target);
              return typeof value === "function" ? value.bind(target) : value;
            },
          });
        },
        keptAlive: gpu,
      } as unknown as GPU;
    },
  };
}

/** Sizes of subgroup matrices as adapters list them. */
export const MATRIX_SIZES = [
  { componentType: "f32", resultComponentType: "f32", M: 8, N: 8, K: 8 },
  { componentType: "f16", resultComponentType: "f16", M: 32, N: 32, K: 16 },
  { componentType: "f16", resultComponentType: "f32", M: 16, N: 8, K: 16 },
];

/**
 * Dawn's null backend, a hardware adapter by its looks: it has every feature but those in `missing`, checks WGSL and
 * pipelines, and computes nothing. @param isFallbackAdapter - whether it says that it is a software adapter
 */
export const nullPlatform = (
  missing: readonly string[] = [],
  subgroupMatrixConfigs: readonly object[] = MATRIX_SIZES,
  isFallbackAdapter = false,
) =>
  platform(
    ({ features }) => ({
      features: new Set([...features].filter((feature) => !missing.includes(feature))),
      info: {
        ...{ vendor: "acme", architecture: "null", device: "", description: "Acme", isFallbackAdapter },
        ...{ subgroupMinSize: 4, subgroupMaxSize: 128, subgroupMatrixConfigs },
      },
    }),
    async () => create(["backend=null", "enable-dawn-features=allow_unsafe_apis"]),
  );
