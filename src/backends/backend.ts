import type { Passes } from "../compile/fuse.js";
import type { Plan } from "../compile/plan.js";
import type { StepTable } from "../compile/steps.js";
import type { DType, Values } from "../core/dtype.js";

/** Memory of a backend, opaque to everyone else. Only the backend that made it can use it. */
export interface DeviceBuffer {
  readonly label: string;
  readonly dtype: DType;
  /** In elements. */
  readonly length: number;
}

/** A run of elements of a buffer, from `start` on. */
export interface BufferPart {
  readonly buffer: DeviceBuffer;
  readonly start: number;
  readonly length: number;
}

/** Many models that one program runs side by side. Each has the bits that it would have alone. */
export interface Replicas {
  /** The number of models. */
  replicas: number;
  /** Variables that all models read, by name. Of every other each has its own: [replicas, ...], one after the other. */
  shared: ReadonlySet<string>;
  /**
   * The plan of each model, where they differ in numbers: the plan that is loaded says which words of the step's record
   * have them.
   */
  plans?: readonly Plan[];
}

/** A kernel as a GPU runs it. */
export interface KernelText {
  /** The launch's place in the model, and the ops that were fused: "dense/matmul + add + relu". */
  label: string;
  /** The whole module; in Node each of its parts begins with a line that says where it comes from. */
  wgsl: string;
  /** Values of the module's `override` constants. */
  constants: Readonly<Record<string, number>>;
  /** Workgroups of a dispatch along x and y. */
  workgroups: readonly [x: number, y: number];
}

/** A plan made ready to run: its kernels compiled, its memory assigned. */
export interface Program {
  /** The kernel of each launch, in order. Absent where they aren't WGSL. */
  readonly kernels?: readonly KernelText[];
  /**
   * Runs the plan once per record of the table, in order. Resolves once all steps are submitted: the last two submits may
   * still be at work, and `read` waits for them. Other work of the thread gets its turn meanwhile.
   *
   * @throws DeviceLostError when the device was lost
   */
  run(steps: StepTable): Promise<void>;
  /**
   * Runs each launch by itself, `repeats` times over, and times it. Variables hold no useful values afterwards.
   *
   * @returns milliseconds of each launch, the mean over steps and repeats
   * @throws DeviceError where the device can't time launches
   */
  profile(steps: StepTable, repeats: number): Promise<Float64Array>;
  /** Frees the program's scratch and constants. Variables are the caller's. */
  dispose(): void;
}

/** The backends by name; see `DeviceOptions.backend`. */
export type BackendName = "webgpu" | "wasm" | "cpu";

/** A GPU as its driver describes it. */
export interface AdapterSummary {
  vendor: string;
  architecture: string;
  description: string;
  /** Drawn by the CPU: right for tests, slower than the CPU backend. */
  software: boolean;
  features: string[];
  limits: Record<string, number>;
}

/** The contract of every backend. The same plan gives the same numbers on all of them, within the tolerance policy. */
export interface Backend {
  readonly backend: BackendName;
  /** The adapter or processor, and why it was chosen: a sentence for people. */
  readonly description: string;
  /** True where plans may be fused, or the passes that may do so; the reference runs one op at a time. */
  readonly fused: boolean | Passes;
  /** The fastest of several plans of one graph, as measured. Present on devices that are asked to measure: `products: "tuned"`. */
  fastest?(plans: readonly Plan[]): Promise<Plan>;
  /** The engine's way to round, where machines differ in it: devices of one backend and variant give the same bits. */
  readonly variant?: string;
  /** The largest buffer that `create` makes, in bytes. */
  readonly maxBufferBytes: number;
  /** The GPU as its driver describes it; absent on the CPU. */
  readonly adapter?: AdapterSummary;
  /**
   * A buffer of `length` elements holding `values` [length], or zeros.
   *
   * @throws DeviceError when it is larger than the device allows
   */
  create(label: string, dtype: DType, length: number, values?: Values): DeviceBuffer;
  /**
   * Overwrites elements of a buffer from `start` on with `values` [count], after all work on it so far. Steps that a
   * run hasn't submitted yet read the new values.
   */
  write(buffer: DeviceBuffer, values: Values, start?: number): void;
  /** Copies each source to its destination of equal length. */
  copy(pairs: readonly (readonly [from: DeviceBuffer | BufferPart, to: DeviceBuffer | BufferPart])[]): void;
  /**
   * Copies buffers, or parts of them, to the host in one readback, each [length]: the only wait for the device in an epoch.
   *
   * @throws DeviceLostError
   */
  read(buffers: readonly (DeviceBuffer | BufferPart)[]): Promise<Values[]>;
  /** Waits until all work so far is done. Absent where work is done at once. */
  done?(): Promise<void>;
  /** Frees buffers. */
  destroy(buffers: readonly DeviceBuffer[]): void;
  /**
   * Makes a plan ready to run: compiles all kernels and allocates all memory.
   *
   * @param variables - the buffer of each variable, by name
   * @param maxSteps - the upper bound on the steps of one `run`
   * @param replicas - runs the plan for many models side by side; tables of steps then have a record for each
   * @throws DeviceError when a kernel doesn't compile or memory is short
   */
  load(
    plan: Plan,
    variables: ReadonlyMap<string, DeviceBuffer>,
    maxSteps: number,
    replicas?: Replicas,
  ): Promise<Program>;
  /**
   * A buffer of values [length] that stay as they are, one for all models that ask for the same array. Absent on a device that isn't
   * shared by models.
   */
  share?(label: string, dtype: DType, values: Values): Promise<DeviceBuffer>;
  /** The device that this one is a part of, where models share it: compiled plans are kept by it. */
  readonly whole?: Backend;
  /** The number of losses of the device. Buffers and programs made before a loss are gone. Absent where there is none. */
  readonly generation?: number;
  /** Asks for a new device in place of a lost one, for this backend. @throws DeviceLostError when there is none */
  reopen?(): Promise<void>;
  /** Frees everything. The backend can't be used afterwards. */
  dispose(): void;
}
