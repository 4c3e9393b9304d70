import { afterAll, beforeAll } from "vitest";
import { WasmBackend } from "../../src/backends/wasm/backend.js";

/** Threads share whatever can be shared, however little it is. */
const SHARE_ALL = { sharedElements: 1, sharedWork: 0 };

/** The WASM backend in every way it can be used, with guards; the first is the default. */
const VARIANTS = {
  "as it is opened": {},
  "on one thread": { threads: 1 },
  "on two threads that share all": { threads: 2, tuning: SHARE_ALL },
  "on three threads that share all": { threads: 3, tuning: SHARE_ALL },
  "without fused multiply-add": { tuning: { ...SHARE_ALL, fused: false } },
} as const;

export type VariantName = keyof typeof VARIANTS;
export const variantNames = Object.keys(VARIANTS) as VariantName[];

/** Opens every variant for the tests of a file and frees them afterwards. */
export function useVariants(): (name: VariantName) => WasmBackend {
  const devices = new Map<VariantName, WasmBackend>();
  beforeAll(async () => {
    for (const name of variantNames) {
      const { threads, tuning }: { threads?: number; tuning?: Parameters<typeof WasmBackend.open>[2] } = VARIANTS[name];
      devices.set(name, await WasmBackend.open(name, { threads, guards: true }, tuning));
    }
  });
  afterAll(() => {
    for (const device of devices.values()) device.dispose();
  });
  return (name) => devices.get(name)!;
}
