import type { Launch, Plan } from "../../compile/plan.js";
import { emptyStep, type StepTable } from "../../compile/steps.js";
import { type DType, type Values, view } from "../../core/dtype.js";
import { ArgumentError, DeviceError } from "../../core/errors.js";
import { type Shape, sizeOf } from "../../core/shape.js";
import { Turns } from "../../core/tasks.js";
import type { Backend, DeviceBuffer, Program } from "../backend.js";
import { GUARD_BYTES, GUARD_WORD, POISON_WORD } from "../guards.js";
import type { BackendOptions } from "../options.js";
import { kernels } from "./kernels.js";

export { kernels };

interface CpuBuffer extends DeviceBuffer {
  readonly values: Values;
}

/**
 * The reference backend: runs a plan launch by launch in plain TypeScript. Everything is exact enough to hold the
 * others against (sums are float64), and nothing is allocated in a step.
 */
export class CpuBackend implements Backend {
  readonly backend = "cpu";
  readonly fused = false;
  readonly maxBufferBytes: number;
  readonly #guards: boolean;
  readonly #buffers = new Set<CpuBuffer>();
  readonly #turns = new Turns();
  #disposed = false;

  constructor(
    readonly description: string,
    { guards = false, maxBufferBytes = Number.POSITIVE_INFINITY }: BackendOptions = {},
  ) {
    this.#guards = guards;
    this.maxBufferBytes = maxBufferBytes;
  }

  create(label: string, dtype: DType, length: number, values?: Values): CpuBuffer {
    this.#checkAlive();
    const margin = this.#guards ? GUARD_BYTES : 0;
    let bytes: ArrayBuffer;
    try {
      if (length * 4 > this.maxBufferBytes) throw new RangeError(`at most ${this.maxBufferBytes} bytes were allowed`);
      bytes = new ArrayBuffer(length * 4 + 2 * margin);
    } catch (cause) {
      const mebibytes = Math.ceil((length * 4) / 2 ** 20);
      throw Object.assign(
        new DeviceError(`${label}: ${mebibytes} MiB of memory can't be had. Use fewer rows or smaller layers.`),
        { cause },
      );
    }
    const buffer = { label, dtype, length, values: view(dtype, bytes, margin, length) };
    if (margin) {
      new Uint32Array(bytes).fill(GUARD_WORD);
      buffer.values.fill(0);
    }
    if (values) buffer.values.set(values);
    this.#buffers.add(buffer);
    return buffer;
  }

  write(buffer: DeviceBuffer, values: Values, start = 0): void {
    this.#own(buffer).values.set(values, start);
  }

  copy(pairs: readonly (readonly [DeviceBuffer, DeviceBuffer])[]): void {
    for (const [from, to] of pairs) this.#own(to).values.set(this.#own(from).values);
  }

  async read(buffers: readonly DeviceBuffer[]): Promise<Values[]> {
    this.#checkAlive();
    return buffers.map((buffer) => this.#own(buffer).values.slice());
  }

  destroy(buffers: readonly DeviceBuffer[]): void {
    for (const buffer of buffers) this.#buffers.delete(buffer as CpuBuffer);
  }

  async load(plan: Plan, variables: ReadonlyMap<string, DeviceBuffer>): Promise<Program> {
    this.#checkAlive();
    const owned: CpuBuffer[] = [];
    const memory = plan.buffers.map((planned) => {
      if (planned.kind === "variable") {
        const buffer = variables.get(planned.name);
        if (!buffer) throw new ArgumentError(`${plan.label}: no memory was given for the variable ${planned.name}.`);
        return this.#own(buffer).values;
      }
      const values = planned.kind === "constant" ? planned.values : undefined;
      const buffer = this.create(planned.name, planned.dtype, planned.length, values);
      owned.push(buffer);
      if (this.#guards && planned.kind === "scratch") {
        new Uint32Array(buffer.values.buffer, buffer.values.byteOffset, buffer.length).fill(POISON_WORD);
      }
      return buffer.values;
    });
    const calls = plan.launches.map((launch) => bind(launch, memory));
    const step = emptyStep();
    const turns = this.#turns;
    return {
      async run(steps: StepTable) {
        for (let i = 0; i < steps.count; i++) {
          steps.get(i, step);
          for (const call of calls) {
            call(step);
            if (turns.isDue(0)) await turns.give();
          }
        }
      },
      async profile(steps: StepTable, repeats: number) {
        const times = new Float64Array(calls.length);
        for (let i = 0; i < steps.count; i++) {
          steps.get(i, step);
          calls.forEach((call, launch) => {
            const started = performance.now();
            for (let repeat = 0; repeat < repeats; repeat++) call(step);
            times[launch] += (performance.now() - started) / (steps.count * repeats);
          });
        }
        return times;
      },
      dispose: () => this.destroy(owned),
    };
  }

  async checkGuards(): Promise<void> {
    for (const { label, values } of this.#buffers) {
      const words = new Uint32Array(values.buffer);
      const margin = this.#guards ? GUARD_BYTES / 4 : 0;
      const intact = (start: number) => words.subarray(start, start + margin).every((word) => word === GUARD_WORD);
      if (!intact(0) || !intact(margin + values.length)) throw new Error(`A kernel wrote outside the buffer ${label}.`);
    }
  }

  dispose(): void {
    this.#disposed = true;
    this.#buffers.clear();
  }

  #checkAlive(): void {
    if (this.#disposed) throw new ArgumentError("This device was disposed. Open another with openDevice().");
  }

  #own(buffer: DeviceBuffer): CpuBuffer {
    if (!this.#buffers.has(buffer as CpuBuffer)) {
      throw new ArgumentError(`The buffer ${buffer.label} is not this backend's, or was freed.`);
    }
    return buffer as CpuBuffer;
  }
}

/** The kernel of a launch over arrays that view exactly its tensors. */
function bind(launch: Launch, memory: readonly Values[]) {
  const kernel = kernels[launch.op];
  if (!kernel) throw new ArgumentError(`${launch.label}: the CPU backend has no kernel for "${launch.op}".`);
  const arrays = launch.inputs.map(({ buffer, shape }) => exact(memory[buffer], shape));
  const output = launch.output ? exact(memory[launch.output.buffer], launch.output.shape) : arrays[launch.writes[0]];
  return kernel(launch, arrays, output);
}

const exact = (values: Values, shape: Shape) => values.subarray(0, sizeOf(shape)) as Values;
