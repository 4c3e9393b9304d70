import type { Shape } from "../core/shape.js";
import { ancestors, type Tensor, variable } from "../graph/tensor.js";
import { activate, type CustomActivation, customActivationOp } from "../ops/activations.js";
import type { Traced } from "./subject.js";

/** Numbers at which an activation is checked by itself: -6 to 6, with 0 and the kinks at whole numbers. */
export const ACTIVATION_VALUES = Float32Array.from({ length: 97 }, (_, i) => -6 + i / 8);
/** Distance of the numbers on either side that differences are taken of. */
const BESIDE = 1e-5;

/**
 * Each activation of the user's own on the way to a result, alone: at the numbers that it meets there, named after its
 * layer, and at those from -6 to 6 for which it is finite, named after itself. Few rows of data don't meet all branches.
 */
export function activationsIn({ y, single }: Traced, valuesOf: (tensor: Tensor) => ArrayLike<number>): Traced[] {
  const found = single ? [] : ancestors([y]).filter(({ op }) => op === customActivationOp.op);
  const met = found.flatMap(({ scope, attributes, inputs: [input] }) => {
    const activation = attributes.activation as CustomActivation;
    const values = Float32Array.from(valuesOf(input));
    const name = scope ? `${scope}/${activation.name}` : `${activation.name} here`;
    return values.every(Number.isFinite) ? [alone(activation, name, input.shape, values)] : [];
  });
  const distinct = new Set(found.map(({ attributes }) => attributes.activation as CustomActivation));
  const anywhere = [...distinct].flatMap((activation) => {
    const values = ACTIVATION_VALUES.filter((x) =>
      [x - BESIDE, x, x + BESIDE].every((each) => Number.isFinite(activation.forward(each))),
    );
    return values.length > 0 ? [alone(activation, activation.name, [values.length], values)] : [];
  });
  return [...met, ...anywhere];
}

function alone(activation: CustomActivation, name: string, shape: Shape, values: Float32Array<ArrayBuffer>): Traced {
  const x = variable(name, shape);
  return {
    title: name,
    y: activate(x, activation),
    values: new Map([[x, values]]),
    by: [x],
    optional: [],
    rows: 1,
    single: true,
  };
}
