import type { Backend, DeviceBuffer, Program } from "../backends/backend.js";
import { planFor } from "../compile/kept-plans.js";
import type { Plan, PlannedBuffer } from "../compile/plan.js";
import { STEP_BYTES, type StepTable } from "../compile/steps.js";
import type { Values } from "../core/dtype.js";
import { nextTask } from "../core/tasks.js";
import type { Tensor } from "../graph/tensor.js";
import type { DataShapes } from "./data-shapes.js";
import type { DeviceMemory, Output } from "./device-memory.js";
import type { EncodedDataset } from "./encode.js";
import type { Steps } from "./epochs.js";

/** A graph whose steps pass over a data set. */
export interface PassGraph {
  label: string;
  /** The graph for data of these shapes. */
  trace(shapes: DataShapes): readonly Tensor[];
  /** The plan of the graph for the source's shapes, where it was made already. */
  plan?: Plan;
  /** The variable that steps leave their results in, in their order: "results" where absent. */
  output?: string;
}

/** A graph and its data, ready to run: whole on the device or, where they don't fit, in windows. The bits are the same. */
export interface Pass {
  /** Rows of a step. */
  readonly batch: number;
  /**
   * Hands steps to the device.
   *
   * @param order - rows by their places; those of the source where absent
   * @returns what the steps left, once little of the work is left
   */
  run(steps: Steps, order?: Uint32Array<ArrayBuffer>): Promise<Output>;
  /** Takes the source's numbers of that name anew, which have changed since. */
  refresh(name: string): Promise<void>;
  /** Writes what the first steps need, as many as the device has room for, to be run by themselves. */
  begin(steps: Steps, order?: Uint32Array<ArrayBuffer>): Promise<{ graph: LoadedGraph; table: StepTable }>;
  dispose(): void;
}

/** Names of data that stay as they are once they are loaded. */
const fixedNames = ({ data, changing = [] }: EncodedDataset) =>
  Object.keys(data).filter((name) => !changing.includes(name));

/** @throws DeviceError when not even one batch fits the device */
export async function loadPass(memory: DeviceMemory, graph: PassGraph, source: EncodedDataset): Promise<Pass> {
  const { shapes, data, order } = source;
  const { device } = memory;
  const fixed = fixedNames(source);
  const plan = graph.plan ?? (await planFor(memory.device, graph.label, graph.trace(shapes)));
  // Variables that models share take the room of one.
  const mostOf = ({ kind, name }: PlannedBuffer) =>
    (kind === "constant" || fixed.includes(name) ? (device.whole ?? device) : device).maxBufferBytes;
  if (
    shapes.steps * STEP_BYTES > device.maxBufferBytes ||
    plan.buffers.some((buffer) => buffer.length * 4 > mostOf(buffer))
  ) {
    const { loadWindows } = await import("./windows.js"); // most data fit
    return loadWindows(memory, graph, source, plan);
  }
  const loaded = await LoadedGraph.load(plan, memory, { ...data, ...(order && { order }) }, shapes.steps, fixed);
  return new WholePass(memory, loaded, graph.output, shapes.batch, data);
}

/** The data stay on the device; a run writes its order and its steps, and nothing where they are those of the last. */
class WholePass implements Pass {
  #steps?: Steps;
  #table?: StepTable;

  constructor(
    private readonly memory: DeviceMemory,
    private readonly graph: LoadedGraph,
    private readonly output = "results",
    readonly batch: number,
    private readonly data: EncodedDataset["data"],
  ) {}

  refresh(name: string): Promise<void> {
    return this.graph.rewrite(name, this.data[name]);
  }

  async run(steps: Steps, order?: Uint32Array<ArrayBuffer>): Promise<Output> {
    const { graph, table } = await this.begin(steps, order);
    await graph.program.run(table);
    return graph.buffers.get(this.output)!;
  }

  async begin(steps: Steps, order?: Uint32Array<ArrayBuffer>) {
    const { memory, graph } = this;
    if (order) memory.device.write(graph.buffers.get("order")!, order);
    if (steps !== this.#steps) this.#table = steps.table();
    this.#steps = steps;
    return { graph, table: this.#table! };
  }

  dispose(): void {
    this.graph.dispose();
  }
}

/** A compiled graph with the memory that is its own: data, order, results. */
export class LoadedGraph {
  private constructor(
    private readonly device: Backend,
    /** Variables of its own, by name. */
    readonly buffers: ReadonlyMap<string, DeviceBuffer>,
    readonly plan: Plan,
    readonly program: Program,
  ) {}

  /**
   * Creates the variables that a plan needs beside parameters and state, and makes it ready.
   *
   * @param contents - of its own variables, by name; the others begin with zeros
   * @param fixed - names of those whose contents stay as they are
   */
  static async load(
    plan: Plan,
    memory: Pick<DeviceMemory, "device" | "variables">,
    contents: Readonly<Record<string, Values>>,
    maxSteps: number,
    fixed: readonly string[] = [],
  ): Promise<LoadedGraph> {
    const { device, variables } = memory;
    const own = new Map<string, DeviceBuffer>();
    try {
      for (const { kind, name, dtype, length } of plan.buffers) {
        if (kind !== "variable" || variables.has(name)) continue;
        const isShared = device.share && fixed.includes(name);
        own.set(name, isShared ? await device.share!(name, dtype, contents[name]) : device.create(name, dtype, length));
      }
      for (const [name, values] of Object.entries(contents)) {
        if (!device.share || !fixed.includes(name)) await upload(device, own.get(name), values);
      }
      return new LoadedGraph(device, own, plan, await device.load(plan, new Map([...variables, ...own]), maxSteps));
    } catch (error) {
      device.destroy([...own.values()]);
      throw error;
    }
  }

  /** Other contents for a variable of its own. */
  rewrite(name: string, values: Values): Promise<void> {
    return upload(this.device, this.buffers.get(name), values);
  }

  dispose(): void {
    this.program.dispose();
    this.device.destroy([...this.buffers.values()]);
  }
}

/** Large arrays are written so much at a time: a millisecond, and not much more where a browser waits for its GPU process. */
export const UPLOAD_BYTES = 2 ** 20;

/**
 * Fills a buffer, if there is one; other work of the thread gets its turn in between. The first write makes the driver clear
 * all of the buffer: before that is done, a browser holds further ones up, and with them the thread.
 */
export async function upload(device: Backend, buffer: DeviceBuffer | undefined, values: Values): Promise<void> {
  const most = UPLOAD_BYTES / 4;
  for (let start = 0; buffer && start < values.length; start += most) {
    if (start > 0) await nextTask();
    device.write(buffer, values.subarray(start, start + most) as Values, start);
    if (start === 0 && most < values.length) await device.done?.();
  }
}
