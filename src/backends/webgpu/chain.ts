import { NORMAL_SCALE, Stream, thresholdOf } from "../../core/random.js";
import { type Shape, sizeOf } from "../../core/shape.js";
import type { Attributes } from "../../graph/tensor.js";
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

/** A function of functions/elementwise.wgsl, on the operands and then some of the op's attributes. */
const call =
  (op: string, ...numbers: string[]): Emitter =>
  ({ attributes, operands, shape }) => {
    const values = operands.map((operand) => read(operand, shape));
    const literals = numbers.map((number) => literal(attributes[number] as number));
    return {
      statements: [],
      value: `op_${op}(${[...values, ...literals].join(", ")})`,
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

/** A user's activation: the expressions become functions, so that they see `x` and `y` and nothing else. */
const customActivation: Emitter = ({ attributes, operands, shape, name }) => {
  const { wgsl } = attributes.activation as CustomActivation;
  return {
    statements: [],
    value: `forward_${name}(${read(operands[0], shape)})`,
    functions: [`fn forward_${name}(x: f32) -> f32 {\n  return ${wgsl.forward};\n}`],
  };
};

const customActivationGradient: Emitter = ({ attributes, operands, shape, name }) => {
  const { wgsl } = attributes.activation as CustomActivation;
  const [dy, x, y] = operands.map((operand) => read(operand, shape));
  return {
    statements: [],
    value: `${dy} * derivative_${name}(${x}, ${y})`,
    functions: [`fn derivative_${name}(x: f32, y: f32) -> f32 {\n  return ${wgsl.gradient};\n}`],
  };
};

/**
 * An optimizer's step in place. The rule is update(p, g, moments) of functions/NAME.wgsl; `lanes` says which of the
 * three moments are kept, in the order of the state.
 */
const update =
  (
    rule: () => WgslPart,
    hyperparameters: number,
    options: (attributes: Attributes) => Record<string, boolean>,
    lanesOf: (a: Attributes) => string[],
  ): Emitter =>
  ({ attributes, operands, shape, name }) => {
    const [parameter, , state] = operands as { buffer: string; shape: Shape }[];
    const size = sizeOf(shape);
    const moments = `moments_${name}`;
    const lanes = lanesOf(attributes).map((lane, slot) => [
      `${moments}.${lane}`,
      `${state.buffer}[${slot * size}u + i]`,
    ]);
    const first = attributes.first as number;
    // Each by its own constant place, which a driver needn't check the bounds of.
    const numbers = Array.from({ length: hyperparameters }, (_, i) => {
      return `step_record.hyperparameters[${Math.floor((first + i) / 4)}].${"xyzw"[(first + i) % 4]}`;
    });
    const constants = Object.entries(options(attributes));
    return {
      statements: [
        `var ${moments} = vec3<f32>();`,
        ...lanes.map(([moment, place]) => `${moment} = ${place};`),
        `let updated_${name} = update(${parameter.buffer}[i], ${read(operands[1], shape)}, &${moments}, Hyperparameters(${numbers}));`,
        `${parameter.buffer}[i] = updated_${name};`,
        ...lanes.map(([moment, place]) => `${place} = ${moment};`),
      ],
      functions: [...constants.map(([constant, value]) => `const ${constant} = ${value};`), rule(), shaders.step],
    };
  };

const sgd = update(
  () => further("sgdFunction"),
  4,
  ({ momentum, nesterov }) => ({ MOMENTUM: momentum as boolean, NESTEROV: nesterov as boolean }),
  ({ momentum }) => (momentum ? ["x"] : []),
);

const rmsprop = update(
  () => further("rmspropFunction"),
  6,
  ({ centered, momentum }) => ({ CENTERED: centered as boolean, MOMENTUM: momentum as boolean }),
  ({ centered, momentum }) => ["x", ...(centered ? ["y"] : []), ...(momentum ? ["z"] : [])],
);

const adam = update(
  () => shaders.adamFunction,
  10,
  ({ amsgrad, decoupled = false, nesterov = false }) => ({
    AMSGRAD: amsgrad as boolean,
    DECOUPLED: decoupled as boolean,
    NESTEROV: nesterov as boolean,
  }),
  ({ amsgrad }) => ["x", "y", ...(amsgrad ? ["z"] : [])],
);

const none = () => ({});
const adamax = update(
  () => further("adamaxFunction"),
  6,
  none,
  () => ["x", "y"],
);
const adadelta = update(
  () => further("adadeltaFunction"),
  5,
  none,
  () => ["x", "y"],
);
const lion = update(
  () => further("lionFunction"),
  6,
  none,
  () => ["x"],
);

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
  .map((op) => [op, call(op)] as const);

/** WGSL of every elementwise op, by name. */
export const emitters: Readonly<Record<string, Emitter>> = {
  ...Object.fromEntries(plain),
  clamp: call("clamp", "low", "high"),
  leakyRelu: call("leakyRelu", "slope"),
  elu: call("elu", "alpha"),
  dropout: random("dropout", ({ rate }) => [`${thresholdOf(rate)}u`, literal(1 / (1 - rate))]),
  noise: random("noise", ({ deviation }) => [literal(deviation / NORMAL_SCALE)]),
  customActivation,
  customActivationGradient,
  sgd,
  rmsprop,
  adam,
  adamax,
  adadelta,
  lion,
  record,
};
