import type { DType, Values } from "../core/dtype.js";
import type { Shape } from "../core/shape.js";
import type { Attributes } from "../graph/tensor.js";

/**
 * Where a tensor's elements live. A variable's memory is the caller's, found by its name; a constant's is filled when
 * the plan is loaded; scratch is shared by tensors that are never needed at the same time.
 */
export type PlannedBuffer =
  | { kind: "variable"; name: string; dtype: DType; length: number }
  | { kind: "constant"; name: string; dtype: DType; length: number; values: Values }
  | { kind: "scratch"; name: string; dtype: DType; length: number };

/** One side of a launch: a tensor of `shape` at the start of a buffer. */
export interface Argument {
  buffer: number;
  shape: Shape;
  dtype: DType;
}

/** One kernel call. `output` is absent where the op changes an input in place. */
export interface Launch {
  op: string;
  /** For people: where in the model it comes from, "dense_1/matmul". */
  label: string;
  attributes: Attributes;
  inputs: readonly Argument[];
  output?: Argument;
  /** Inputs that the kernel changes in place. */
  writes: readonly number[];
}

/** A compiled graph: kernel calls in order over preassigned buffers. Runs on any backend, any number of steps. */
export interface Plan {
  label: string;
  buffers: readonly PlannedBuffer[];
  launches: readonly Launch[];
}
