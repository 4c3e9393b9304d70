import type { Launch, Plan } from "../../compile/plan.js";
import { emptyStep, readStep } from "../../compile/read-step.js";
import type { StepTable } from "../../compile/steps.js";
import { type DType, type Values, view } from "../../core/dtype.js";
import { ArgumentError, DeviceError } from "../../core/errors.js";
import { type Shape, sizeOf } from "../../core/shape.js";
import { Turns } from "../../core/turns.js";
import type { Backend, DeviceBuffer, Program, Replicas } from "../backend.js";
import { BufferOwner, isShared, type Part } from "../buffers.js";
import { reasonFor } from "../on-cpu.js";
import type { DeviceOptions } from "../options.js";
import { kernels } from "./kernels.js";
import { checkBuffer, checkRoom } from "./room.js";

export { kernels };

interface CpuBuffer extends DeviceBuffer {
  readonly values: Values;
}

/**
 * The reference backend: runs a plan launch by launch in plain TypeScript. Everything is exact enough to hold the
 * others against (sums are float64), and nothing is allocated in a step.
 */
export class CpuBackend extends BufferOwner<CpuBuffer> implements Backend {
  readonly backend = "cpu";
  readonly fused = false;
  readonly #turns = new Turns();
  /** Bytes of its buffers. */
  #held = 0;

  readonly description: string;

  /** @throws ArgumentError when it was asked for with half precision */
  constructor(why: string, options: DeviceOptions = {}) {
    super(options);
    this.description = reasonFor(why, options);
  }

  async load(
    plan: Plan,
    variables: ReadonlyMap<string, DeviceBuffer>,
    _maxSteps?: number,
    together?: Replicas,
  ): Promise<Program> {
    this.checkAlive();
    checkRoom(plan, together?.replicas ?? 1);
    const { memory, owned } = this.allocatePlan(plan, variables, together);
    const replicas = Array.from({ length: together?.replicas ?? 1 }, (_, replica) => {
      const arrays = plan.buffers.map((planned, i) => {
        const start = together && !isShared(planned, together) ? replica * planned.length : 0;
        return memory[i].values.subarray(start, start + planned.length) as Values;
      });
      return (together?.plans?.[replica] ?? plan).launches.map((launch) => bind(launch, arrays));
    });
    const step = emptyStep();
    const turns = this.#turns;
    return {
      async run(steps: StepTable) {
        for (let i = 0; i < steps.count; i++) {
          for (const [replica, calls] of replicas.entries()) {
            readStep(steps, i, step, replica);
            for (const call of step.idle ? [] : calls) {
              call(step);
              if (turns.isDue(0)) await turns.give();
            }
          }
        }
      },
      async profile(steps: StepTable, repeats: number) {
        const times = new Float64Array(plan.launches.length);
        for (let i = 0; i < steps.count; i++) {
          for (const [replica, calls] of replicas.entries()) {
            readStep(steps, i, step, replica);
            calls.forEach((call, launch) => {
              const started = performance.now();
              for (let repeat = 0; repeat < repeats; repeat++) call(step);
              times[launch] += (performance.now() - started) / (steps.count * repeats);
            });
          }
        }
        return times;
      },
      dispose: () => this.destroy(owned),
    };
  }

  dispose(): void {
    this.end();
  }

  protected allocate(label: string, dtype: DType, length: number): CpuBuffer {
    checkBuffer(label, length * 4, this.#held);
    try {
      const bytes = new ArrayBuffer(length * 4 + 2 * this.margin);
      this.#held += length * 4;
      return { label, dtype, length, values: view(dtype, bytes, this.margin, length) };
    } catch (cause) {
      const mebibytes = Math.ceil((length * 4) / 2 ** 20);
      throw Object.assign(
        new DeviceError(`${label}: ${mebibytes} MiB of memory can't be had. Use fewer rows or smaller layers.`),
        { cause },
      );
    }
  }

  protected release({ length }: CpuBuffer): void {
    this.#held -= length * 4; // the garbage collector frees it
  }

  protected writeWords(buffer: CpuBuffer, values: Values, start: number): void {
    wordsOf({ buffer, start, length: values.length }).set(
      new Uint32Array(values.buffer, values.byteOffset, values.length),
    );
  }

  protected copyWords(from: Part<CpuBuffer>, to: Part<CpuBuffer>): void {
    wordsOf(to).set(wordsOf(from));
  }

  protected async readWords(parts: readonly Part<CpuBuffer>[]): Promise<Uint32Array<ArrayBuffer>[]> {
    return parts.map((part) => wordsOf(part).slice());
  }
}

const wordsOf = ({ buffer: { values }, start, length }: Part<CpuBuffer>) =>
  new Uint32Array(values.buffer, values.byteOffset + 4 * start, length);

/** The kernel of a launch over arrays that view exactly its tensors. */
function bind(launch: Launch, memory: readonly Values[]) {
  const kernel = kernels[launch.op];
  if (!kernel) throw new ArgumentError(`${launch.label}: the CPU backend has no kernel for "${launch.op}".`);
  const arrays = launch.inputs.map(({ buffer, shape }) => exact(memory[buffer], shape));
  const output = launch.output ? exact(memory[launch.output.buffer], launch.output.shape) : arrays[launch.writes[0]];
  return kernel(launch, arrays, output);
}

const exact = (values: Values, shape: Shape) => values.subarray(0, sizeOf(shape)) as Values;
