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

/** A kernel as a GPU runs it. */
export interface KernelText {
  /** Where in the model it comes from, and what was fused: "dense/matmul + add + relu". */
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
   * Runs the plan once per record of the table, in order. Resolves when little of the work is
   * left; what it wrote can be read afterwards. Other work of the thread gets its turn meanwhile.
   *
   * @throws DeviceLostError when the device was lost
   */
  run(steps: StepTable): Promise<void>;
  /**
   * Like `run`, but each launch by itself, `repeats` times over, and timed. What it leaves in variables is of no use.
   *
   * @returns milliseconds of each launch, the mean over steps and repeats
   * @throws DeviceError where the device can't time launches
   */
  profile(steps: StepTable, repeats: number): Promise<Float64Array>;
  /** Frees what the program owns: scratch, constants. Variables are the caller's. */
  dispose(): void;
}

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

/** What each backend keeps. The same plan gives the same numbers on all of them, within the tolerance policy. */
export interface Backend {
  readonly backend: BackendName;
  /** Names the adapter or processor, and why it was chosen. */
  readonly description: string;
  /** Whether it runs fused plans; the reference runs one op at a time. */
  readonly fused: boolean;
  /** The largest buffer that `create` makes, in bytes. */
  readonly maxBufferBytes: number;
  /** What is known of the GPU behind it; absent on the CPU. */
  readonly adapter?: AdapterSummary;
  /** A buffer of `length` elements holding `values`, or zeros. @throws DeviceError when it is larger than the device allows */
  create(label: string, dtype: DType, length: number, values?: Values): DeviceBuffer;
  /**
   * Overwrites elements of a buffer from `start` on, after all work on it so far. Steps that a run has still to hand over
   * find the new values.
   */
  write(buffer: DeviceBuffer, values: Values, start?: number): void;
  /** Copies each source to its destination of equal length. */
  copy(pairs: readonly (readonly [from: DeviceBuffer, to: DeviceBuffer])[]): void;
  /** Brings buffers home in one go: in an epoch the only wait for the device. @throws DeviceLostError */
  read(buffers: readonly DeviceBuffer[]): Promise<Values[]>;
  /** Waits until all work so far is done. Absent where work is done at once. */
  done?(): Promise<void>;
  /** Frees buffers. */
  destroy(buffers: readonly DeviceBuffer[]): void;
  /**
   * Makes a plan ready; `variables` gives the memory of each variable by name, `maxSteps` the most that one run will do.
   * Everything that running needs is compiled and allocated here.
   *
   * @throws DeviceError when a kernel doesn't compile or memory is short
   */
  load(plan: Plan, variables: ReadonlyMap<string, DeviceBuffer>, maxSteps: number): Promise<Program>;
  /** Counts how often the device was lost: what was made before is of no use then. Absent where that can't happen. */
  readonly generation?: number;
  /** Asks for a lost device anew; this backend goes on with it. @throws DeviceLostError when none can be had */
  reopen?(): Promise<void>;
  /** Frees everything. The backend can't be used afterwards. */
  dispose(): void;
}
