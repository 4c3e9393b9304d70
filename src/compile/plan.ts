import type { DType, Values } from "../core/dtype.js";
import type { Shape } from "../core/shape.js";
import { type Attributes, numbersOf } from "../graph/op.js";
import type { Tensor } from "../graph/tensor.js";

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

/**
 * Where a chained op finds an operand: a value of the same result (0 the kernel's own, then the chain's in order), an
 * argument of the result's `reads`, or a number.
 */
export type ChainOperand = { value: number; shape: Shape } | { read: number; shape: Shape } | { number: number };

/** An elementwise op worked off on a kernel's result, before it is stored. In-place ops change some of its `reads`. */
export interface ChainOp {
  op: string;
  attributes: Attributes;
  /** A scalar function's numbers come last. */
  operands: readonly ChainOperand[];
  /** What it works on; for an in-place op the shape of what it is given. */
  shape: Shape;
}

/** What becomes of a value that a kernel computes, element by element. */
export interface Result {
  /** Shape of the kernel's own value. */
  shape: Shape;
  reads: readonly { argument: Argument; written: boolean }[];
  chain: readonly ChainOp[];
  /** Values that are kept: 0 is the kernel's own, then the chain's in order. */
  outputs: readonly { value: number; to: Argument }[];
}

/** One kernel call. */
export interface Launch {
  op: string;
  /** For people: where in the model it comes from, "dense_1/matmul". */
  label: string;
  attributes: Attributes;
  /** Numbers that a scalar function takes after its operands; absent for other ops. */
  numbers?: readonly number[];
  inputs: readonly Argument[];
  /** Inputs that the kernel changes in place. */
  writes: readonly number[];
  /** Where the kernel's result goes; absent where the op changes an input in place, and in fused launches. */
  output?: Argument;
  /** In fused launches: the kernel's result, then the sums of a product's second operand, if wanted. */
  results?: readonly Result[];
}

/** The part of a launch that is its op's own. */
export const callOf = (
  { op, attributes, inputs }: Tensor,
  argument: (tensor: Tensor, input: number) => Argument,
): Pick<Launch, "op" | "attributes" | "numbers" | "inputs"> => ({
  op: op.name,
  attributes,
  ...(op.scalar && { numbers: numbersOf({ op, attributes }) }),
  inputs: inputs.map(argument),
});

/** Shape of what the launch's own kernel makes. In-place ops make nothing. */
export const resultShape = ({ output, results }: Launch): Shape => output?.shape ?? results![0].shape;

/** A compiled graph: kernel calls in order over preassigned buffers. Runs any number of steps. */
export interface Plan {
  label: string;
  buffers: readonly PlannedBuffer[];
  launches: readonly Launch[];
}
