import type { ElementType } from "../core/dtype.js";
import { ArgumentError } from "../core/errors.js";
import { checkArgument, checkOptions } from "../core/options.js";
import type { Shape } from "../core/shape.js";
import { shown } from "../core/shown.js";
import type { ErrorModel } from "./error-model.js";
import { constant, Tensor } from "./tensor.js";
import type { ProductWalks, View } from "./walk.js";

/** Settings of an op besides its inputs: axes, slopes, rates. Plain values, fixed when the graph is traced. */
export type Attributes = Readonly<Record<string, unknown>>;

/** Every attribute that an op has. */
export type AttributeNames<A> = { readonly [Name in keyof Required<A>]: true };

/** An op's argument: a tensor, or a number that becomes a scalar constant, []. */
export type Operand = Tensor | number;

/**
 * An op that is a function of numbers, element by element: y = f(operands, numbers). Each backend has one function of the
 * op's name, which takes the operands and then the numbers.
 */
export interface ScalarFunction {
  operands: 1 | 2 | 3;
  /** Attributes that follow the operands. */
  numbers?: readonly string[];
  /**
   * The function as text: of x, or of a, b and c, and of the numbers by their names. With + - * / ^, |x|, √x, x², -x, [a > b]
   * for 1 where that holds and else 0, and functions by name, as in "max(0, x) + slope * min(0, x)".
   */
  formula: string;
  /** It never falls where an operand rises, after roundings as well. */
  rises?: boolean;
}

/** The rules that make an op: the result's shape, the gradient, and how the compiler may treat it. */
export interface OpRules<A extends Attributes> {
  /** Every name that its attributes may have; none where absent. */
  attributes?: AttributeNames<NoInfer<A>>;
  /** Shape of the result. Throws a ShapeError when the inputs don't fit. */
  shape(inputs: readonly Tensor[], attributes: A): Shape;
  /** Element type of the result; f32 without this rule. */
  dtype?(inputs: readonly Tensor[], attributes: A): ElementType;
  /**
   * The chain rule: given dL/dy, one gradient per input, of that input's shape (`undefined` where none flows).
   * Written with ops, so that gradients are graphs like any other.
   */
  gradient?(dy: Tensor, inputs: readonly Tensor[], y: Tensor, attributes: A): readonly (Tensor | undefined)[];
  /**
   * The same value written with other ops. An op with this rule is a composite: it has no kernel, is seen whole by the
   * gradients and by the compiler's patterns, and is replaced by what this gives before anything is launched.
   */
  lower?(inputs: readonly Tensor[], attributes: A): Tensor;
  /** Numbers of the inputs that the kernel changes in place. The op's result is the first of them, after the change. */
  writes?: readonly number[];
  /** Numbers of the inputs that the kernel changes in place besides making its result. */
  effects?: readonly number[];
  /** The result shares its input's memory (reshape): nothing is launched. */
  view?: boolean;
  /**
   * The result as a walk over the memory of the first input, where it is one: a product can read it there.
   *
   * @param input - the first input as a walk itself
   * @param shape - the result's
   * @returns undefined where the two don't go together
   */
  walk?(input: View, attributes: A, shape: Shape): View | undefined;
  /**
   * The op on a product's result as another product, whose sides are walks over the same memory.
   *
   * @param result - the op's input as a walk over the product's result [..., m, n]
   * @returns undefined where it is none
   */
  ofProduct?(result: View, sides: ProductWalks, attributes: A, shape: Shape): ProductWalks | undefined;
  /**
   * The same value, to the bit, made before the elementwise ops that its input comes from, by a product where that can.
   *
   * @param readers - of each tensor, those made of it
   * @param of - the tensor that takes another one's place
   * @returns undefined where it comes from others
   */
  sooner?(
    tensor: Tensor,
    readers: ReadonlyMap<Tensor, readonly Tensor[]>,
    of: (tensor: Tensor) => Tensor,
  ): Tensor | undefined;
  /** Element i of the result needs only element i of each (broadcast) input: it can be fused into what made them. */
  elementwise?: boolean;
  /**
   * The result has, at a place along its leading axes such as [batch, time], something made of what the first input had there.
   * Elementwise ops and views keep the places of every input without saying so.
   */
  keepsPlaces?: true;
  /** The scalar function of an elementwise op that has neither random numbers nor memory of its own. */
  scalar?: ScalarFunction;
  /** Whether the kernel that makes another tensor can make this one beside it. */
  secondOf?(tensor: Tensor, other: Tensor): boolean;
  /** Each element is a sum of products of two numbers, of as many as `error` has terms. */
  ofProducts?: boolean;
  /** Sources of error of the kernel's results. */
  error?: ErrorModel<A>;
  /** Name for people, of an op whose attributes say more than its own name does. */
  title?(attributes: A): string;
}

/**
 * Ops with a kernel must say how exact it is; views have none, and composites are made of ops that say it. Ops with
 * attributes must name them.
 */
type CompleteRules<A extends Attributes> = OpRules<A> &
  ({ error: ErrorModel<A> } | { view: true } | Required<Pick<OpRules<A>, "lower">>) &
  ([keyof A] extends [never] ? unknown : { attributes: AttributeNames<NoInfer<A>> });

export interface Op extends OpRules<Attributes> {
  readonly name: string;
}

/** Every op that `defineOp` made, by name. */
export const registry = new Map<string, Op>();

/** The numbers that a scalar function takes after its operands. */
export const numbersOf = ({ op, attributes }: Pick<Tensor, "op" | "attributes">): number[] =>
  (op.scalar?.numbers ?? []).map((name) => attributes[name] as number);

/** An op as a function of its operands, with its attributes (if it has any) as a last object. */
export interface OpFunction<A extends Attributes = Record<never, never>> {
  (...operands: Record<never, never> extends A ? [...Operand[]] | [...Operand[], A] : [...Operand[], A]): Tensor;
  /** The op itself: what tensors made by the function have as their `op`. */
  readonly op: Op;
}

/**
 * Defines an op from its rules and enters it in the registry. A bundler may leave out an op that nobody calls.
 *
 * @throws ArgumentError when there is an op of this name
 */
/* @__NO_SIDE_EFFECTS__ */
export function defineOp<A extends Attributes = Record<never, never>>(
  name: string,
  rules: CompleteRules<A>,
): OpFunction<A> {
  if (registry.has(name)) throw new ArgumentError(`defineOp: an op named "${name}" exists already.`);
  const op = { name, ...rules } as unknown as Op;
  registry.set(name, op);
  const apply = (...operands: (Operand | Attributes)[]): Tensor => {
    const last = operands.at(-1);
    const hasAttributes = typeof last === "object" && !(last instanceof Tensor);
    const attributes = hasAttributes ? (operands.pop() as Attributes) : {};
    if (hasAttributes) checkOptions(name, attributes, op.attributes ?? {});
    const inputs = (operands as Operand[]).map((operand) => asTensor(operand, name));
    if (op.scalar && op.scalar.operands !== inputs.length) {
      throw new ArgumentError(`${name}: takes ${op.scalar.operands} operands, got ${inputs.length}.`);
    }
    for (const number of op.scalar?.numbers ?? []) {
      const { [number]: value } = attributes;
      if (typeof value === "number" && !Number.isNaN(value)) continue;
      throw new ArgumentError(`${name}: ${number} must be a number, got ${shown(value)}.`);
    }
    return new Tensor(op, inputs, attributes, op.shape(inputs, attributes), op.dtype?.(inputs, attributes) ?? "f32");
  };
  return Object.assign(apply, { op }) as OpFunction<A>;
}

/** @throws ArgumentError when it isn't a tensor */
export function checkTensor(op: string, x: unknown): asserts x is Tensor {
  checkArgument(op, "a tensor", x, x instanceof Tensor);
}

function asTensor(operand: Operand, op: string): Tensor {
  if (operand instanceof Tensor) return operand;
  if (typeof operand === "number") return constant(operand);
  throw new ArgumentError(`${op}: expected a tensor or a number, got ${operand === null ? "null" : typeof operand}.`);
}
