import type { Op } from "../graph/op.js";
import { isConstant, type Tensor } from "../graph/tensor.js";

/*
 * Patterns of a graph: by which ops a tensor must be made, down to tensors that may be anything.
 */

/** Tensors that a pattern found, by the names that it gives them. */
export type Matched = Readonly<Record<string, Tensor>>;

/**
 * Compares a tensor with a pattern.
 *
 * @param matched - tensors that were named before
 * @returns these and what was named here; undefined where the tensor isn't like the pattern
 */
export type Pattern = (tensor: Tensor, matched: Matched) => Matched | undefined;

/** Any tensor, but the same one wherever the name stands. */
export const any =
  (name: string): Pattern =>
  (tensor, matched) =>
    (matched[name] ?? tensor) === tensor ? { ...matched, [name]: tensor } : undefined;

/** A tensor for which a condition holds. */
export const where =
  (condition: (tensor: Tensor) => boolean): Pattern =>
  (tensor, matched) =>
    condition(tensor) ? matched : undefined;

/** A constant of one element with this value. */
export const literal = (value: number): Pattern =>
  where(
    (tensor) =>
      isConstant(tensor) && tensor.size === 1 && Number((tensor.attributes.values as Float32Array)[0]) === value,
  );

/** A tensor that an op makes of inputs like these. */
export const madeBy =
  ({ op }: { readonly op: Op }, ...inputs: readonly Pattern[]): Pattern =>
  (tensor, matched) =>
    tensor.op === op
      ? inputs.reduce<Matched | undefined>((sofar, input, i) => sofar && input(tensor.inputs[i], sofar), matched)
      : undefined;

/** A tensor that is like all of these patterns. */
export const all =
  (...patterns: readonly Pattern[]): Pattern =>
  (tensor, matched) =>
    patterns.reduce<Matched | undefined>((sofar, pattern) => sofar && pattern(tensor, sofar), matched);
