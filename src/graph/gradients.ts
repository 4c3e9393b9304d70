import { ArgumentError, ShapeError } from "../core/errors.js";
import { formatShape, sameShape } from "../core/shape.js";
import { ancestors, constant, inScope, type Tensor } from "./tensor.js";

/**
 * Reverse mode: the gradients of a scalar with respect to some tensors, derived from the ops' gradient rules.
 *
 * The tensors between the two are walked backwards; each hands dL/dy through its rule to its inputs, and what
 * reaches a tensor from several users is added up (the multivariate chain rule).
 *
 * @param output - scalar [], usually the loss
 * @param inputs - what to differentiate by
 * @param add - the op that adds two gradients; handed in because ops are built on the graph and not the other way
 * @param gradientOf - takes up the gradient of every tensor between the two
 * @returns one gradient per input, each of its input's shape
 * @throws ArgumentError when the output doesn't depend on an input, or an op in between has no gradient rule
 */
export function gradients(
  output: Tensor,
  inputs: readonly Tensor[],
  add: (a: Tensor, b: Tensor) => Tensor,
  gradientOf = new Map<Tensor, Tensor>(),
): Tensor[] {
  if (output.shape.length > 0) {
    throw new ShapeError(
      `gradients: ${output.label} must be a scalar, got ${formatShape(output.shape)}. Sum it first.`,
    );
  }
  const order = ancestors([output]);
  const between = new Set<Tensor>(inputs);
  for (const tensor of order) {
    if (tensor.inputs.some((input) => between.has(input))) between.add(tensor);
  }

  gradientOf.set(output, constant(1));
  for (const tensor of order.reverse()) {
    const dy = gradientOf.get(tensor);
    if (!dy || !tensor.inputs.some((input) => between.has(input))) continue;
    if (!tensor.op.gradient) throw new ArgumentError(`gradients: the op of ${tensor.label} has no gradient rule.`);
    inScope(`gradient/${tensor.scope}`, () => {
      const flows = tensor.op.gradient!(dy, tensor.inputs, tensor, tensor.attributes);
      tensor.inputs.forEach((input, i) => {
        const flow = flows[i];
        if (!flow || !between.has(input)) return;
        if (!sameShape(flow.shape, input.shape)) {
          throw new ShapeError(
            `${tensor.op.name}: its gradient rule gives ${formatShape(flow.shape)} for input ${i}, ` +
              `which is ${formatShape(input.shape)}.`,
          );
        }
        const sofar = gradientOf.get(input);
        gradientOf.set(input, sofar ? add(sofar, flow) : flow);
      });
    });
  }
  return inputs.map((input) => {
    const gradient = gradientOf.get(input);
    if (!gradient) throw new ArgumentError(`gradients: ${output.label} doesn't depend on ${input.label}.`);
    return gradient;
  });
}
