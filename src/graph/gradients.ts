import { ArgumentError, ShapeError } from "../core/errors.js";
import { formatShape, sameShape } from "../core/shape.js";
import { ancestors, constant, inScope, type Tensor } from "./tensor.js";

/**
 * Gradients of a scalar with respect to some tensors, in reverse mode by the ops' gradient rules.
 *
 * Tensors between the scalar and the inputs are visited in reverse order. Each passes dL/dy through its op's rule to its
 * inputs; the gradients that reach a tensor from several users are added (the multivariate chain rule).
 *
 * @param output - scalar [], usually the loss
 * @param inputs - tensors to differentiate by
 * @param add - the op that adds two gradients; a parameter, because ops are built on the graph and not the other way round
 * @param gradientOf - collects the gradient of every tensor between the scalar and the inputs
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
  gradientOf.set(output, constant(1));
  passBack([output], inputs, add, gradientOf);
  return inputs.map((input) => {
    const gradient = gradientOf.get(input);
    if (!gradient) {
      throw new ArgumentError(
        `gradients: ${output.label} doesn't depend on ${input.label}. Make it of that, or freeze a layer: trainable: false.`,
      );
    }
    return gradient;
  });
}

/**
 * Passes the gradients of some tensors back to the inputs that they are made of, by the ops' rules.
 *
 * @param gradientOf - the gradient of each output; those of all tensors on the way come into it
 * @throws ArgumentError when an op in between has no gradient rule
 */
export function passBack(
  outputs: readonly Tensor[],
  inputs: readonly Tensor[],
  add: (a: Tensor, b: Tensor) => Tensor,
  gradientOf: Map<Tensor, Tensor>,
): void {
  const order = ancestors(outputs);
  const between = new Set<Tensor>(inputs);
  for (const tensor of order) {
    if (tensor.inputs.some((input) => between.has(input))) between.add(tensor);
  }
  for (const tensor of order.reverse()) {
    const dy = gradientOf.get(tensor);
    if (!dy || !tensor.inputs.some((input) => between.has(input))) continue;
    if (!tensor.op.gradient) throw new ArgumentError(`gradients: the op of ${tensor.label} has no gradient rule.`);
    inScope(`gradient/${tensor.scope}`, () => {
      const gradients = tensor.op.gradient!(dy, tensor.inputs, tensor, tensor.attributes);
      tensor.inputs.forEach((input, i) => {
        const gradient = gradients[i];
        if (!gradient || !between.has(input)) return;
        if (!sameShape(gradient.shape, input.shape)) {
          throw new ShapeError(
            `${tensor.op.name}: its gradient rule gives ${formatShape(gradient.shape)} for input ${i}, ` +
              `which is ${formatShape(input.shape)}.`,
          );
        }
        const sofar = gradientOf.get(input);
        gradientOf.set(input, sofar ? add(sofar, gradient) : gradient);
      });
    });
  }
}
