import { bindingsOf } from "../../compile/memory.js";
import type { Launch } from "../../compile/plan.js";
import { DeviceError } from "../../core/errors.js";
import type { WaitForGpu } from "../platform.js";
import { COMPUTE_STAGE } from "./flags.js";
import { boundMemory, entryPoint, moduleOf, type ReplicaLengths, workgroupsOf } from "./glue.js";
import { sourceOf } from "./launch-source.js";
import type { ChooseMatmul } from "./matmul-kernels.js";

/** A compiled kernel: what is dispatched, what is bound, and how often. */
export interface Pipeline {
  pipeline: GPUComputePipeline;
  bindings: GPUBindGroupLayout;
  workgroups: readonly [x: number, y: number];
  /** The module that runs. */
  wgsl: string;
  /** Values of its `override` constants. */
  constants: Readonly<Record<string, number>>;
}

/**
 * Compiles kernels, each distinct one once per device. Group 0 holds the step's record at a dynamic offset, group 1 the
 * launch's tensors.
 */
export class Pipelines {
  readonly stepLayout: GPUBindGroupLayout;
  readonly #layouts = new Map<string, GPUBindGroupLayout>();
  readonly #compiled = new Map<string, Promise<GPUComputePipeline>>();
  /** Of the launches of plans that are kept, with the device's own kernels of products. */
  readonly #ofLaunch = new WeakMap<Launch, Promise<Pipeline>>();

  /** @param choose - how a matrix product is made */
  constructor(
    private readonly device: GPUDevice,
    private readonly choose: ChooseMatmul,
    private readonly waitForGpu: WaitForGpu,
  ) {
    this.stepLayout = device.createBindGroupLayout({
      label: "step",
      entries: [{ binding: 0, visibility: COMPUTE_STAGE, buffer: { type: "uniform", hasDynamicOffset: true } }],
    });
  }

  /** @throws DeviceError with WGSL line and message when the driver refuses the kernel */
  get(launch: Launch, together?: ReplicaLengths, choose = this.choose): Promise<Pipeline> {
    if (together || choose !== this.choose) return this.#make(launch, choose, together);
    const made = this.#ofLaunch.get(launch) ?? this.#make(launch, choose);
    this.#ofLaunch.set(launch, made);
    return made;
  }

  async #make(launch: Launch, choose: ChooseMatmul, together?: ReplicaLengths): Promise<Pipeline> {
    const { parts, constants: own, entry, extensions } = await sourceOf(launch, choose, boundMemory(together));
    const main = entryPoint(entry, together);
    const wgsl = moduleOf([...parts, main.part], { extensions, replicas: together?.replicas });
    const constants = { ...own, ...main.constants };
    const bindings = this.#layout(launch);
    const key = JSON.stringify([wgsl, constants]);
    let compiled = this.#compiled.get(key);
    if (!compiled) {
      compiled = this.compile(launch.label, wgsl, [this.stepLayout, bindings], constants);
      this.#compiled.set(key, compiled);
    }
    return { pipeline: await compiled, bindings, workgroups: this.#fold(workgroupsOf(entry)), wgsl, constants };
  }

  #layout(launch: Launch): GPUBindGroupLayout {
    const types = bindingsOf(launch).map(({ written }) => (written ? "storage" : "read-only-storage"));
    const key = types.join();
    let layout = this.#layouts.get(key);
    if (!layout) {
      layout = this.device.createBindGroupLayout({
        label: key,
        entries: types.map((type, binding) => ({ binding, visibility: COMPUTE_STAGE, buffer: { type } })),
      });
      this.#layouts.set(key, layout);
    }
    return layout;
  }

  /** @throws DeviceError with WGSL line and message when the driver refuses the kernel */
  async compile(
    label: string,
    code: string,
    bindGroupLayouts: GPUBindGroupLayout[],
    constants: Readonly<Record<string, number>> = {},
  ): Promise<GPUComputePipeline> {
    const { device } = this;
    device.pushErrorScope("validation");
    const module = device.createShaderModule({ label, code });
    const invalid = device.popErrorScope();
    try {
      const pipeline = await this.waitForGpu(
        device.createComputePipelineAsync({
          label,
          layout: device.createPipelineLayout({ label, bindGroupLayouts }),
          compute: { module, entryPoint: "main", constants },
        }),
      );
      await invalid;
      return pipeline;
    } catch (cause) {
      await invalid;
      const { refusal } = await import("./refusal.js"); // no kernel of ours is refused
      throw Object.assign(new DeviceError(await refusal(label, module, code, cause)), { cause });
    }
  }

  /** A grid of n workgroups over x and y, where one axis isn't long enough. */
  #fold(workgroups: number): [number, number] {
    const limit = this.device.limits.maxComputeWorkgroupsPerDimension;
    const y = Math.ceil(workgroups / limit);
    return [Math.ceil(workgroups / y), y];
  }
}
