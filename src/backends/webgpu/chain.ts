import { NOISE_DEVIATION, Stream, thresholdOf } from "../../core/random.js";
import { type Shape, sizeOf } from "../../core/shape.js";
import type { Attributes } from "../../graph/op.js";
import type { CustomActivation } from "../../ops/activations.js";
import { broadcastIndex } from "./indexing.js";
import { further, literal, type WgslPart } from "./kernel.js";
import * as shaders from "./shaders.js";

/** An operand of an elementwise op: memory, a value at hand, or a number. */
export type Operand = { buffer: string; shape: Shape } | { value: string } | { number: number };

/** WGSL of one elementwise op at element `i`: what to do first, its value, and the functions that this takes. */
export interface Snippet {
  statements: readonly string[];
  /** Absent where the op only writes. */
  value?: string;
  functions: readonly WgslPart[];
}

interface Call {
  attributes: Attributes;
  operands: readonly Operand[];
  /** The op's shape; operands broadcast to it. */
  shape: Shape;
  /** A name that nothing else in the kernel has. */
  name: string;
}

/** The op on element `i`. */
type Emitter = (call: Call) => Snippet;

function read(operand: Operand, shape: Shape): string {
  if ("number" in operand) return literal(operand.number);
  if ("value" in operand) return operand.value;
  return `${operand.buffer}[${broadcastIndex("i", operand.shape, shape)}]`;
}

/** Ops whose functions are in functions/elementwise-long.wgsl. */
const LONG = ["log", "pow", "elu", "softplus", "erf"];

/** A function of functions/elementwise.wgsl. */
const call =
  (op: string): Emitter =>
  ({ operands, shape }) => {
    return {
      statements: [],
      value: `op_${op}(${operands.map((operand) => read(operand, shape)).join(", ")})`,
      functions: [
        shaders.elementwiseFunctions,
        shaders.finite,
        ...(LONG.includes(op) ? [further("elementwiseLong")] : []),
      ],
    };
  };

/** A function that draws random numbers for element `i`. @param numbers - what it is told beside stream and layer */
const random =
  (op: "dropout" | "noise", numbers: (attributes: Record<string, number>) => string[]): Emitter =>
  ({ attributes, operands, shape }) => {
    const given = attributes as Record<string, number>;
    const source = [`${Stream[op]}u`, `${given.layer}u`, ...numbers(given)].join(", ");
    return {
      statements: [],
      value: `${op}(${read(operands[0], shape)}, i, ${source})`,
      functions: [further(`${op}Function`), shaders.step, further("philox")],
    };
  };

/** A user's activation: its expression becomes a function, so that it sees `x` and `y` and nothing else. */
const custom =
  (part: "forward" | "gradient"): Emitter =>
  ({ attributes, operands, shape, name }) => {
    const factors = operands.map((operand) => read(operand, shape));
    const values = factors.splice(part === "gradient" ? 1 : 0); // after dy
    const parameters = values.map((_, i) => `${"xy"[i]}: f32`).join(", ");
    const { wgsl } = attributes.activation as CustomActivation;
    return {
      statements: [],
      value: [...factors, `${part}_${name}(${values.join(", ")})`].join(" * "),
      functions: [`fn ${part}_${name}(${parameters}) -> f32 {\n  return ${wgsl[part]};\n}`],
    };
  };

/** An optimizer's update(p, g, moments, hyperparameters) of functions/NAME.wgsl. */
interface UpdateRule {
  /** How many numbers it takes of the step's. */
  hyperparameters: number;
  /** Attributes that it knows as constants, in capitals. */
  flags?: readonly string[];
  /** Moments x, y, z in the order of the state: the flag without which one isn't kept, or true. */
  moments: readonly (string | true)[];
}

const updateRules: Record<string, UpdateRule> = {
  sgd: { hyperparameters: 4, flags: ["momentum", "nesterov"], moments: ["momentum"] },
  rmsprop: { hyperparameters: 7, flags: ["centered", "momentum"], moments: [true, "centered", "momentum"] },
  adam: { hyperparameters: 11, flags: ["amsgrad", "decoupled", "nesterov"], moments: [true, true, "amsgrad"] },
  adamax: { hyperparameters: 6, moments: [true, true] },
  adadelta: { hyperparameters: 5, moments: [true, true] },
  lion: { hyperparameters: 6, moments: [true] },
};

/** An optimizer's step in place. */
const update =
  (op: string, { hyperparameters, flags = [], moments: kept }: UpdateRule): Emitter =>
  ({ attributes, operands, shape, name }) => {
    const [parameter, , state] = operands as { buffer: string; shape: Shape }[];
    const moments = `moments_${name}`;
    const lanes = kept
      .flatMap((flag, lane) => (flag === true || attributes[flag] ? `${moments}.${"xyz"[lane]}` : []))
      .map((moment, slot) => [moment, `${state.buffer}[${slot * sizeOf(shape)}u + i]`]);
    const first = attributes.first as number;
    // Each by its own constant place, which a driver needn't check the bounds of.
    const numbers = Array.from({ length: hyperparameters }, (_, i) => {
      return `step_record.hyperparameters[${Math.floor((first + i) / 4)}].${"xyzw"[(first + i) % 4]}`;
    });
    return {
      statements: [
        `var ${moments} = vec3<f32>();`,
        ...lanes.map(([moment, place]) => `${moment} = ${place};`),
        `let updated_${name} = update(${parameter.buffer}[i], ${read(operands[1], shape)}, &${moments}, Hyperparameters(${numbers}));`,
        `${parameter.buffer}[i] = updated_${name};`,
        ...lanes.map(([moment, place]) => `${place} = ${moment};`),
      ],
      functions: [
        ...flags.map((flag) => `const ${flag.toUpperCase()} = ${Boolean(attributes[flag])};`),
        op === "adam" ? shaders.adamFunction : further(`${op}Function` as "sgdFunction"),
        shaders.step,
      ],
    };
  };

/** Writes values, and whether they are finite, to slots of the step's row in the results [steps, slots, 2]. */
const record: Emitter = ({ attributes, operands, shape, name }) => {
  const [results, value] = operands as [{ buffer: string; shape: Shape }, Operand];
  const slot = attributes.slot as number;
  return {
    statements: [
      `let recorded_${name} = ${read(value, shape)};`,
      `let row_${name} = (step_record.index * ${results.shape[1]}u + ${slot}u + i) * 2u;`,
      `${results.buffer}[row_${name}] = recorded_${name};`,
      `${results.buffer}[row_${name} + 1u] = select(1.0, 0.0, is_finite(recorded_${name}));`,
    ],
    functions: [shaders.step, shaders.finite],
  };
};

const plain = ["add", "sub", "mul", "div", "pow", "maximum", "minimum", "greater", "equal", "select", "neg", "exp"]
  .concat(["log", "sqrt", "square", "abs", "sign", "erf", "broadcastTo", "relu", "sigmoid", "tanh", "softplus"])
  .concat(["clamp", "leakyRelu", "elu"])
  .map((op) => [op, call(op)] as const);

/** WGSL of every elementwise op, by name. */
export const emitters: Readonly<Record<string, Emitter>> = {
  ...Object.fromEntries(plain),
  dropout: random("dropout", ({ rate }) => [`${thresholdOf(rate)}u`, literal(1 / (1 - rate))]),
  noise: random("noise", ({ deviation }) => [literal(deviation / NOISE_DEVIATION)]),
  customActivation: custom("forward"),
  customActivationGradient: custom("gradient"),
  ...Object.fromEntries(Object.entries(updateRules).map(([op, rule]) => [op, update(op, rule)])),
  record,
};
