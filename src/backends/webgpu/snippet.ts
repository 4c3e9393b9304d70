import type { PlanNumber } from "../../compile/plan.js";
import type { Shape } from "../../core/shape.js";
import type { Attributes } from "../../graph/op.js";
import type { Part } from "./glue.js";
import { broadcastIndex } from "./indexing.js";
import { literal } from "./kernel.js";

/** An operand of an elementwise op: a tensor of the kernel's (see `Tensors`), a value at hand, or a number. */
export type Operand = { tensor: string; shape: Shape } | { value: string } | { number: PlanNumber };

/** WGSL of one elementwise op at element `i`: what to do first, its value, and the functions that this takes. */
export interface Snippet {
  statements: readonly string[];
  /** Absent where the op only writes. */
  value?: string;
  functions: readonly Part[];
}

/** An elementwise op as it is called in a kernel. */
export interface OpCall {
  attributes: Attributes;
  operands: readonly Operand[];
  /** The op's shape; operands broadcast to it. */
  shape: Shape;
  /** A name that nothing else in the kernel has. */
  name: string;
}

/** The op on element `i`. */
export type Emitter = (call: OpCall) => Snippet;

/** An operand's element for element `i` of `shape`. */
export function read(operand: Operand, shape: Shape): string {
  if ("number" in operand) return literal(operand.number);
  if ("value" in operand) return operand.value;
  return `${operand.tensor}_at(${broadcastIndex("i", operand.shape, shape)})`;
}
