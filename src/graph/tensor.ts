import type { ElementType, Values } from "../core/dtype.js";
import { ShapeError } from "../core/errors.js";
import { formatShape, type Shape, sizeOf } from "../core/shape.js";
import type { Attributes, Op } from "./op.js";

/**
 * The trace in progress: tensors created so far in this program, the scope that the next ones are made in, and whether ops
 * that do nothing at a rate of 0 are made all the same.
 */
const trace = { created: 0, scope: "", keepsZeros: false };

/**
 * A symbolic tensor: a node of the graph, not data. It knows the op and the inputs that it comes from.
 */
export class Tensor {
  constructor(
    readonly op: Op,
    readonly inputs: readonly Tensor[],
    readonly attributes: Attributes,
    readonly shape: Shape,
    readonly dtype: ElementType,
    /** Part of the model that it was made in ("dense_1", "loss"), for labels and errors. */
    readonly scope = trace.scope,
    /** Position in order of creation: inputs always come before what is made of them. */
    readonly id = trace.created++,
  ) {
    if (!shape.every((size) => Number.isSafeInteger(size) && size > 0)) {
      throw new ShapeError(`${op.name}: every size must be a positive integer, got ${formatShape(shape)}.`);
    }
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** Name for people: the variable's own, or where and by which op it was made ("dense_1/matmul"). */
  get label(): string {
    if (isVariable(this)) return this.attributes.name as string;
    return this.scope ? `${this.scope}/${this.title}` : this.title;
  }

  /** Name of the op, for people: one that its attributes give, else its own. */
  get title(): string {
    return this.op.title?.(this.attributes) ?? this.op.name;
  }
}

/**
 * Runs `make`; tensors made in it carry `name` as their scope, after the scopes around it.
 *
 * @param keepsZeros - whether dropout at the rate 0 is an op like that at others, since models may differ in it
 */
export function inScope<T>(name: string, make: () => T, keepsZeros: boolean = trace.keepsZeros): T {
  const outer = { ...trace };
  trace.scope = outer.scope ? `${outer.scope}/${name}` : name;
  trace.keepsZeros = keepsZeros;
  try {
    return make();
  } finally {
    trace.scope = outer.scope;
    trace.keepsZeros = outer.keepsZeros;
  }
}

/** Whether a setting leaves its op without a task. */
export const isIdle = (setting: number): boolean => setting === 0 && !trace.keepsZeros;

// Leaves have no kernel, so they stay out of the registry.
const variableOp: Op = { name: "variable", shape: () => [] };
const constantOp: Op = { name: "constant", shape: () => [] };

/**
 * A named tensor of a shape that lives in the backend from run to run: a parameter, optimizer state, data, results.
 *
 * @param more - what else is said of it, as layers do of parameters
 */
export function variable(name: string, shape: Shape, dtype: ElementType = "f32", more?: object): Tensor {
  return new Tensor(variableOp, [], { name, ...more }, shape, dtype);
}

/**
 * A fixed tensor; a number becomes a scalar, [].
 *
 * @param values - row-major, as many as the shape has elements
 * @throws ShapeError when they are more or fewer
 */
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
    (isVariable(tensor) || isConstant(tensor) ? leaves : made).push(tensor);
    for (const input of tensor.inputs) seen.add(input); // the loop comes to it as well
  }
  const byCreation = (a: Tensor, b: Tensor) => a.id - b.id;
  return [...leaves.sort(byCreation), ...made.sort(byCreation)];
}
