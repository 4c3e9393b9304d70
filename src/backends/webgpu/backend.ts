import { bindingsOf } from "../../compile/memory.js";
import type { Plan } from "../../compile/plan.js";
import { STEP_BYTES } from "../../compile/steps.js";
import { type DType, type Values, wordsOf } from "../../core/dtype.js";
import { DeviceError, DeviceLostError } from "../../core/errors.js";
import { sizeOf } from "../../core/shape.js";
import type { AdapterSummary, Backend, DeviceBuffer, Program, Replicas } from "../backend.js";
import { BufferOwner, isShared, type Part } from "../buffers.js";
import type { BackendOptions } from "../options.js";
import type { WaitForGpu } from "../platform.js";
import { Commands } from "./commands.js";
import { Completion } from "./completion.js";
import { COPY_DST, COPY_SRC, STORAGE, UNIFORM } from "./flags.js";
import { problemOf } from "./matmul.js";
import { type ChooseMatmul, matmulKernelFor, matmulKernels } from "./matmul-kernels.js";
import { Pipelines } from "./pipelines.js";
import { type Dispatch, WebgpuProgram } from "./program.js";
import { Readback } from "./readback.js";
import type { Tuner } from "./tuning.js";

export interface GpuBuffer extends DeviceBuffer {
  readonly gpu: GPUBuffer;
}

/** A device, and the settings of a backend on it. */
export interface WebgpuOptions {
  device: GPUDevice;
  adapter: AdapterSummary;
  description: string;
  options?: BackendOptions;
  /** Asks for another device after this one was lost; `undefined` where there is none. */
  again?: () => Promise<GPUDevice | undefined>;
  /** Chooses the kernels of matrix products; by sizes alone where absent. */
  chooseMatmul?: ChooseMatmul;
  /** Measures kernels of matrix products when a plan is loaded. */
  tuner?: Tuner;
  waitForGpu?: WaitForGpu;
}

/** Runs plans on a GPUDevice: WGSL kernels over storage buffers. */
export class WebgpuBackend extends BufferOwner<GpuBuffer> implements Backend {
  readonly backend = "webgpu";
  readonly fused = true;
  readonly fastest?: Backend["fastest"];
  device!: GPUDevice;
  commands!: Commands;
  completion!: Completion;
  generation = 0;
  pipelines!: Pipelines;
  readonly adapter: AdapterSummary;
  readonly description: string;
  /** Chooses the kernels of matrix products. */
  readonly chooseMatmul: ChooseMatmul;
  readonly #options: BackendOptions;
  readonly #again: WebgpuOptions["again"];
  readonly #tuner: Tuner | undefined;
  readonly #waitForGpu: WaitForGpu;
  #readback!: Readback;
  #reopening?: Promise<void>;
  #stopListening = () => {};

  constructor({
    device,
    adapter,
    description,
    options = {},
    again,
    chooseMatmul = (problem) => matmulKernels[matmulKernelFor(problem)](problem),
    tuner,
    waitForGpu = (work) => work,
  }: WebgpuOptions) {
    super(options, ', or the CPU with backend: "cpu"');
    this.adapter = adapter;
    this.description = description;
    this.chooseMatmul = chooseMatmul;
    this.#options = options;
    this.#again = again;
    if (tuner) this.fastest = (plans) => tuner.fastest(plans, this);
    this.#tuner = tuner;
    this.#waitForGpu = waitForGpu;
    this.#adopt(device);
  }

  #adopt(device: GPUDevice): void {
    const { maxBufferBytes = Number.POSITIVE_INFINITY } = this.#options;
    const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
    this.maxBufferBytes = Math.min(
      maxBufferBytes,
      maxBufferSize - 2 * this.margin,
      maxStorageBufferBindingSize - 2 * this.margin,
    );
    this.device = device;
    this.commands = new Commands(device);
    this.completion = new Completion(device.queue, this.#waitForGpu);
    this.pipelines = new Pipelines(device, this.chooseMatmul, this.#waitForGpu);
    this.#readback = new Readback(device, this.commands, this.completion.of);
    this.forgetBuffers(); // those of a lost device are gone
    this.failure = undefined;
    device.lost.then(({ message, reason }) => this.#lose(device, message || reason));
    this.#listen(device);
  }

  /** Records errors of commands that nobody awaits. Dawn never frees a device that is destroyed with a listener. */
  #listen(device: GPUDevice): void {
    this.#stopListening();
    const note = (event: Event) => {
      const { error } = event as GPUUncapturedErrorEvent;
      if (device === this.device) this.failure ??= new DeviceError(`The GPU refused a command: ${error.message}`);
    };
    device.addEventListener("uncapturederror", note);
    this.#stopListening = () => device.removeEventListener("uncapturederror", note);
  }

  /** Records the loss of a device, once, whichever sign of it comes first. */
  #lose(device: GPUDevice, why: string): void {
    if (this.disposed || device !== this.device || this.failure instanceof DeviceLostError) return;
    this.generation++;
    this.#reopening = undefined;
    this.failure = new DeviceLostError(
      `The GPU device was lost (${why}). Open a new one with openDevice() and go on from the last saved model.`,
    );
  }

  /** Asks for a device once for all callers that wait for it. */
  reopen(): Promise<void> {
    this.#reopening ??= this.#reopen();
    return this.#reopening;
  }

  async #reopen(): Promise<void> {
    const device = await this.#again?.();
    if (device && !this.disposed) return this.#adopt(device);
    device?.destroy();
    this.#reopening = undefined;
    this.checkAlive();
  }

  async done(): Promise<void> {
    this.commands.submit();
    await this.completion.done();
  }

  async load(
    plan: Plan,
    variables: ReadonlyMap<string, DeviceBuffer>,
    maxSteps: number,
    together?: Replicas,
  ): Promise<Program> {
    this.checkAlive();
    const probe = this.completion.probe();
    if (this.#tuner) await probe; // which is about to measure
    await this.#tuner?.tune(plan.launches.filter(({ op }) => op === "matmul").map(problemOf), this);
    const replicas = together?.replicas ?? 1;
    const lengths = plan.buffers.map((each) => (together && !isShared(each, together) ? each.length : undefined));
    const pipelines = await Promise.all(
      plan.launches.map((launch) => this.pipelines.get(launch, together && { replicas, lengths })),
    );
    await probe;
    const { memory, owned } = this.allocatePlan(plan, variables, together);
    const dispatches: Dispatch[] = plan.launches.map((launch, i) => ({
      ...pipelines[i],
      tensors: this.device.createBindGroup({
        label: launch.label,
        layout: pipelines[i].bindings,
        entries: bindingsOf(launch).map(({ argument: { buffer, dtype, shape } }, binding) => ({
          binding,
          // The guard behind the tensor is bound with it, so that a write past the end reaches it.
          resource: {
            buffer: memory[buffer].gpu,
            offset: this.margin,
            size:
              (lengths[buffer] === undefined ? wordsOf(dtype, sizeOf(shape)).length : lengths[buffer] * replicas) * 4 +
              this.margin,
          },
        })),
      }),
    }));
    const table = this.device.createBuffer({
      label: `${plan.label}: steps`,
      size: maxSteps * replicas * STEP_BYTES,
      usage: UNIFORM | COPY_DST,
    });
    const step = this.device.createBindGroup({
      label: `${plan.label}: step`,
      layout: this.pipelines.stepLayout,
      entries: [{ binding: 0, resource: { buffer: table, size: replicas * STEP_BYTES } }],
    });
    const used = [table, ...memory.map(({ gpu }) => gpu)];
    // A program keeps to the device it was loaded on: once that is lost, what it leaves can't be read.
    const { device, commands, completion } = this;
    const owner = { device, commands, completion, checkAlive: () => this.checkAlive() };
    const free = () => this.destroy(owned);
    const { whole: wanted = "never" } = this.#options;
    const whole =
      wanted === "never"
        ? undefined
        : await (await import("./whole/load.js"))
            .loadWhole({ backend: this, wanted, plan, memory, replicas, lengths, maxSteps })
            .catch((error) => {
              free();
              throw error;
            });
    return new WebgpuProgram(owner, plan, dispatches, { table, step, used, replicas }, free, whole);
  }

  dispose(): void {
    if (!this.end()) return;
    this.#stopListening();
    this.device.destroy();
  }

  protected allocate(label: string, dtype: DType, length: number): GpuBuffer {
    const size = length * 4 + 2 * this.margin;
    const gpu = this.device.createBuffer({ label, size, usage: STORAGE | COPY_SRC | COPY_DST });
    return { label, dtype, length, gpu };
  }

  protected release({ gpu }: GpuBuffer): void {
    this.commands.destroy(gpu);
  }

  protected writeWords({ gpu }: GpuBuffer, values: Values, start: number): void {
    this.commands.write(gpu, this.margin + start * 4, values);
  }

  protected copyWords(from: Part<GpuBuffer>, to: Part<GpuBuffer>): void {
    const [source, target] = [from.buffer.gpu, to.buffer.gpu];
    const place = ({ start }: Part<GpuBuffer>) => this.margin + start * 4;
    this.commands.add([source, target], (encoder) =>
      encoder.copyBufferToBuffer(source, place(from), target, place(to), from.length * 4),
    );
  }

  protected async readWords(parts: readonly Part<GpuBuffer>[]): Promise<Uint32Array<ArrayBuffer>[]> {
    const { device } = this;
    const spans = parts.map(({ buffer: { gpu }, start, length }) => ({
      gpu,
      offset: this.margin + start * 4,
      bytes: length * 4,
    }));
    const bytes = await this.#readback.read(spans).catch(async (cause: Error) => {
      await Promise.resolve(); // let the loss be reported first
      this.#lose(device, `reading failed: ${cause.message}`);
      this.checkAlive();
      throw cause; // of a device that was lost and opened again meanwhile
    });
    this.checkAlive();
    let place = 0;
    return parts.map(({ length }) => {
      place += length * 4;
      return new Uint32Array(bytes, place - length * 4, length);
    });
  }
}
