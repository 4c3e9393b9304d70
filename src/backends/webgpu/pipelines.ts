import { bindingsOf } from "../../compile/memory.js";
import type { Launch } from "../../compile/plan.js";
import { DeviceError } from "../../core/errors.js";
import type { WaitForGpu } from "../platform.js";
import { kernels } from "./kernels.js";
import type { Product, ProductSource } from "./products.js";
import { resultGlue } from "./results.js";

/** A compiled kernel: what is dispatched, what is bound, and how often. */
export interface Pipeline {
  pipeline: GPUComputePipeline;
  bindings: GPUBindGroupLayout;
  workgroups: readonly [x: number, y: number];
}

/**
 * Compiles kernels, each distinct one once per device. Group 0 holds the step's record at a dynamic offset, group 1 the
 * launch's tensors.
 */
export class Pipelines {
  readonly stepLayout: GPUBindGroupLayout;
  readonly #device: GPUDevice;
  readonly #choose: (product: Product) => ProductSource;
  readonly #waitForGpu: WaitForGpu;
  readonly #layouts = new Map<string, GPUBindGroupLayout>();
  readonly #compiled = new Map<string, Promise<GPUComputePipeline>>();

  /**
   * @param choose - how a matrix product is made
   * @param waitForGpu - awaits what the GPU does
   */
  constructor(device: GPUDevice, choose: (product: Product) => ProductSource, waitForGpu: WaitForGpu) {
    this.#device = device;
    this.#choose = choose;
    this.#waitForGpu = waitForGpu;
    this.stepLayout = device.createBindGroupLayout({
      label: "step",
      entries: [{ binding: 0, visibility: GPU_COMPUTE_STAGE, buffer: { type: "uniform", hasDynamicOffset: true } }],
    });
  }

  /** @throws DeviceError with WGSL line and message when the driver refuses the kernel */
  async get(launch: Launch, choose = this.#choose): Promise<Pipeline> {
    const kernel = kernels[launch.op];
    if (!kernel) throw new DeviceError(`${launch.label}: the WebGPU backend has no kernel for "${launch.op}".`);
    const { code: parts, constants, workgroups } = kernel(launch, choose);
    const code = [...new Set(await Promise.all([...parts, ...resultGlue(launch)]))].join("\n");
    const bindings = this.#layout(launch);
    const key = JSON.stringify([code, constants]);
    let compiled = this.#compiled.get(key);
    if (!compiled) {
      compiled = this.#compile(launch.label, code, constants, bindings);
      this.#compiled.set(key, compiled);
    }
    return { pipeline: await compiled, bindings, workgroups: this.#fold(workgroups) };
  }

  #layout(launch: Launch): GPUBindGroupLayout {
    const types = bindingsOf(launch).map(({ written }) => (written ? "storage" : "read-only-storage"));
    const key = types.join();
    let layout = this.#layouts.get(key);
    if (!layout) {
      layout = this.#device.createBindGroupLayout({
        label: key,
        entries: types.map((type, binding) => ({ binding, visibility: GPU_COMPUTE_STAGE, buffer: { type } })),
      });
      this.#layouts.set(key, layout);
    }
    return layout;
  }

  async #compile(
    label: string,
    code: string,
    constants: Record<string, number>,
    bindings: GPUBindGroupLayout,
  ): Promise<GPUComputePipeline> {
    const device = this.#device;
    device.pushErrorScope("validation");
    const module = device.createShaderModule({ label, code });
    const invalid = device.popErrorScope();
    try {
      const pipeline = await this.#waitForGpu(
        device.createComputePipelineAsync({
          label,
          layout: device.createPipelineLayout({ label, bindGroupLayouts: [this.stepLayout, bindings] }),
          compute: { module, entryPoint: "main", constants },
        }),
      );
      await invalid;
      return pipeline;
    } catch (cause) {
      await invalid;
      const { notCompiled } = await import("./problems.js");
      throw Object.assign(new DeviceError(await notCompiled(label, module, code, cause)), { cause });
    }
  }

  /** A grid of n workgroups over x and y, where one axis isn't long enough. */
  #fold(workgroups: number): [number, number] {
    const limit = this.#device.limits.maxComputeWorkgroupsPerDimension;
    const y = Math.ceil(workgroups / limit);
    return [Math.ceil(workgroups / y), y];
  }
}

/** GPUShaderStage.COMPUTE, whose global Node doesn't have. */
const GPU_COMPUTE_STAGE = 4;
