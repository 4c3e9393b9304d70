import type { Argument, ChainOp, PlanNumber, Result } from "../../compile/plan.js";
import { broadcastStrides, type Shape, sizeOf } from "../../core/shape.js";
import { Source } from "./codes.js";
import { encode } from "./elementwise.js";
import { bitsOf, type ProgramWriter } from "./writer.js";

/** Elements that a chain works on at a time: BLOCK of assembly/chain.ts, whose slots follow three spread-out operands. */
const SLOT_BYTES = 512 * 4;
const SPREAD = 3;

/** An operand of a chained op: a value of the chain by its number, memory, or a number. */
export type Operand = { value: number } | { argument: Argument; shape: Shape } | { number: PlanNumber };

/** An op with its operands at hand. In-place ops make no value. */
export interface Link {
  op: string;
  attributes: ChainOp["attributes"];
  operands: readonly Operand[];
  shape: Shape;
}

export interface Chain {
  /** True where value 0 is the kernel's result; else the first link makes it. */
  given: boolean;
  links: readonly Link[];
  outputs: readonly { value: number; to: Argument }[];
}

/** The links of a result's chain, its operands looked up. */
export const linksOf = ({ chain, reads }: Result): Link[] =>
  chain.map(({ operands, ...link }) => ({
    ...link,
    operands: operands.map((operand) =>
      "read" in operand ? { argument: reads[operand.read].argument, shape: operand.shape } : operand,
    ),
  }));

/** Writes a chain; see assembly/chain.ts. @returns its address */
export function writeChain(writer: ProgramWriter, { given, links, outputs }: Chain): number {
  const values = outputs.map(({ value }) => value);
  const { words, slotOf } = writeLinks(writer, links, values, given ? "given" : 0);
  const kept = outputs.flatMap(({ value, to }) => [given && value === 0 ? -1 : slotOf(value), writer.address(to)]);
  // Of one output that the last link makes, nothing else reads the slot.
  const isDirect = links.length > 0 && outputs.length === 1 && values[0] === links.length - 1 + Number(given);
  return writer.table([links.length, Number(isDirect), ...words, outputs.length, ...kept]);
}

/**
 * The words of links, and the slot of each value that is kept.
 *
 * @param inputs - values before the first link's: as many that lie in the first slots, or one, the kernel's result
 */
export function writeLinks(
  writer: ProgramWriter,
  links: readonly Link[],
  kept: readonly number[],
  inputs: number | "given",
): { words: number[]; slotOf(value: number): number } {
  const given = inputs === "given";
  const first = given ? 1 : inputs;
  const lastUse = new Map<number, number>();
  links.forEach(({ operands }, at) => {
    for (const operand of operands) if ("value" in operand) lastUse.set(operand.value, at);
  });
  for (const value of kept) lastUse.set(value, links.length);

  const held = given ? [] : Array.from({ length: inputs }, (_, i) => i);
  const slotOf = new Map(held.map((value) => [value, value]));
  const slots: (number | undefined)[] = [...held]; // the value in each
  const source = (operand: Operand, shape: Shape): number[] => {
    if ("number" in operand) return [Source.number, bitsOf(operand.number as number)];
    if ("argument" in operand) return memorySource(writer, operand.argument, operand.shape, shape);
    return given && operand.value === 0 ? [Source.given, 0] : [Source.slot, slotOf.get(operand.value)!];
  };
  const words = links.flatMap(({ op, attributes, operands, shape }, at) => {
    const encoded = encode(op, { attributes, operands, writer, size: sizeOf(shape) });
    const sources = encoded.operands.flatMap((operand) => source(operand, shape));
    // A value may take the place of an operand that isn't needed any more: elements are read before they are written.
    const value = at + first;
    const isFree = (other: number | undefined) => other === undefined || (lastUse.get(other) ?? -1) <= at;
    const found = slots.findIndex(isFree);
    const slot = found < 0 ? slots.length : found;
    slots[slot] = value;
    slotOf.set(value, slot);
    return [encoded.code, 3 + sources.length + encoded.words.length, slot, ...sources, ...encoded.words];
  });
  writer.slots((SPREAD + slots.length) * SLOT_BYTES);
  return { words, slotOf: (value) => slotOf.get(value)! };
}

/** The words by which a chain over `target` reads memory of `shape`. */
function memorySource(writer: ProgramWriter, argument: Argument, shape: Shape, target: Shape): number[] {
  const address = writer.address(argument);
  if (sizeOf(shape) === sizeOf(target)) return [Source.memory, address];
  if (sizeOf(shape) === 1) return [Source.scalar, address];
  const axes = mergeAxes(target, [broadcastStrides(shape, target)]);
  while (axes.length > 1 && axes.at(-1)!.strides[0] === 0) axes.pop(); // it repeats by itself
  return [
    Source.pattern,
    writer.table([address, axes.length, ...axes.flatMap(({ size, strides }) => [size, strides[0] * 4])]),
  ];
}

/**
 * Axes innermost first, each with its size and its stride in every tensor, those that continue each other in all of them
 * walked as one.
 */
export function mergeAxes(
  shape: Shape,
  tensors: readonly (readonly number[])[],
): { size: number; strides: number[] }[] {
  const merged: { size: number; strides: number[] }[] = [];
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const strides = tensors.map((own) => own[axis]);
    const last = merged.at(-1);
    if (shape[axis] === 1) continue;
    if (last && strides.every((stride, i) => stride === last.strides[i] * last.size)) last.size *= shape[axis];
    else merged.push({ size: shape[axis], strides });
  }
  return merged.length > 0 ? merged : [{ size: 1, strides: tensors.map(() => 1) }];
}
