import type { AdapterSummary, Backend, BufferPart, DeviceBuffer, Program, Replicas } from "../../backends/backend.js";
import type { Plan } from "../../compile/plan.js";
import type { DType, Values } from "../../core/dtype.js";
import { ArgumentError, DeviceError } from "../../core/errors.js";
import type { ReplicaGroup } from "./group.js";
import type { ReplicaBuffer, SharedBuffer } from "./memory.js";
import { OneOfMany } from "./programs.js";

/** A device as one of the replicas that share it sees it. */
export class ReplicaDevice implements Backend {
  readonly backend;
  readonly fused: Backend["fused"];
  readonly maxBufferBytes: number;
  readonly adapter?: AdapterSummary;
  readonly done?: () => Promise<void>;
  readonly reopen?: () => Promise<void>;

  constructor(
    private readonly group: ReplicaGroup,
    private readonly replica: number,
  ) {
    const { device, replicas } = group;
    this.backend = device.backend;
    this.fused = device.fused;
    this.adapter = device.adapter;
    this.maxBufferBytes = Math.floor(device.maxBufferBytes / replicas);
    if (device.done) this.done = () => group.done(replica);
    if (device.reopen) this.reopen = () => group.reopen();
  }

  get whole(): Backend {
    return this.group.device;
  }

  get description(): string {
    return this.whole.description;
  }

  get generation(): number | undefined {
    return this.whole.generation;
  }

  create(label: string, dtype: DType, length: number, values?: Values): ReplicaBuffer {
    const { group, replica } = this;
    const { buffer, isStale } = group.memory.create(replica, label, dtype, length);
    if (values) group.write(buffer, values, 0);
    else if (isStale) group.write(buffer, dtype === "f32" ? new Float32Array(length) : new Uint32Array(length), 0);
    return buffer;
  }

  share(label: string, dtype: DType, values: Values): Promise<DeviceBuffer> {
    return this.group.share(this.replica, label, dtype, values);
  }

  write(buffer: DeviceBuffer, values: Values, start = 0): void {
    const own = this.#own(buffer);
    if (start < 0 || start + values.length > own.length) {
      throw new ArgumentError(`${own.label}: ${values.length} values from ${start} on don't fit its ${own.length}.`);
    }
    this.group.write(own, values, start);
  }

  copy(pairs: readonly (readonly [from: DeviceBuffer | BufferPart, to: DeviceBuffer | BufferPart])[]): void {
    this.group.copy(
      this.replica,
      pairs.map(([from, to]) => [this.#own(from), this.#own(to)] as const),
    );
  }

  read(buffers: readonly (DeviceBuffer | BufferPart)[]): Promise<Values[]> {
    return this.group.read(this.replica, buffers.map(whole));
  }

  destroy(buffers: readonly DeviceBuffer[]): void {
    for (const buffer of buffers) this.group.memory.release(buffer as ReplicaBuffer | SharedBuffer);
  }

  async load(
    plan: Plan,
    variables: ReadonlyMap<string, DeviceBuffer>,
    maxSteps: number,
    together?: Replicas,
  ): Promise<Program> {
    if (together) throw new ArgumentError("Replicas have no replicas. Load the plan on the whole device.");
    const { group, replica } = this;
    const program = await group.load({ replica, plan, variables, maxSteps });
    const release = () => group.programs.release(program);
    try {
      const { kernels } = await program.program;
      return new OneOfMany((table) => group.run(replica, program, table), release, kernels, notByItself);
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Frees nothing: the whole device is others' as well. */
  dispose(): void {}

  #own(given: DeviceBuffer | BufferPart): ReplicaBuffer {
    const buffer = whole(given);
    if ("slab" in buffer && (buffer as ReplicaBuffer).replica === this.replica) return buffer as ReplicaBuffer;
    throw new ArgumentError(`The buffer ${buffer.label} is not this replica's.`);
  }
}

/** @throws ArgumentError for a part: trainers write, copy and read buffers as a whole */
function whole(given: DeviceBuffer | BufferPart): DeviceBuffer {
  if (!("buffer" in given)) return given;
  throw new ArgumentError(`${given.buffer.label}: a replica reads and copies whole buffers.`);
}

const notByItself = () =>
  new DeviceError("A launch of one of many models can't be timed. Profile its trainer when they have been trained.");
