import type { Platform } from "../../src/backends/open.js";
import { dawn } from "../../src/backends/webgpu/dawn.js";

/** The real platform, with its adapters changed on the way: `change` names the properties to replace. */
export function platform(change: (adapter: GPUAdapter) => Partial<Record<keyof GPUAdapter, unknown>>): Platform {
  return {
    remedy: "",
    async gpu() {
      const gpu = (await dawn.gpu(true, false))!;
      return {
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
