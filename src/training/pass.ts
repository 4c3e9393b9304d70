import { compile } from "../compile/compile.js";
import { STEP_BYTES, type StepTable } from "../compile/steps.js";
import type { Values } from "../core/dtype.js";
import { sizeOf } from "../core/shape.js";
import type { Dataset } from "../data/dataset.js";
import type { Tensor } from "../graph/tensor.js";
import { type DeviceMemory, LoadedGraph, type Output } from "./device-memory.js";
import { Steps } from "./epochs.js";
import type { DataShapes, Recipe } from "./graphs.js";
import { metricOf } from "./metrics.js";
import { checkCount } from "./options.js";
import { rightOutputs, weigh } from "./targets.js";

/** A data set on the host, and the shapes of a graph that has all of it on the device. */
export interface Source {
  shapes: DataShapes;
  /** Contents of the variables that have a row for each row of the data: features, targets, classes. */
  data: Readonly<Record<string, Values>>;
  /** Rows by their places, where every run takes the same. */
  order?: Uint32Array<ArrayBuffer>;
  /** Nobody chose the batch: it may become smaller, to fit. */
  anyBatch?: boolean;
}

/** A graph whose steps pass over a data set. */
export interface PassGraph {
  label: string;
  /** The graph for data of these shapes. */
  trace(shapes: DataShapes): Tensor[];
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

/** What the steps of a run recorded, read back from the device: [steps, slots, (value, non-finite flag)]. */
export class StepResults {
  constructor(
    private readonly words: ArrayLike<number>,
    private readonly slots: number,
  ) {}

  value(step: number, slot: number): number {
    return this.words[(step * this.slots + slot) * 2];
  }

  isFinite(step: number): boolean {
    for (let slot = 0; slot < this.slots; slot++) {
      if (this.words[(step * this.slots + slot) * 2 + 1] !== 0) return false;
    }
    return true;
  }

  /** Slots of a step whose value is above 0. */
  positiveSlots(step: number): number[] {
    return Array.from({ length: this.slots }, (_, slot) => slot).filter((slot) => this.value(step, slot) > 0);
  }
}

/** A data set as its loss wants it, for steps of some rows and runs of some epochs. */
export function encode(recipe: Recipe, data: Dataset, batchSize: number, epochs = 1): Source {
  const targets = recipe.loss.encode(data, sizeOf(recipe.model.output));
  const batch = Math.min(checkCount("batchSize", batchSize), data.rows);
  const dtype = targets.values instanceof Float32Array ? "f32" : "u32";
  const needsClasses = recipe.metrics.some((metric) => metricOf(metric).needsClasses);
  const classes = targets.oneOfSeveral && needsClasses && rightOutputs(targets);
  const { weights, lossScale } = weigh(data, targets);
  return {
    shapes: {
      rows: data.rows,
      sample: recipe.model.input,
      targets: { shape: targets.shape.slice(1), dtype },
      classes: Boolean(classes),
      weights: Boolean(weights),
      lossScale,
      order: data.rows * epochs,
      batch,
      steps: new Steps(data.rows, batch).count * epochs,
    },
    data: {
      features: data.features,
      targets: targets.values,
      ...(weights && { weights }),
      ...(classes && { classes }),
    },
  };
}

/** @throws DeviceError when not even one batch fits the device */
export async function loadPass(memory: DeviceMemory, graph: PassGraph, source: Source): Promise<Pass> {
  const { shapes, data, order } = source;
  const { maxBufferBytes } = memory.device;
  const plan = compile(graph.label, graph.trace(shapes), memory.device);
  const bytes = [shapes.steps * STEP_BYTES, ...plan.buffers.map(({ length }) => length * 4)];
  if (Math.max(...bytes) > maxBufferBytes) {
    const { loadWindows } = await import("./windows.js"); // most data fit
    return loadWindows(memory, graph, source, plan);
  }
  const loaded = await LoadedGraph.load(plan, memory, { ...data, ...(order && { order }) }, shapes.steps);
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
    private readonly data: Source["data"],
  ) {}

  refresh(name: string): Promise<void> {
    return this.graph.rewrite(name, this.data[name]);
  }

  async run(steps: Steps, order?: Uint32Array<ArrayBuffer>): Promise<Output> {
    const { graph, table } = await this.begin(steps, order);
    await graph.program.run(table);
    return graph.buffer(this.output);
  }

  async begin(steps: Steps, order?: Uint32Array<ArrayBuffer>) {
    const { memory, graph } = this;
    if (order) memory.device.write(graph.buffer("order"), order);
    if (steps !== this.#steps) this.#table = steps.table();
    this.#steps = steps;
    return { graph, table: this.#table! };
  }

  dispose(): void {
    this.graph.dispose();
  }
}
