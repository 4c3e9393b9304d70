import { ancestors, inScope, isConstant, isVariable, Tensor } from "../graph/tensor.js";
import { viewBase } from "../graph/views.js";
import { takeBatch } from "../ops/batch.js";
import { swapsLastTwo, transposeOp } from "../ops/layout.js";
import { type MatmulAttributes, matmul } from "../ops/matmul.js";

/**
 * Makes an equal tensor of the new graph for one of the old graph; undefined if the rule doesn't apply.
 *
 * @param inputs - the tensor's inputs in the new graph
 * @param of - the new tensor for any that comes before this one
 */
export type Rule = (tensor: Tensor, inputs: readonly Tensor[], of: (tensor: Tensor) => Tensor) => Tensor | undefined;

/** A graph in which a rule was applied to every tensor. */
export interface Rewritten {
  outputs: Tensor[];
  /** The new tensor for one of the old graph; any other tensor stays itself. */
  of(tensor: Tensor): Tensor;
}

/**
 * The graph of `outputs` with a rule applied to every tensor, inputs first. Tensors are made anew, in the old order and in
 * their scopes; variables and constants stay.
 */
export function rewrite(outputs: readonly Tensor[], rule: Rule): Rewritten {
  const replacements = new Map<Tensor, Tensor>();
  const of = (tensor: Tensor) => replacements.get(tensor) ?? tensor;
  for (const tensor of ancestors(outputs)) {
    if (isVariable(tensor) || isConstant(tensor)) continue;
    const inputs = tensor.inputs.map(of);
    replacements.set(tensor, rule(tensor, inputs, of) ?? copyOf(tensor, inputs));
  }
  return { outputs: outputs.map(of), of };
}

/** The same op on other inputs of the same shapes, in the same scope. */
const copyOf = (
  { op, attributes: old, shape, dtype, scope }: Tensor,
  inputs: readonly Tensor[],
  attributes: Tensor["attributes"] = old,
): Tensor => new Tensor(op, inputs, attributes, shape, dtype, scope);

/**
 * Replaces composites by the ops that they consist of (`lower` in graph/op.ts) until none is left.
 *
 * @param rule - applied to all other tensors on the way
 */
export function lower(outputs: readonly Tensor[], rule: Rule = () => undefined): Rewritten {
  let lowered: Rewritten = { outputs: [...outputs], of: (tensor) => tensor };
  for (let isLeft = true; isLeft; ) {
    isLeft = false;
    const before = lowered.of;
    const next = rewrite(lowered.outputs, (tensor, inputs, of) => {
      const { op, attributes, scope } = tensor;
      if (!op.lower) return rule(tensor, inputs, of);
      isLeft = true; // and may be made of composites in turn
      return inScope(scope, () => op.lower!(inputs, attributes));
    });
    lowered = { outputs: next.outputs, of: (tensor) => next.of(before(tensor)) };
  }
  return lowered;
}

/**
 * Lets products read their batch's rows straight from the data set: `takeBatch` on the left becomes an attribute, and
 * isn't launched. Only where products are its only readers, for it would be launched for the others.
 */
export function absorbBatches(outputs: readonly Tensor[]): Tensor[] {
  const batches = new Set<Tensor>();
  for (const tensor of ancestors(outputs)) {
    if (tensor.op === takeBatch.op && !tensor.attributes.start) batches.add(tensor);
    const [left] = tensor.inputs;
    for (const input of tensor.inputs) {
      if (tensor.op.view || (isMatrixProduct(tensor) && input === left && tensor.inputs[1] !== left)) continue;
      batches.delete(viewBase(input));
    }
  }
  if (batches.size === 0) return [...outputs];
  return rewrite(outputs, (tensor, [left, right]) => {
    if (!isMatrixProduct(tensor) || !batches.has(viewBase(tensor.inputs[0]))) return undefined;
    const { inputs, attributes } = viewBase(left);
    // Under another shape, the product's rows would not be the data set's.
    if (left.shape.length !== 2 || left.shape[0] !== attributes.batch) return undefined;
    const [data, order] = inputs;
    return copyOf(tensor, [data, right, order], { ...tensor.attributes, gather: attributes.batch });
  }).outputs;
}

const isMatrixProduct = ({ op, shape }: Tensor) => op === matmul.op && shape.length === 2;

/** matmul(aᵀ, b) reads a as it is stored: transposes of the last two axes on either side become attributes. */
export const absorbTransposes: Rule = (tensor, inputs) => {
  if (tensor.op !== matmul.op) return undefined;
  const { transposeA, transposeB } = tensor.attributes as MatmulAttributes;
  const [a, b] = [withoutTransposes(inputs[0], transposeA), withoutTransposes(inputs[1], transposeB)];
  if (a.stored === inputs[0] && b.stored === inputs[1]) return undefined;
  return copyOf(tensor, [a.stored, b.stored], { transposeA: a.transposed, transposeB: b.transposed });
};

/** The matrix under any number of transposes, and whether it must be read transposed. Gradients of products have two. */
function withoutTransposes(stored: Tensor, transposed = false): { stored: Tensor; transposed: boolean } {
  const isTransposed = stored.op === transposeOp.op && swapsLastTwo(stored.attributes.axes as readonly number[]);
  return isTransposed ? withoutTransposes(stored.inputs[0], !transposed) : { stored, transposed };
}
