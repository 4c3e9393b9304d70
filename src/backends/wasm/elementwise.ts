import type { Argument } from "../../compile/plan.js";
import { NOISE_DEVIATION, Stream, thresholdOf } from "../../core/random.js";
import type { Attributes } from "../../graph/op.js";
import type { CustomActivation } from "../../ops/activations.js";
import { nameWith } from "../../ops/rule.js";
import type { UpdateAttributes } from "../../ops/update.js";
import type { Operand } from "./chain.js";
import { Op } from "./codes.js";
import { bitsOf, type ProgramWriter } from "./writer.js";

interface OpCall {
  attributes: Attributes;
  operands: readonly Operand[];
  writer: ProgramWriter;
  /** Elements. */
  size: number;
}

/** Encodes an op of a chain: its operands, then the words that its function in assembly/chain.ts reads. */
type Encoder = (call: OpCall) => { operands: readonly Operand[]; words: readonly number[] };

const dropout: Encoder = ({ operands, attributes }) => {
  const { rate, layer } = attributes as { rate: number; layer: number };
  return { operands, words: [Stream.dropout, layer, thresholdOf(rate), bitsOf(1 / (1 - rate))] };
};

const noise: Encoder = ({ operands, attributes }) => {
  const { deviation, layer } = attributes as { deviation: number; layer: number };
  return { operands, words: [Stream.noise, layer, bitsOf(deviation / NOISE_DEVIATION)] };
};

const custom: Encoder = ({ operands, attributes, writer }) => ({
  operands,
  words: [writer.activation(attributes.activation as CustomActivation)],
});

const memoryOf = (operand: Operand): Argument => (operand as { argument: Argument }).argument;

const record: Encoder = ({ operands: [results, value], attributes, writer }) => {
  const to = memoryOf(results);
  return { operands: [value], words: [writer.address(to), to.shape[1], attributes.slot as number] };
};

const update: Encoder = ({ operands: [parameter, gradient, state], attributes, writer, size }) => {
  const { rule, flags, first } = attributes as UpdateAttributes;
  const address = writer.address(memoryOf(parameter));
  const stateAddress = state ? writer.address(memoryOf(state)) : 0;
  return { operands: [gradient], words: [address, stateAddress, size, first, writer.update(nameWith(rule, flags))] };
};

/** The address of what is kept of a GRU, and its units. */
const gruHiddenGradient: Encoder = ({ operands: [dz, kept], writer }) => {
  const argument = memoryOf(kept);
  return { operands: [dz], words: [writer.address(argument), argument.shape[2] / 4] };
};

/** The encoders of ops that are more than a scalar function, by name. */
export const encoders: Readonly<Record<string, Encoder>> = {
  dropout,
  noise,
  customActivation: custom,
  customActivationGradient: custom,
  record,
  update,
  gruHiddenGradient,
};

/** Encodes an op of a chain: its code, then its operands and words. An op without an encoder is a scalar function. */
export function encode(op: string, call: OpCall): { code: number } & ReturnType<Encoder> {
  const encoder = encoders[op];
  if (encoder) return { code: Op[op as keyof typeof Op], ...encoder(call) };
  return { code: Op.scalar + call.writer.scalarFunction(op), operands: call.operands, words: [] };
}
