import { ancestors, type Tensor } from "../graph/tensor.js";
import { readersBy } from "./order.js";
import { rewrite } from "./rewrite.js";

/** The graph with pools made before the functions that they follow, where `sooner` of theirs says so: products can keep their maxima. */
export function poolsFirst(outputs: readonly Tensor[]): Tensor[] {
  const readers = readersBy((input) => input, ancestors(outputs));
  return rewrite(outputs, (tensor, _, of) => tensor.op.sooner?.(tensor, readers, of)).outputs;
}
