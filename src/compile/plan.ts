import type { DType, ElementType, Values } from "../core/dtype.js";
import type { Shape } from "../core/shape.js";
import { type Attributes, numbersOf } from "../graph/op.js";
import type { Tensor } from "../graph/tensor.js";

/**
 * A buffer of a plan. A variable's memory is the caller's, found by its name; a constant's is filled when
 * the plan is loaded; scratch is shared by tensors that are never needed at the same time. Lengths are in words.
 */
export type PlannedBuffer =
  | { kind: "variable"; name: string; dtype: DType; length: number }
  | {
      kind: "constant";
      name: string;
      dtype: DType;
      length: number;
      values: Values;
      /** Each model of several has its own: values are [models, length]. */
      own?: boolean;
    }
  | { kind: "scratch"; name: string; dtype: DType; length: number };

/** One side of a launch: a tensor of `shape` at the start of a buffer. */
export interface Argument {
  buffer: number;
  shape: Shape;
  dtype: ElementType;
}

/**
 * A number of a kernel; or, where models differ in it, the place of its word in the hyperparameters of the step's record:
 * only in a plan that is loaded beside the models' own (see `Replicas.plans`).
 */
export type PlanNumber = number | { word: number };

/**
 * An operand of a chained op: a value of the same result (0 the kernel's own, then the chain's in order), an argument of
 * the result's `reads`, or a number.
 */
export type ChainOperand = { value: number; shape: Shape } | { read: number; shape: Shape } | { number: PlanNumber };

/** An elementwise op applied to a kernel's result before it is stored. In-place ops change some of the result's `reads`. */
export interface ChainOp {
  op: string;
  attributes: Attributes;
  /** A scalar function's numbers come last. */
  operands: readonly ChainOperand[];
  /** Shape of the op's result; of an in-place op, that of its second input. */
  shape: Shape;
}

/** A kernel's result, with its epilogue: the ops applied to each element, and the values that are stored. */
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
  /** Name for people: the part of the model and the op, "dense_1/matmul". */
  label: string;
  attributes: Attributes;
  /** Numbers that a scalar function takes after its operands; absent for other ops. */
  numbers?: readonly PlanNumber[];
  inputs: readonly Argument[];
  /** Numbers of the inputs that the kernel changes in place. */
  writes: readonly number[];
  /** Destination of the result; absent in fused launches, and where the op changes an input in place. */
  output?: Argument;
  /** Of a fused launch: the kernel's result, then what it makes beside it: a product, the column sums of its second operand. */
  results?: readonly Result[];
}

/** The part of a launch that follows from its op: all but the label and the destinations. */
export const callOf = (
  { op, attributes, inputs }: Tensor,
  argument: (tensor: Tensor, input: number) => Argument,
): Pick<Launch, "op" | "attributes" | "numbers" | "inputs"> => ({
  op: op.name,
  attributes,
  ...(op.scalar && { numbers: numbersOf({ op, attributes }) }),
  inputs: inputs.map(argument),
});

/** Shape of the result of a launch's own kernel. In-place ops have none. */
export const resultShape = ({ output, results }: Launch): Shape => output?.shape ?? results![0].shape;

/** The smoothing of labels, and the share of it that each class gets, both in float32. */
export function smoothingShares(smoothing: number, classes: number): [all: number, each: number] {
  const all = Math.fround(smoothing);
  return [all, Math.fround(all / classes)];
}

/** A compiled graph: kernel calls in order over preassigned buffers. Runs any number of steps. */
export interface Plan {
  label: string;
  buffers: readonly PlannedBuffer[];
  launches: readonly Launch[];
}
