import type { DType, Values } from "../core/dtype.js";
import { ArgumentError, ShapeError } from "../core/errors.js";
import { formatShape, type Shape, sizeOf } from "../core/shape.js";

/** What an op is told besides its inputs: axes, slopes, rates. Plain values, fixed when the graph is traced. */
export type Attributes = Readonly<Record<string, unknown>>;

/** What an op takes: a tensor, or a number that becomes a scalar constant. */
export type Operand = Tensor | number;

/** The rules that make an op: what comes out, and how a gradient flows back through it. */
export interface OpRules<A extends Attributes> {
  /** Shape of the result. Throws a ShapeError when the inputs don't fit. */
  shape(inputs: readonly Tensor[], attributes: A): Shape;
  /** Element type of the result; f32 where absent. */
  dtype?(inputs: readonly Tensor[], attributes: A): DType;
  /**
   * The chain rule: given dL/dy, one gradient per input, of that input's shape (`undefined` where none flows).
   * Written with ops, so that gradients are graphs like any other.
   */
  gradient?(dy: Tensor, inputs: readonly Tensor[], y: Tensor, attributes: A): readonly (Tensor | undefined)[];
  /** Inputs that the kernel changes in place. The op's result is then the first of them, after the change. */
  writes?: readonly number[];
  /** Inputs that the kernel changes in place besides making its result. */
  effects?: readonly number[];
  /** The result shares its input's memory (reshape): nothing is launched. */
  view?: boolean;
  /** Element i of the result needs only element i of each (broadcast) input: it can be fused into what made them. */
  elementwise?: boolean;
}

export interface Op extends OpRules<Attributes> {
  readonly name: string;
}

/** Every op that has a kernel or is a view, by name. */
export const registry = new Map<string, Op>();

let created = 0;
let scope = "";

/**
 * A symbolic tensor: a node of the graph, not data. It knows the op and the inputs that it comes from.
 */
export class Tensor {
  /** Position in order of creation: inputs always come before what is made of them. */
  readonly id = created++;
  /** Where it was made ("dense_1", "loss"), for labels and errors. */
  readonly scope = scope;

  constructor(
    readonly op: Op,
    readonly inputs: readonly Tensor[],
    readonly attributes: Attributes,
    readonly shape: Shape,
    readonly dtype: DType,
  ) {
    if (!shape.every((size) => Number.isSafeInteger(size) && size > 0)) {
      throw new ShapeError(`${op.name}: every size must be a positive integer, got ${formatShape(shape)}.`);
    }
  }

  get size(): number {
    return sizeOf(this.shape);
  }

  /** Name for people: the variable's own, or where and by which op it was made ("dense_1/matmul"). */
  get label(): string {
    if (isVariable(this)) return this.attributes.name as string;
    return this.scope ? `${this.scope}/${this.op.name}` : this.op.name;
  }
}

/** Runs `trace`; tensors made in it carry `name` as their scope, after the scopes around it. */
export function inScope<T>(name: string, trace: () => T): T {
  const outer = scope;
  scope = outer ? `${outer}/${name}` : name;
  try {
    return trace();
  } finally {
    scope = outer;
  }
}

/** An op as a function of its operands, with its attributes (if it has any) as a last object. */
export type OpFunction<A extends Attributes = Record<never, never>> = (
  ...operands: Record<never, never> extends A ? [...Operand[]] | [...Operand[], A] : [...Operand[], A]
) => Tensor;

/** Defines an op from its rules and enters it in the registry. A bundler may leave out an op that nobody calls. */
/* @__NO_SIDE_EFFECTS__ */
export function defineOp<A extends Attributes = Record<never, never>>(name: string, rules: OpRules<A>): OpFunction<A> {
  if (registry.has(name)) throw new ArgumentError(`defineOp: an op named "${name}" exists already.`);
  const op = { name, ...rules } as unknown as Op;
  registry.set(name, op);
  return (...operands) => {
    const last = operands.at(-1);
    const hasAttributes = typeof last === "object" && !(last instanceof Tensor);
    const attributes = hasAttributes ? (operands.pop() as Attributes) : {};
    const inputs = (operands as Operand[]).map((operand) => asTensor(operand, name));
    return new Tensor(op, inputs, attributes, op.shape(inputs, attributes), op.dtype?.(inputs, attributes) ?? "f32");
  };
}

function asTensor(operand: Operand, op: string): Tensor {
  if (operand instanceof Tensor) return operand;
  if (typeof operand === "number") return constant(operand);
  throw new ArgumentError(`${op}: expected a tensor or a number, got ${operand === null ? "null" : typeof operand}.`);
}

// Leaves have no kernel, so they stay out of the registry.
const variableOp: Op = { name: "variable", shape: () => [] };
const constantOp: Op = { name: "constant", shape: () => [] };

/** A named tensor that lives in the backend from run to run: a parameter, optimizer state, data, results. */
export function variable(name: string, shape: Shape, dtype: DType = "f32"): Tensor {
  return new Tensor(variableOp, [], { name }, shape, dtype);
}

/** A fixed tensor; a number becomes a scalar. Values are row-major. */
export function constant(values: number | Values, shape: Shape = []): Tensor {
  const array = typeof values === "number" ? new Float32Array([values]) : values;
  if (array.length !== sizeOf(shape)) {
    throw new ShapeError(`constant: ${array.length} values don't fill the shape ${formatShape(shape)}.`);
  }
  return new Tensor(constantOp, [], { values: array }, shape, array instanceof Float32Array ? "f32" : "u32");
}

export function isVariable(tensor: Tensor): boolean {
  return tensor.op === variableOp;
}

export function isConstant(tensor: Tensor): boolean {
  return tensor.op === constantOp;
}

/** Every tensor that `outputs` are made of, leaves first, then the others in order of creation: inputs before users. */
export function ancestors(outputs: readonly Tensor[]): Tensor[] {
  const leaves: Tensor[] = [];
  const made: Tensor[] = [];
  const seen = new Set<Tensor>(outputs);
  for (const tensor of seen) {
    (isLeaf(tensor) ? leaves : made).push(tensor);
    for (const input of tensor.inputs) seen.add(input); // the loop comes to it as well
  }
  const byCreation = (a: Tensor, b: Tensor) => a.id - b.id;
  return [...leaves.sort(byCreation), ...made.sort(byCreation)];
}

const isLeaf = (tensor: Tensor) => isVariable(tensor) || isConstant(tensor);
