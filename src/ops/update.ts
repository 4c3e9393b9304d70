import { ShapeError } from "../core/errors.js";
import { formatShape, sameShape } from "../core/shape.js";
import { type Attributes, defineOp, type OpFunction } from "../graph/op.js";
import { type Flags, inexactFunctionsOf, statesOf, type UpdateRule } from "./rule.js";

/** Hyperparameters that a step has room for. */
export const MAX_HYPERPARAMETERS = 56;

export interface UpdateAttributes extends Attributes {
  rule: UpdateRule;
  flags: Flags;
  /** Place of the rule's first hyperparameter among the step's, which the host computes in float64. */
  first: number;
}

/**
 * An optimizer's update by its rule, in place: it changes the parameter and the state.
 *
 * @param parameter - any shape
 * @param gradient - of that shape
 * @param state - [states, ...parameter], one after the other; absent where the rule keeps none
 * @throws ShapeError when gradient or state doesn't fit
 */
export const update: OpFunction<UpdateAttributes> = defineOp<UpdateAttributes>("update", {
  attributes: { rule: true, flags: true, first: true },
  elementwise: true,
  writes: [0, 2],
  error: {
    functions: ({ rule, flags }) => inexactFunctionsOf(rule, flags),
    summed: (...largest) => Math.max(...largest), // a momentum and a gradient may cancel
  },
  title: ({ rule }) => rule.name,
  shape([parameter, gradient, state], { rule, flags }) {
    if (!sameShape(parameter.shape, gradient.shape)) {
      throw new ShapeError(
        `${rule.name}: parameter ${formatShape(parameter.shape)} and gradient ${formatShape(gradient.shape)} differ.`,
      );
    }
    const { length } = statesOf(rule, flags);
    const fits = state ? sameShape(state.shape, [length, ...parameter.shape]) : length === 0;
    if (!fits) {
      const got = state ? formatShape(state.shape) : "none";
      throw new ShapeError(
        `${rule.name}: state must be ${length === 0 ? "absent" : formatShape([length, ...parameter.shape])}, got ${got}.`,
      );
    }
    return parameter.shape;
  },
});

/** A step's hyperparameters by name, from its list. */
export function namedHyperparameters<H extends string>(
  { hyperparameters }: Pick<UpdateRule<H>, "hyperparameters">,
  list: ArrayLike<number>,
  first: number,
): Record<H, number> {
  return Object.fromEntries(hyperparameters.map((name, i) => [name, list[first + i]])) as Record<H, number>;
}

/** The other way round. */
export const listedHyperparameters = <H extends string>(
  { hyperparameters }: Pick<UpdateRule<H>, "hyperparameters">,
  values: Readonly<Record<H, number>>,
): number[] => hyperparameters.map((name) => values[name]);
