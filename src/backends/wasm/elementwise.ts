import type { Argument } from "../../compile/plan.js";
import { NOISE_DEVIATION, Stream, thresholdOf } from "../../core/random.js";
import type { Attributes } from "../../graph/op.js";
import type { CustomActivation } from "../../ops/activations.js";
import { nameWith } from "../../ops/rule.js";
import type { UpdateAttributes } from "../../ops/update.js";
import type { Operand } from "./chain.js";
import { bitsOf, type ProgramWriter } from "./writer.js";

interface Call {
  attributes: Attributes;
  operands: readonly Operand[];
  writer: ProgramWriter;
  /** Elements. */
  size: number;
}

/** What an op of a chain is given: operands, then words that its function in assembly/chain.ts reads. */
type Encoder = (call: Call) => { operands: readonly Operand[]; words: readonly number[] };

/** An op on its operands. */
const plain: Encoder = ({ operands }) => ({ operands, words: [] });

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
  return { operands: [gradient], words: [address, stateAddress, size, first, writer.loop(nameWith(rule, flags))] };
};

const PLAIN = ["neg", "exp", "log", "sqrt", "square", "abs", "sign", "erf", "broadcastTo", "relu", "sigmoid", "tanh"]
  .concat(["softplus", "add", "sub", "mul", "div", "pow", "maximum", "minimum", "greater", "equal", "select"])
  .concat(["clamp", "leakyRelu", "elu"])
  .map((op) => [op, plain] as const);

/** The encoder of each elementwise op, by name. */
export const encoders: Readonly<Record<string, Encoder>> = {
  ...Object.fromEntries(PLAIN),
  dropout,
  noise,
  customActivation: custom,
  customActivationGradient: custom,
  record,
  update,
};
