import { planFor } from "../compile/kept-plans.js";
import type { Plan } from "../compile/plan.js";
import { STEP_BYTES } from "../compile/steps.js";
import type { Values } from "../core/dtype.js";
import { DeviceError } from "../core/errors.js";
import { nextTask } from "../core/tasks.js";
import type { DeviceMemory } from "./device-memory.js";
import type { EncodedDataset } from "./encode.js";
import type { Steps } from "./epochs.js";
import { LoadedGraph, loadPass, type Pass, type PassGraph, UPLOAD_BYTES } from "./pass.js";

/** So much of the features, or of whatever is largest, lies in a window; there are two. */
const WINDOW_BYTES = 2 ** 25;
/** So many rows are gathered at a time, at most; it takes some milliseconds. */
const UPLOAD_ROWS = 2 ** 16;

/**
 * A pass over data that don't fit the device.
 *
 * @param whole - the plan that has all data on the device
 * @throws DeviceError when not even one batch fits
 */
export async function loadWindows(
  memory: DeviceMemory,
  graph: PassGraph,
  source: EncodedDataset,
  whole: Plan,
): Promise<Pass> {
  const { device } = memory;
  const { output = "results" } = graph;
  const { batch } = source.shapes;
  const planOf = (steps: number) => {
    const shapes = { ...source.shapes, rows: steps * batch, order: steps * batch, steps };
    return planFor(device, graph.label, graph.trace(shapes));
  };
  const one = await planOf(1);
  const { name, length } = largest(one.buffers);
  if (length * 4 > device.maxBufferBytes) {
    if (source.anyBatch && batch > 1) return loadPass(memory, graph, smallerBatch(source));
    throw batchTooLarge(name, batch, length * 4, device.maxBufferBytes);
  }
  const shared = memory.variables;
  const own = one.buffers.filter(({ kind, name }) => kind === "variable" && !shared.has(name));
  const perStep = Math.max(largest(own).length * 4, STEP_BYTES);
  const steps = Math.max(1, Math.floor(Math.min(device.maxBufferBytes, WINDOW_BYTES) / perStep));
  const plan = await planOf(steps);
  // Rows are written in the order in which steps take them.
  const order = Uint32Array.from({ length: steps * batch }, (_, place) => place);
  const windows: LoadedGraph[] = [];
  try {
    for (let i = 0; i < 2; i++) windows.push(await LoadedGraph.load(plan, memory, { order }, steps));
  } catch (error) {
    for (const window of windows) window.dispose();
    throw error;
  }
  const left = whole.buffers.find(({ name }) => name === output)!.length;
  return new WindowedPass({ memory, windows, steps, batch, source, output, length: left });
}

function smallerBatch(source: EncodedDataset): EncodedDataset {
  const { shapes } = source;
  const batch = Math.ceil(shapes.batch / 2);
  return { ...source, shapes: { ...shapes, batch, steps: Math.ceil(shapes.rows / batch) } };
}

const largest = (buffers: Plan["buffers"]) => buffers.reduce((a, b) => (b.length > a.length ? b : a));

/** The parts that a pass in windows is made of. */
interface WindowParts {
  memory: DeviceMemory;
  windows: readonly LoadedGraph[];
  /** Steps of a window. */
  steps: number;
  /** Rows of a step. */
  batch: number;
  source: EncodedDataset;
  /** The variable that steps leave their results in. */
  output: string;
  /** Elements that the steps of the longest run leave. */
  length: number;
}

/**
 * Runs whole batches in windows: while the device works on one, the host gathers the rows of the next, in the order of
 * the run, and writes them to the other.
 *
 * A write takes effect after all that was submitted, and before all that wasn't. The steps of a window are submitted bit
 * by bit while it is at work, so its memory can't be written before the last of them is: hence two windows, each a
 * program with buffers of its own. The one that is written was last used by steps whose results are being read, or were:
 * all of them were submitted. So no step, run or still to run, finds rows that aren't its own.
 */
class WindowedPass implements Pass {
  readonly batch: number;
  /** Inputs that are uploaded window by window, in rows of `size` numbers. */
  readonly #uploads: readonly { name: string; values: Values; part: Values; size: number }[];

  constructor(private readonly made: WindowParts) {
    const { windows, source } = made;
    this.batch = made.batch;
    const isRead = ([name]: [string, Values]) => windows[0].plan.buffers.some((buffer) => buffer.name === name);
    const read = Object.entries(source.data).filter(isRead);
    this.#uploads = read.map(([name, values]) => {
      const size = values.length / source.shapes.rows;
      const most = Math.max(1, Math.min(UPLOAD_ROWS, Math.floor(UPLOAD_BYTES / 4 / size)));
      return { name, values, part: values.slice(0, most * size), size };
    });
  }

  async run(steps: Steps, order = this.made.source.order!): Promise<Values> {
    const { device } = this.made.memory;
    const { length } = this.made.windows[0].buffers.get(this.made.output)!;
    const perStep = length / this.made.steps;
    const left = new Float32Array(this.made.length);
    const bringHome = async (window: LoadedGraph, from: number, to: number) => {
      const [values] = await device.read([window.buffers.get(this.made.output)!]);
      const start = from * perStep;
      left.set(values.subarray(0, Math.min(to * perStep, this.made.length) - start), start);
    };
    let reading: Promise<void> | undefined;
    await this.#fill(this.made.windows[0], steps, 0, order);
    for (let from = 0, place = 0; from < steps.count; from += this.made.steps, place = 1 - place) {
      const to = Math.min(from + this.made.steps, steps.count);
      const window = this.made.windows[place];
      const running = window.program.run(steps.table(from, to));
      await Promise.all([running, reading, this.#fill(this.made.windows[1 - place], steps, to, order)]);
      reading = bringHome(window, from, to);
    }
    await reading;
    return left;
  }

  /** The next windows are filled from the source in any case. */
  async refresh(): Promise<void> {}

  async begin(steps: Steps, order = this.made.source.order!) {
    const [graph] = this.made.windows;
    await this.#fill(graph, steps, 0, order);
    return { graph, table: steps.table(0, Math.min(this.made.steps, steps.count)) };
  }

  dispose(): void {
    for (const window of this.made.windows) window.dispose();
  }

  /** Writes the rows of the window that begins with step `from`, part by part: other work gets its turn in between. */
  async #fill(window: LoadedGraph, steps: Steps, from: number, order: Uint32Array): Promise<void> {
    const rows = order.subarray(steps.place(from), steps.place(Math.min(from + this.made.steps, steps.count)));
    for (const { name, values, part, size } of this.#uploads) {
      const most = part.length / size;
      for (let first = 0; first < rows.length; first += most) {
        const places = rows.subarray(first, first + most);
        gather(values, places, size, part);
        this.made.memory.device.write(
          window.buffers.get(name)!,
          part.subarray(0, places.length * size) as Values,
          first * size,
        );
        await nextTask();
      }
    }
  }
}

function gather(values: Values, rows: Uint32Array, size: number, to: Values): void {
  for (let i = 0; i < rows.length; i++) {
    const from = rows[i] * size;
    // For few numbers, calls cost more than copying does.
    if (size > 16) to.set(values.subarray(from, from + size), i * size);
    else for (let j = 0; j < size; j++) to[i * size + j] = values[from + j];
  }
}

function batchTooLarge(name: string, batch: number, bytes: number, most: number): DeviceError {
  return new DeviceError(
    `${name}: a batch of ${batch} rows takes ${bytes.toLocaleString("en")} bytes, but one buffer of this device holds ` +
      `${most.toLocaleString("en")}. Use a smaller batchSize${batch > 1 ? "" : ", or smaller samples"}.`,
  );
}
