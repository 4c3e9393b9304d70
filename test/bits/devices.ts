import type { DeviceOptions } from "../../src/index.js";

type ProductKernel = Exclude<NonNullable<DeviceOptions["products"]>, "auto" | "tuned">;

/** Every way to run: `plainWasm` as on a platform whose WebAssembly has no fused multiply-add. */
export interface Device {
  options: DeviceOptions;
  plainWasm?: boolean;
  /** Part of `--quick`. */
  quick?: boolean;
  /** Differs from others in how products are made. */
  products?: boolean;
}

/** Devices without an adapter here are left out, and said to be. */
const products: Record<ProductKernel, DeviceOptions> = {
  naive: {},
  direct: {},
  quads: {},
  tiled: {},
  tiledLarge: {},
  split: {},
  splitSubgroups: {},
  subgroupMatrices: { experimental: ["subgroupMatrices"] },
};

export const devices: Readonly<Record<string, Device>> = {
  cpu: { options: { backend: "cpu" }, quick: true },
  "wasm 1": { options: { backend: "wasm", threads: 1 } },
  "wasm 2": { options: { backend: "wasm", threads: 2 }, quick: true },
  "wasm plain": { options: { backend: "wasm", threads: 1 }, plainWasm: true },
  webgpu: { options: { backend: "webgpu" }, quick: true },
  ...Object.fromEntries(
    Object.entries(products).map(([name, options]) => [
      name,
      { options: { backend: "webgpu", products: name as ProductKernel, ...options }, products: true } satisfies Device,
    ]),
  ),
  "tiled f16": { options: { backend: "webgpu", products: "tiled", precision: "f16" }, products: true },
};
