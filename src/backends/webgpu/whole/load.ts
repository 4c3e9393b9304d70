import type { Plan } from "../../../compile/plan.js";
import { STEP_BYTES } from "../../../compile/steps.js";
import { workOf } from "../../../compile/work.js";
import type { KernelText } from "../../backend.js";
import type { GpuBuffer, WebgpuBackend } from "../backend.js";
import { COMPUTE_STAGE, COPY_DST, COPY_SRC, STORAGE, UNIFORM } from "../flags.js";
import type { WholePlan } from "../program.js";
import { kernelsOf, RANGE_BINDING, reductionWords, TABLE_BINDING, wholeModule } from "./module.js";
import { placesOf, WholeMemory } from "./places.js";

/*
 * A small plan as one dispatch of many steps: a workgroup runs all its launches with barriers between them, where launches
 * of their own wait for each other some microseconds each. One workgroup to a model, since no barrier goes beyond.
 */

/** Invocations of a workgroup, or as many as the device has. */
const WORKGROUP_SIZE = 256;
/** Steps of a dispatch. */
const STEPS_PER_DISPATCH = 32;
/** Multiply-adds of a launch that take a workgroup about as long as a dispatch costs. */
const SMALL_LAUNCH_WORK = 50_000;
/** Bytes that are copied in and out with each run. */
const MOST_COPIED = 2 ** 24;
const RANGE_STRIDE = 256;

/** A program's plan, with its memory, to be run whole. */
export interface WholeGiven {
  backend: WebgpuBackend;
  /** `always` takes any plan that can be run whole, not only those that gain by it. */
  wanted: "auto" | "always";
  plan: Plan;
  /** Of the plan's buffers. */
  memory: readonly GpuBuffer[];
  replicas: number;
  /** Of each buffer: the elements that each model has of its own, if they don't share it. */
  lengths: readonly (number | undefined)[];
  maxSteps: number;
}

/** Loads a plan to be run whole; undefined where it can't be, or nothing is to be gained by it. */
export async function loadWhole(given: WholeGiven): Promise<WholePlan | undefined> {
  const { backend, plan, replicas, lengths, wanted } = given;
  const { limits } = backend.device;
  const always = wanted === "always";
  const isSmall = workOf(plan) <= SMALL_LAUNCH_WORK * plan.launches.length;
  if (!always && (!isSmall || backend.adapter.software)) return undefined;
  const workgroupSize = Math.min(WORKGROUP_SIZE, limits.maxComputeInvocationsPerWorkgroup);
  const copies = plan.buffers.map((_, i) => (lengths[i] === undefined ? 1 : replicas));
  const room = { bindings: limits.maxStorageBuffersPerShaderStage - 2, workgroupWords: 0 };
  const outside = new WholeMemory(plan, copies, placesOf(plan, copies, room));
  const kernels = await kernelsOf(plan, outside);
  if (!kernels) return undefined;
  room.workgroupWords = limits.maxComputeWorkgroupStorageSize / 4 - reductionWords(kernels);
  const memory = new WholeMemory(plan, copies, placesOf(plan, copies, room));
  const bytes = memory.places.arenaWords * 4;
  if (bytes > limits.maxStorageBufferBindingSize || (!always && bytes > MOST_COPIED)) return undefined;
  const wgsl = wholeModule((await kernelsOf(plan, memory))!, memory, { replicas, workgroupSize });
  return LoadedPlan.load(given, memory, wgsl).catch((refused) => {
    if (always) throw refused;
    return undefined; // its launches run as they are
  });
}

/** A plan whose module is compiled, with the memory that is its own. */
class LoadedPlan implements WholePlan {
  private constructor(
    private readonly given: WholeGiven,
    private readonly memory: WholeMemory,
    private readonly wgsl: string,
    private readonly pipeline: GPUComputePipeline,
    private readonly group: GPUBindGroup,
    private readonly own: { ranges: GPUBuffer; table: GPUBuffer; arena?: GPUBuffer },
  ) {}

  static async load(given: WholeGiven, memory: WholeMemory, wgsl: string): Promise<LoadedPlan> {
    const { plan, replicas, maxSteps } = given;
    const { device, pipelines } = given.backend;
    const { bound, arenaWords } = memory.places;
    const label = `${plan.label}: whole`;
    const types: GPUBufferBindingLayout[] = [];
    types[RANGE_BINDING] = { type: "uniform", hasDynamicOffset: true };
    types[TABLE_BINDING] = { type: "read-only-storage" };
    types.push(...bound.map(() => ({ type: "read-only-storage" as const })));
    if (arenaWords > 0) types.push({ type: "storage" });
    const layout = device.createBindGroupLayout({
      label,
      entries: types.map((buffer, binding) => ({ binding, visibility: COMPUTE_STAGE, buffer })),
    });
    const pipeline = await pipelines.compile(label, wgsl, [layout]);
    const create = (size: number, usage: number) => device.createBuffer({ label, size, usage });
    const ranges = create(Math.ceil(maxSteps / STEPS_PER_DISPATCH) * RANGE_STRIDE, UNIFORM | COPY_DST);
    const table = create(maxSteps * replicas * STEP_BYTES, STORAGE | COPY_DST);
    const arena = arenaWords > 0 ? create(arenaWords * 4, STORAGE | COPY_SRC | COPY_DST) : undefined;
    const resources: GPUBufferBinding[] = [];
    resources[RANGE_BINDING] = { buffer: ranges, size: 8 };
    resources[TABLE_BINDING] = { buffer: table };
    for (const i of bound) {
      resources.push(partOf(given, i));
    }
    if (arena) resources.push({ buffer: arena });
    const entries = resources.map((resource, binding) => ({ binding, resource }));
    const group = device.createBindGroup({ label, layout, entries });
    return new LoadedPlan(given, memory, wgsl, pipeline, group, { ranges, table, arena });
  }

  readonly stepsPerDispatch = STEPS_PER_DISPATCH;

  get used(): readonly GPUBuffer[] {
    return Object.values(this.own).filter((buffer) => buffer !== undefined);
  }

  get kernel(): KernelText {
    const { plan, replicas } = this.given;
    return { label: plan.label, wgsl: this.wgsl, constants: {}, workgroups: [replicas, 1] };
  }

  write(records: ArrayBuffer, count: number): void {
    const { ranges, table } = this.own;
    const words = RANGE_STRIDE / 4;
    const bounds = new Uint32Array(Math.ceil(count / STEPS_PER_DISPATCH) * words);
    for (let first = 0, at = 0; first < count; first += STEPS_PER_DISPATCH, at += words) {
      bounds.set([first, Math.min(first + STEPS_PER_DISPATCH, count)], at);
    }
    const { commands } = this.given.backend;
    commands.write(table, 0, records);
    commands.write(ranges, 0, bounds);
  }

  copy(direction: "in" | "out"): void {
    const { backend, plan } = this.given;
    const { of, written } = this.memory.places;
    const { arena } = this.own;
    if (!arena) return;
    const moved = plan.buffers.flatMap(({ kind }, i) => {
      const place = of[i];
      const home = place.in === "arena" ? place.offset : place.in === "workgroup" ? place.home : undefined;
      if (home === undefined || kind === "scratch" || (direction === "out" && !written.has(i))) return [];
      return [{ ...partOf(this.given, i), home: home * 4 }];
    });
    backend.commands.add([arena, ...moved.map(({ buffer }) => buffer)], (encoder) => {
      for (const { buffer, offset, home, size } of moved) {
        if (direction === "in") encoder.copyBufferToBuffer(buffer, offset, arena, home, size);
        else encoder.copyBufferToBuffer(arena, home, buffer, offset, size);
      }
    });
  }

  record(pass: GPUComputePassEncoder, first: number, last: number): void {
    pass.setPipeline(this.pipeline);
    for (let step = first; step < last; step += STEPS_PER_DISPATCH) {
      pass.setBindGroup(0, this.group, [(step / STEPS_PER_DISPATCH) * RANGE_STRIDE]);
      pass.dispatchWorkgroups(this.given.replicas);
    }
  }

  dispose(): void {
    for (const buffer of this.used) this.given.backend.commands.destroy(buffer);
  }
}

/** The elements of a buffer, of all models together: what lies between its guards. */
function partOf({ plan, memory, lengths, replicas }: WholeGiven, i: number) {
  const { gpu, length } = memory[i];
  const size = 4 * plan.buffers[i].length * (lengths[i] === undefined ? 1 : replicas);
  return { buffer: gpu, offset: (gpu.size - 4 * length) / 2, size };
}
