import { broadcastShapes } from "../core/shape.js";
import type { ErrorModel } from "../graph/error-model.js";
import {
  type AttributeNames,
  type Attributes,
  defineOp,
  type OpFunction,
  type OpRules,
  type ScalarFunction,
} from "../graph/op.js";
import { sumTo } from "./sum.js";

/** Rules of an op that is a function of numbers, element by element. */
export interface ElementwiseRules<A extends Attributes> extends ScalarFunction {
  error: ErrorModel<A>;
  /** One gradient per operand, of the result's shape; sums over repeated axes are taken by `defineElementwise`. */
  gradient?: OpRules<A>["gradient"];
}

/** Defines an op that is a function of numbers, element by element; operands broadcast to each other. */
/* @__NO_SIDE_EFFECTS__ */
export const defineElementwise = <A extends Attributes = Record<never, never>>(
  name: string,
  { error, gradient, ...scalar }: ElementwiseRules<A>,
): OpFunction<A> =>
  defineOp<A>(name, {
    elementwise: true,
    scalar,
    attributes: Object.fromEntries((scalar.numbers ?? []).map((number) => [number, true])) as AttributeNames<A>,
    error,
    shape: (inputs) =>
      broadcastShapes(
        name,
        inputs.map((input) => input.shape),
      ),
    ...(gradient && {
      gradient: (dy, inputs, y, attributes) =>
        gradient(dy, inputs, y, attributes).map((each, i) => each && sumTo(each, inputs[i].shape)),
    }),
  });
