import { ancestors, Tensor } from "../graph/tensor.js";
import { viewBase } from "../graph/views.js";
import { swapsLastTwo } from "../ops/layout.js";

/** Replaces a tensor by an equal one; returns it unchanged where the rule doesn't apply. */
export type Rule = (tensor: Tensor) => Tensor;

/** The graph of `outputs` with every rule applied to every tensor, inputs first. */
export function rewrite(outputs: readonly Tensor[], rules: readonly Rule[]): Tensor[] {
  const replacement = new Map<Tensor, Tensor>();
  for (const tensor of ancestors(outputs)) {
    const inputs = tensor.inputs.map((input) => replacement.get(input)!);
    const changed = inputs.some((input, i) => input !== tensor.inputs[i]);
    const rebuilt = changed ? withInputs(tensor, inputs) : tensor;
    replacement.set(
      tensor,
      rules.reduce((current, rule) => rule(current), rebuilt),
    );
  }
  return outputs.map((output) => replacement.get(output)!);
}

/** The same op on other inputs of the same shapes, keeping the label and its place in the order of creation. */
function withInputs(tensor: Tensor, inputs: readonly Tensor[], attributes = tensor.attributes): Tensor {
  const node = new Tensor(tensor.op, inputs, attributes, tensor.shape, tensor.dtype);
  return Object.assign(node, { scope: tensor.scope, id: tensor.id });
}

/**
 * A product reads its batch's rows straight from the data set: `takeBatch` on the left becomes an attribute, and isn't
 * launched. Only where products are its only readers, for it would be launched for the others.
 */
export function absorbBatches(outputs: readonly Tensor[]): Rule {
  const others = new Set<Tensor>();
  for (const tensor of ancestors(outputs)) {
    const [left] = tensor.inputs;
    for (const input of tensor.inputs) {
      if (tensor.op.view || (isProduct(tensor) && input === left && tensor.inputs[1] !== left)) continue;
      others.add(viewBase(input));
    }
  }
  return (tensor) => {
    if (!isProduct(tensor)) return tensor;
    const [left, right] = tensor.inputs;
    const batch = viewBase(left);
    if (batch.op.name !== "takeBatch" || batch.attributes.start || others.has(batch)) return tensor;
    // Under another shape, the product's rows would not be the data set's.
    if (left.shape.length !== 2 || left.shape[0] !== batch.attributes.batch) return tensor;
    const [data, order] = batch.inputs;
    return withInputs(tensor, [data, right, order], { ...tensor.attributes, gather: batch.attributes.batch });
  };
}

const isProduct = ({ op, shape }: Tensor) => op.name === "matmul" && shape.length === 2;

const isMatrixTranspose = ({ op, attributes }: Tensor) =>
  op.name === "transpose" && swapsLastTwo(attributes.axes as readonly number[]);

/** matmul(aᵀ, b) reads a as it is stored: a transpose of the last two axes on either side becomes an attribute. */
export const absorbTransposes: Rule = (tensor) => {
  if (tensor.op.name !== "matmul") return tensor;
  const [a, b] = tensor.inputs;
  const { transposeA = false, transposeB = false } = tensor.attributes;
  if (!isMatrixTranspose(a) && !isMatrixTranspose(b)) return tensor;
  const absorbed = withInputs(
    tensor,
    [isMatrixTranspose(a) ? a.inputs[0] : a, isMatrixTranspose(b) ? b.inputs[0] : b],
    {
      transposeA: transposeA !== isMatrixTranspose(a),
      transposeB: transposeB !== isMatrixTranspose(b),
    },
  );
  return absorbTransposes(absorbed); // the gradient of a product with a transpose has two of them in a row
};
