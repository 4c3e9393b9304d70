import { bindingsOf } from "../../compile/memory.js";
import type { Plan } from "../../compile/plan.js";
import { STEP_BYTES } from "../../compile/steps.js";
import { type DType, type Values, view } from "../../core/dtype.js";
import { ArgumentError, DeviceError, DeviceLostError } from "../../core/errors.js";
import { sizeOf } from "../../core/shape.js";
import type { AdapterSummary, Backend, DeviceBuffer, Program } from "../backend.js";
import { GUARD_BYTES, GUARD_WORD, POISON_WORD } from "../guards.js";
import type { BackendOptions } from "../options.js";
import type { WaitForGpu } from "../platform.js";
import { Commands } from "./commands.js";
import { COPY_DST, COPY_SRC, MAP_MODE_READ, MAP_READ, STORAGE, UNIFORM } from "./flags.js";
import { problemOf } from "./matmul.js";
import { type ChooseMatmul, matmulKernelFor, matmulKernels } from "./matmul-kernels.js";
import { Pipelines } from "./pipelines.js";
import { type Dispatch, WebgpuProgram } from "./program.js";
import type { Tuner } from "./tuning.js";

interface GpuBuffer extends DeviceBuffer {
  readonly gpu: GPUBuffer;
}

/** A device and how it is to be used. */
export interface WebgpuOptions {
  device: GPUDevice;
  adapter: AdapterSummary;
  description: string;
  options?: BackendOptions;
  /** Gives another device after this one was lost, or none where there is none any more. */
  again?: () => Promise<GPUDevice | undefined>;
  /** How matrix products are made; by their sizes alone where absent. */
  chooseMatmul?: ChooseMatmul;
  /** Measures products before they are made. */
  tuner?: Tuner;
  waitForGpu?: WaitForGpu;
}

/** Runs plans on a GPUDevice: WGSL kernels over storage buffers. */
export class WebgpuBackend implements Backend {
  readonly backend = "webgpu";
  readonly fused = true;
  maxBufferBytes!: number;
  device!: GPUDevice;
  commands!: Commands;
  generation = 0;
  pipelines!: Pipelines;
  readonly adapter: AdapterSummary;
  readonly description: string;
  /** How this device makes matrix products. */
  readonly chooseMatmul: ChooseMatmul;
  readonly #options: BackendOptions;
  readonly #again: WebgpuOptions["again"];
  readonly #tuner: Tuner | undefined;
  readonly #waitForGpu: WaitForGpu;
  readonly #margin: number;
  readonly #buffers = new Set<GpuBuffer>();
  #staging?: GPUBuffer;
  #failure?: Error;
  #reopening?: Promise<void>;
  #disposed = false;

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
    this.adapter = adapter;
    this.description = description;
    this.chooseMatmul = chooseMatmul;
    this.#options = options;
    this.#again = again;
    this.#tuner = tuner;
    this.#waitForGpu = waitForGpu;
    this.#margin = options.guards ? GUARD_BYTES : 0;
    this.#adopt(device);
  }

  #adopt(device: GPUDevice): void {
    const { maxBufferBytes = Number.POSITIVE_INFINITY } = this.#options;
    const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
    const largest = Math.min(maxBufferSize, maxStorageBufferBindingSize) - 2 * this.#margin;
    this.maxBufferBytes = Math.min(largest, maxBufferBytes);
    this.device = device;
    this.commands = new Commands(device);
    this.pipelines = new Pipelines(device, this.chooseMatmul, this.#waitForGpu);
    // What an earlier device had went with it.
    this.#buffers.clear();
    this.#staging = this.#failure = undefined;
    device.lost.then(({ message, reason }) => this.#lose(device, message || reason));
    device.addEventListener("uncapturederror", (event) => {
      const { error } = event as GPUUncapturedErrorEvent;
      if (device === this.device) this.#failure ??= new DeviceError(`The GPU refused a command: ${error.message}`);
    });
  }

  /** Once for each device, however its loss shows first. */
  #lose(device: GPUDevice, why: string): void {
    if (this.#disposed || device !== this.device || this.#failure instanceof DeviceLostError) return;
    this.generation++;
    this.#reopening = undefined;
    this.#failure = new DeviceLostError(
      `The GPU device was lost (${why}). Open a new one with openDevice() and go on from the last saved model.`,
    );
  }

  /** Several may wait for it; to whom it comes late, it is done. */
  reopen(): Promise<void> {
    this.#reopening ??= this.#reopen();
    return this.#reopening;
  }

  async #reopen(): Promise<void> {
    const device = await this.#again?.();
    if (device && !this.#disposed) return this.#adopt(device);
    device?.destroy();
    this.#reopening = undefined;
    this.checkAlive();
  }

  /** @throws the error that ended the device's work, if any */
  checkAlive(): void {
    if (this.#disposed) throw new ArgumentError("This device was disposed. Open another with openDevice().");
    if (this.#failure) throw this.#failure;
  }

  create(label: string, dtype: DType, length: number, values?: Values): GpuBuffer {
    this.checkAlive();
    const bytes = length * 4;
    if (bytes > this.maxBufferBytes) {
      const [needed, most] = [mebibytes(bytes), mebibytes(this.maxBufferBytes)];
      throw new DeviceError(
        `${label}: ${needed} MiB don't fit into one buffer of this GPU, which holds ${most} MiB. ` +
          'Use a smaller batchSize or smaller layers, or the CPU with backend: "cpu".',
      );
    }
    const gpu = this.device.createBuffer({
      label,
      size: bytes + 2 * this.#margin,
      usage: STORAGE | COPY_SRC | COPY_DST,
    });
    const buffer = { label, dtype, length, gpu };
    this.#buffers.add(buffer);
    if (this.#margin) {
      const guard = new Uint32Array(this.#margin / 4).fill(GUARD_WORD);
      this.commands.write(gpu, 0, guard);
      this.commands.write(gpu, this.#margin + bytes, guard);
    }
    if (values) this.write(buffer, values);
    return buffer;
  }

  write(buffer: DeviceBuffer, values: Values, start = 0): void {
    this.commands.write(this.#own(buffer).gpu, this.#margin + start * 4, values);
  }

  copy(pairs: readonly (readonly [DeviceBuffer, DeviceBuffer])[]): void {
    for (const [from, to] of pairs) {
      const [source, target] = [this.#own(from).gpu, this.#own(to).gpu];
      this.commands.add([source, target], (encoder) =>
        encoder.copyBufferToBuffer(source, this.#margin, target, this.#margin, from.length * 4),
      );
    }
  }

  async read(buffers: readonly DeviceBuffer[]): Promise<Values[]> {
    this.checkAlive();
    const parts = buffers.map((buffer) => ({
      buffer: this.#own(buffer),
      from: this.#margin,
      bytes: buffer.length * 4,
    }));
    const bytes = await this.#readBytes(parts);
    let offset = 0;
    return buffers.map(({ dtype, length }) => {
      offset += length * 4;
      return view(dtype, bytes, offset - length * 4, length);
    });
  }

  async done(): Promise<void> {
    this.commands.submit();
    await this.#waitForGpu(this.device.queue.onSubmittedWorkDone().catch(() => {})); // what comes next reports a loss
  }

  destroy(buffers: readonly DeviceBuffer[]): void {
    for (const buffer of buffers) {
      if (this.#buffers.delete(buffer as GpuBuffer)) this.commands.destroy((buffer as GpuBuffer).gpu);
    }
  }

  async load(plan: Plan, variables: ReadonlyMap<string, DeviceBuffer>, maxSteps: number): Promise<Program> {
    this.checkAlive();
    await this.#tuner?.tune(plan.launches.filter(({ op }) => op === "matmul").map(problemOf), this);
    const pipelines = await Promise.all(plan.launches.map((launch) => this.pipelines.get(launch)));
    const { memory, owned } = this.#allocate(plan, variables);
    const dispatches: Dispatch[] = plan.launches.map((launch, i) => ({
      ...pipelines[i],
      tensors: this.device.createBindGroup({
        label: launch.label,
        layout: pipelines[i].bindings,
        entries: bindingsOf(launch).map(({ argument: { buffer, shape } }, binding) => ({
          binding,
          // The guard behind the tensor is bound with it, so that a write past the end reaches it.
          resource: { buffer: memory[buffer].gpu, offset: this.#margin, size: sizeOf(shape) * 4 + this.#margin },
        })),
      }),
    }));
    const table = this.device.createBuffer({
      label: `${plan.label}: steps`,
      size: maxSteps * STEP_BYTES,
      usage: UNIFORM | COPY_DST,
    });
    const step = this.device.createBindGroup({
      label: `${plan.label}: step`,
      layout: this.pipelines.stepLayout,
      entries: [{ binding: 0, resource: { buffer: table, size: STEP_BYTES } }],
    });
    const used = [table, ...memory.map(({ gpu }) => gpu)];
    // A program keeps to the device it was loaded on: once that is lost, what it leaves can't be read.
    const { device, commands } = this;
    const host = { device, commands, waitForGpu: this.#waitForGpu, checkAlive: () => this.checkAlive() };
    return new WebgpuProgram(host, plan, dispatches, { table, step, used }, () => this.destroy(owned));
  }

  async checkGuards(): Promise<void> {
    if (!this.#margin) return;
    const { checkGuards } = await import("./guard-check.js"); // for tests
    await checkGuards([...this.#buffers], this.#margin, GUARD_WORD, (parts) => this.#readBytes(parts));
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#staging?.destroy();
    for (const { gpu } of this.#buffers) gpu.destroy();
    this.#buffers.clear();
    this.device.destroy();
  }

  /** The memory of a plan's buffers in their order, and those that were made for it; none are when one can't be had. */
  #allocate(plan: Plan, variables: ReadonlyMap<string, DeviceBuffer>): { memory: GpuBuffer[]; owned: GpuBuffer[] } {
    const owned: GpuBuffer[] = [];
    try {
      const memory = plan.buffers.map((planned) => {
        if (planned.kind === "variable") {
          const buffer = variables.get(planned.name);
          if (!buffer) throw new ArgumentError(`${plan.label}: no memory was given for the variable ${planned.name}.`);
          return this.#own(buffer);
        }
        const values = planned.kind === "constant" ? planned.values : undefined;
        const buffer = this.create(planned.name, planned.dtype, planned.length, values);
        owned.push(buffer);
        if (this.#margin && planned.kind === "scratch") {
          this.commands.write(buffer.gpu, this.#margin, new Uint32Array(planned.length).fill(POISON_WORD));
        }
        return buffer;
      });
      return { memory, owned };
    } catch (error) {
      this.destroy(owned);
      throw error;
    }
  }

  /** Copies parts of buffers to the host, one after the other, in one map; what was collected goes with it. */
  async #readBytes(parts: readonly { buffer: GpuBuffer; from: number; bytes: number }[]): Promise<ArrayBuffer> {
    const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
    // The staging buffer is kept for the next read, which mostly has the same size.
    const staging = this.#staging && this.#staging.size >= total ? this.#staging : this.#newStaging(total);
    this.#staging = undefined; // a read that comes meanwhile takes its own
    const { device } = this;
    let offset = 0;
    for (const { buffer, from, bytes } of parts) {
      this.commands.add([buffer.gpu], (encoder) =>
        encoder.copyBufferToBuffer(buffer.gpu, from, staging, offset, bytes),
      );
      offset += bytes;
    }
    this.commands.submit();
    try {
      await this.#waitForGpu(staging.mapAsync(MAP_MODE_READ, 0, total));
    } catch (cause) {
      await Promise.resolve(); // let the loss be reported first
      this.#lose(device, `reading failed: ${(cause as Error).message}`);
      this.checkAlive();
      throw cause; // of a device that was lost and opened again meanwhile
    }
    const copied = staging.getMappedRange(0, total).slice(0);
    staging.unmap();
    this.checkAlive();
    if (this.#staging) staging.destroy();
    else this.#staging = staging;
    return copied;
  }

  #newStaging(size: number): GPUBuffer {
    this.#staging?.destroy();
    return this.device.createBuffer({ label: "readback", size, usage: MAP_READ | COPY_DST });
  }

  #own(buffer: DeviceBuffer): GpuBuffer {
    if (!this.#buffers.has(buffer as GpuBuffer)) {
      throw new ArgumentError(`The buffer ${buffer.label} is not this device's, or was freed.`);
    }
    return buffer as GpuBuffer;
  }
}

const mebibytes = (bytes: number) => Math.ceil(bytes / 2 ** 20);
