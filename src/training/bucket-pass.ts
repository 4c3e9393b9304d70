import type { Plan } from "../compile/plan.js";
import { FIRST_HYPERPARAMETER, ModelStepTable, STEP_BYTES, type StepTable } from "../compile/steps.js";
import { DeviceError } from "../core/errors.js";
import type { Buckets } from "./buckets.js";
import type { DeviceMemory, Output } from "./device-memory.js";
import type { EncodedDataset } from "./encode.js";
import type { Steps } from "./epochs.js";
import { LoadedGraph, type Pass } from "./pass.js";

/** A training step of some places, and its data. */
export interface BucketProgram {
  plan: Plan;
  source: EncodedDataset;
}

/**
 * Loads programs that take turns in a run: of the same parameters, with an order and results in common.
 *
 * @param output - the variable that steps leave their results in
 * @throws DeviceError when the data don't fit the device whole
 */
export async function loadBuckets(
  memory: DeviceMemory,
  programs: readonly BucketProgram[],
  output = "results",
  buckets: Buckets,
): Promise<Pass> {
  const { device } = memory;
  const graphs: LoadedGraph[] = [];
  const variables = new Map(memory.variables);
  try {
    for (const { plan, source } of programs) {
      const { shapes, data } = source;
      const bytes = Math.max(shapes.steps * STEP_BYTES, ...plan.buffers.map(({ length }) => length * 4));
      if (bytes > device.maxBufferBytes) {
        throw new DeviceError(
          `fit: with buckets all data must lie on the device: a buffer of ${bytes.toLocaleString("en")} bytes is needed, this ` +
            `device's hold ${device.maxBufferBytes.toLocaleString("en")}. Leave buckets out, or take a smaller batchSize.`,
        );
      }
      const graph = await LoadedGraph.load(plan, { device, variables }, data, shapes.steps);
      graphs.push(graph);
      // Data that don't depend on places are there once.
      for (const [name, buffer] of graph.buffers) {
        if (programs.every(({ source }) => source.data[name] === data[name])) variables.set(name, buffer);
      }
    }
  } catch (error) {
    for (const graph of graphs) graph.dispose();
    throw error;
  }
  return new BucketPass(memory, graphs, output, buckets, programs[0].source.shapes.batch);
}

/** Steps of several programs, one after the other in the order of the epoch. */
class BucketPass implements Pass {
  constructor(
    private readonly memory: DeviceMemory,
    private readonly graphs: readonly LoadedGraph[],
    private readonly output: string,
    private readonly buckets: Buckets,
    readonly batch: number,
  ) {}

  /** Rows of sequences don't change. */
  async refresh(): Promise<void> {}

  async run(steps: Steps, order?: Uint32Array<ArrayBuffer>): Promise<Output> {
    for (const { graph, table } of this.#parts(steps, order!)) await graph.program.run(table);
    return this.graphs[0].buffers.get(this.output)!;
  }

  async begin(steps: Steps, order?: Uint32Array<ArrayBuffer>) {
    const [first] = this.#parts(steps, order!);
    return first;
  }

  dispose(): void {
    for (const graph of [...this.graphs].reverse()) graph.dispose();
  }

  /** Steps of the same bucket that follow each other, with the records that they have in the whole. */
  #parts(steps: Steps, order: Uint32Array<ArrayBuffer>) {
    const { graphs, memory } = this;
    memory.device.write(graphs[0].buffers.get("order")!, order);
    const own = this.buckets.bucketsOf(steps, order);
    const all = steps.table();
    const words = new Uint32Array(all.bytes);
    const parts: { graph: LoadedGraph; table: StepTable }[] = [];
    for (let from = 0, to = 0; from < own.length; from = to) {
      while (to < own.length && own[to] === own[from]) to++;
      const table = new ModelStepTable(to - from, all.words - FIRST_HYPERPARAMETER);
      new Uint32Array(table.bytes).set(words.subarray(from * all.words, to * all.words));
      parts.push({ graph: graphs[own[from]], table });
    }
    return parts;
  }
}
