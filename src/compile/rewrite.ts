import { ancestors, inScope, isConstant, isVariable, Tensor } from "../graph/tensor.js";

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
export const copyOf = (
  { op, attributes: old, shape, dtype, scope }: Tensor,
  inputs: readonly Tensor[],
  attributes: Tensor["attributes"] = old,
): Tensor => new Tensor(op, inputs, attributes, shape, dtype, scope);

/** Replaces composites by the ops that they consist of (`lower` in graph/op.ts) until none is left. */
export function lower(outputs: readonly Tensor[]): Rewritten {
  let lowered: Rewritten = { outputs: [...outputs], of: (tensor) => tensor };
  while (ancestors(lowered.outputs).some(({ op }) => op.lower)) {
    const before = lowered.of;
    const next = rewrite(lowered.outputs, ({ op, attributes, scope }, inputs) =>
      op.lower ? inScope(scope, () => op.lower!(inputs, attributes)) : undefined,
    );
    lowered = { outputs: next.outputs, of: (tensor) => next.of(before(tensor)) };
  }
  return lowered;
}
