import { ArgumentError } from "../core/errors.js";
import { checkOptions, didYouMean, type OptionNames } from "../core/options.js";
import { shown } from "../core/shown.js";
import type { BackendName } from "./backend.js";

/** Every kernel of matrix products, and whether it goes by way of workgroup memory, where operands are rounded. */
const KERNELS = {
  naive: { rounds: false },
  direct: { rounds: false },
  quads: { rounds: false },
  tiled: { rounds: true },
  tiledLarge: { rounds: true },
  split: { rounds: false },
  splitSubgroups: { rounds: false },
  subgroupMatrices: { rounds: true },
};

/** A kernel by which a GPU makes matrix products; see `shaders/matmul*.wgsl`. */
export type ProductKernel = keyof typeof KERNELS;

/** Options of backends. Each takes all of them; those of another backend do nothing. */
export interface BackendOptions {
  /**
   * Threads of the `wasm` backend; one for each processor, at most eight. The same seed gives the same bits for any number.
   * In a browser, more than one needs a page that is cross-origin isolated.
   */
  threads?: number;
  /**
   * For tests: put known words before and after every buffer and fill new ones with NaN, so that `checkGuards` finds a kernel that
   * writes outside its output, and a comparison one that leaves an element unwritten.
   */
  guards?: boolean;
  /**
   * WebGPU: the kernel of matrix products.
   * - `auto` (default): the one that fits a product's sizes, the same on every GPU
   * - `tuned`: the fastest on this adapter. Each kind of product is measured once, when it is first met, and the result
   *   remembered: in Node in the user's cache folder, in the browser in its storage. So are plans with convolutions: whether
   *   products walk over patches of images, or read them laid out
   * - the name of a kernel, which makes all products, for tests and measurements; `quads` and `splitSubgroups` need an adapter with subgroups,
   *   `subgroupMatrices` that they are asked for in `experimental`
   *
   * Kernels add up in different orders: with `tuned`, another machine may give other last bits.
   */
  products?: "auto" | "tuned" | ProductKernel;
  /**
   * WebGPU: the type to which operands of matrix products are rounded. Where `auto` finds no GPU, f32: the description says so.
   * - `f32` (default): no rounding
   * - `f16`: half precision in workgroup memory, 11 significant bits, where a product has so many results that its kernel
   *   goes by way of that. It adds up in float32; parameters, gradients and updates stay float32.
   *
   * Results with `f16` differ from those of `f32`: each operand is off by up to 2^-11 of itself. Operands past 65,504
   * become infinity, which ends a training with an error that says where; below 6e-8 they become zero. The gain is largest
   * with subgroup matrices (`experimental`).
   */
  precision?: "f32" | "f16";
  /**
   * WebGPU: features that browsers offer on request only (Chrome by --enable-unsafe-webgpu) and that may still change.
   * - `subgroupMatrices`: products by tensor cores and the like, most of which want `precision: "f16"`. With `products`
   *   `auto` where results are many, with `tuned` where they are fastest, with `subgroupMatrices` always.
   */
  experimental?: readonly "subgroupMatrices"[];
  /**
   * WebGPU: runs a small plan whole, many steps in one dispatch, by one workgroup to a model, in place of a dispatch for each
   * launch. Networks like those for XOR, Iris and digits then don't wait for dispatches, which take longer than their
   * arithmetic.
   * - `never` (default, until it is measured on GPUs of several makers: a driver may take seconds to compile one)
   * - `auto`: where work and memory are small enough to gain by it; never on a software adapter
   * - `always`: every plan that can be. One with a recurrence can't, whose kernels need a workgroup of their own kind
   *
   * Products add up in the order of their inner dimension, rounded to f32, whatever `products` says: the bits are those of
   * the kernel `naive`.
   */
  whole?: "auto" | "always" | "never";
  /**
   * The largest buffer, in bytes, where that is less than the device's own limit: leaves memory to other programs. Larger
   * data pass through the device in windows.
   */
  maxBufferBytes?: number;
}

/** Options of `openDevice`. */
export interface DeviceOptions extends BackendOptions {
  /**
   * - `auto` (default): a hardware GPU when there is one, else WebAssembly, else the plain CPU backend
   * - `webgpu`: a GPU, or a software adapter where there is none (fit for tests: slower than the CPU)
   * - `wasm`: the CPU by WebAssembly with SIMD
   * - `cpu`: the plain CPU backend, the reference: slow
   */
  backend?: "auto" | BackendName;
}

const DEVICE: OptionNames<DeviceOptions> = {
  backend: true,
  threads: true,
  products: true,
  precision: true,
  experimental: true,
  whole: true,
  maxBufferBytes: true,
  guards: "switch",
};

/** Words that options can be. */
const CHOICES: Readonly<Partial<Record<keyof DeviceOptions, readonly string[]>>> = {
  backend: ["auto", "webgpu", "wasm", "cpu"],
  products: ["auto", "tuned", ...Object.keys(KERNELS)],
  precision: ["f32", "f16"],
  whole: ["never", "auto", "always"],
};

/** The record of one step, 256 bytes, must fit into a buffer. */
const LEAST_BYTES = 256;

/** @throws ArgumentError on options of openDevice that make no sense */
export function checkDeviceOptions(options: DeviceOptions): void {
  checkOptions("openDevice", options, DEVICE);
  const problem = problemWith(options);
  if (problem) throw new ArgumentError(`openDevice: ${problem}`);
}

function problemWith(options: DeviceOptions): string | undefined {
  const { products, precision, maxBufferBytes = LEAST_BYTES } = options;
  for (const [name, choices] of Object.entries(CHOICES)) {
    const value = options[name as keyof DeviceOptions] ?? choices[0];
    if (!choices.includes(value as string)) {
      return `${name} can't be ${shown(value)}; use one of ${choices.join(", ")}.${didYouMean(`${value}`, choices)}`;
    }
  }
  const experimental: readonly string[] = [options.experimental ?? []].flat();
  const unknown = experimental.find((name) => name !== "subgroupMatrices");
  if (unknown !== undefined) return `experimental can't be "${unknown}"; there is subgroupMatrices.`;
  if (products === "subgroupMatrices" && experimental.length === 0) {
    return 'products: "subgroupMatrices" needs experimental: ["subgroupMatrices"] beside it.';
  }
  if (precision === "f16" && KERNELS[products as ProductKernel]?.rounds === false) {
    return `products: "${products}" rounds no operands. Leave out precision: "f16", or use tiled or tiledLarge.`;
  }
  if (Number.isSafeInteger(maxBufferBytes) && maxBufferBytes >= LEAST_BYTES) return undefined;
  return `maxBufferBytes must be an integer from ${LEAST_BYTES} up, got ${shown(maxBufferBytes)}.`;
}
