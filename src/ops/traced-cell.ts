import type { Shape } from "../core/shape.js";
import type { InexactFunction } from "../graph/error-model.js";
import { passBack } from "../graph/gradients.js";
import { numbersOf, registry } from "../graph/op.js";
import { ancestors, constant, isConstant, type Tensor, variable } from "../graph/tensor.js";
import { add } from "./elementwise.js";

/*
 * Cells of the user's own, traced: their ops are functions of numbers, one after the other, so that the loop over time works
 * them off for a unit at a place. Their gradients are derived from the ops' rules and are such functions, too.
 */

/** An operand of a call: an input or what a call before it made, by its number; or a number. */
export type CellOperand = { readonly value: number } | { readonly number: number };

/** A function of numbers. */
export interface CellCall {
  readonly op: string;
  /** Those of the op, and the numbers that it takes after them. */
  readonly operands: readonly CellOperand[];
}

/** Functions of numbers in order. Values are the inputs, and then what each call makes. */
export interface CellProgram {
  readonly inputs: number;
  readonly calls: readonly CellCall[];
  readonly outputs: readonly CellOperand[];
}

/** A cell whose ops are all functions of numbers. Plain data, so that cells traced alike are the same attribute. */
export interface TracedCell {
  readonly gates: number;
  readonly states: number;
  /** Numbers kept of a unit at each place: the states, then the hidden sum of each gate. */
  readonly kept: number;
  /** From the gates' parts of z, their hidden sums and the states before to the states after. */
  readonly step: CellProgram;
  /** From these and the slopes of the states after to the slopes of z's parts, of the hidden sums and of the states before. */
  readonly slopes: CellProgram;
  /** Whether each gate's part of z and its hidden sum have the same slopes, as where the cell adds them up. */
  readonly isAdded: boolean;
}

/** The step of a cell, written with ops on [batch, units] tensors. */
export interface CellToTrace {
  gates: number;
  states: number;
  step(input: readonly Tensor[], hidden: readonly Tensor[], states: readonly Tensor[]): readonly Tensor[];
}

/**
 * Traces a cell.
 *
 * @param shape - [batch, units]
 * @returns undefined where an op is more than a function of numbers (a product, a reduction, dropout), or reads a tensor that
 * the step isn't given
 */
export function traceCell({ gates, states, step }: CellToTrace, shape: Shape): TracedCell | undefined {
  const some = (name: string, count: number) => Array.from({ length: count }, (_, i) => variable(`${name}${i}`, shape));
  const [z, hidden, before] = [some("z", gates), some("hidden", gates), some("state", states)];
  const given = [...z, ...hidden, ...before];
  const after = step(z, hidden, before);
  const stepped = programOf(given, after);
  if (!stepped || ancestors(after).some(({ op, inputs }) => inputs.length > 0 && !op.gradient)) return undefined;
  const slopesAfter = some("slope", states);
  const slopeOf = new Map<Tensor, Tensor>();
  for (const [i, state] of after.entries()) {
    const sofar = slopeOf.get(state);
    slopeOf.set(state, sofar ? add(sofar, slopesAfter[i]) : slopesAfter[i]);
  }
  passBack(after, given, (a, b) => add(a, b), slopeOf);
  const none = constant(0);
  const slopes = programOf(
    [...given, ...slopesAfter],
    given.map((input) => slopeOf.get(input) ?? none),
  );
  if (!slopes) return undefined;
  const isAdded = z.every((part, gate) => (slopeOf.get(part) ?? none) === (slopeOf.get(hidden[gate]) ?? none));
  return { gates, states, kept: states + gates, step: stepped, slopes, isAdded };
}

/** Tensors as a program of their inputs; undefined where one isn't made by functions of numbers alone. */
function programOf(inputs: readonly Tensor[], outputs: readonly Tensor[]): CellProgram | undefined {
  const operands = new Map<Tensor, CellOperand>(inputs.map((input, value) => [input, { value }]));
  const calls: CellCall[] = [];
  for (const tensor of ancestors(outputs)) {
    if (operands.has(tensor)) continue;
    const operand = isConstant(tensor) ? numberIn(tensor) : madeBy(tensor);
    if (!operand) return undefined;
    operands.set(tensor, operand);
  }
  return { inputs: inputs.length, calls, outputs: outputs.map((output) => operands.get(output)!) };

  function madeBy(tensor: Tensor): CellOperand | undefined {
    const own = tensor.inputs.map((input) => operands.get(input)!);
    if (tensor.op.view) return own[0];
    if (!tensor.op.scalar) return undefined;
    const numbers = numbersOf(tensor).map((number) => ({ number }));
    return { value: inputs.length + calls.push({ op: tensor.op.name, operands: [...own, ...numbers] }) - 1 };
  }
}

/** The number that all elements of a constant are. */
function numberIn({ attributes }: Tensor): CellOperand | undefined {
  const values = attributes.values as Float32Array;
  return values.every((value) => Object.is(value, values[0])) ? { number: values[0] } : undefined;
}

/** The functions of a program that devices may compute inexactly, each as often as it is called. */
export const inexactFunctionsIn = ({ calls }: CellProgram): InexactFunction[] =>
  calls.flatMap(({ op }) => (registry.get(op)!.error!.functions as readonly InexactFunction[] | undefined) ?? []);

/** Numbers that the calls of a program add up. */
export const termsIn = ({ calls }: CellProgram): number =>
  calls.reduce((sum, { op }) => sum + (registry.get(op)!.error!.terms?.([], {}) ?? 1), 0);
