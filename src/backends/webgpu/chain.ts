import adadelta from "../../../shaders/functions/adadelta.wgsl";
import adam from "../../../shaders/functions/adam.wgsl";
import adamax from "../../../shaders/functions/adamax.wgsl";
import dropout from "../../../shaders/functions/dropout.wgsl";
import elementwise from "../../../shaders/functions/elementwise.wgsl";
import finite from "../../../shaders/functions/finite.wgsl";
import lion from "../../../shaders/functions/lion.wgsl";
import noise from "../../../shaders/functions/noise.wgsl";
import rmsprop from "../../../shaders/functions/rmsprop.wgsl";
import sgd from "../../../shaders/functions/sgd.wgsl";
import step from "../../../shaders/functions/step.wgsl";
import { NOISE_DEVIATION, Stream, thresholdOf } from "../../core/random.js";
import { type Shape, sizeOf } from "../../core/shape.js";
import type { Attributes } from "../../graph/op.js";
import type { CustomActivation } from "../../ops/activations.js";
import { glue, type Part } from "./glue.js";
import { broadcastIndex } from "./indexing.js";
import { literal } from "./kernel.js";

/** An operand of an elementwise op: a tensor of the kernel's (see `Tensors`), a value at hand, or a number. */
export type Operand = { tensor: string; shape: Shape } | { value: string } | { number: number };

/** WGSL of one elementwise op at element `i`: what to do first, its value, and the functions that this takes. */
export interface Snippet {
  statements: readonly string[];
  /** Absent where the op only writes. */
  value?: string;
  functions: readonly Part[];
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
  return `${operand.tensor}_at(${broadcastIndex("i", operand.shape, shape)})`;
}

/** A function of functions/elementwise.wgsl. */
const call =
  (op: string): Emitter =>
  ({ operands, shape }) => ({
    statements: [],
    value: `op_${op}(${operands.map((operand) => read(operand, shape)).join(", ")})`,
    functions: [elementwise],
  });

/** A function that draws random numbers for element `i`. @param numbers - what it is told beside stream and layer */
const random =
  (op: "dropout" | "noise", part: Part, numbers: (attributes: Record<string, number>) => string[]): Emitter =>
  ({ attributes, operands, shape }) => {
    const given = attributes as Record<string, number>;
    const source = [`${Stream[op]}u`, `${given.layer}u`, ...numbers(given)].join(", ");
    return {
      statements: [],
      value: `${op}(${read(operands[0], shape)}, i, ${source})`,
      functions: [part],
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
      functions: [glue("webgpu/chain.ts", `fn ${part}_${name}(${parameters}) -> f32 {\n  return ${wgsl[part]};\n}`)],
    };
  };

/** An optimizer's update(p, g, moments, hyperparameters) of functions/NAME.wgsl. */
interface UpdateRule {
  part: Part;
  /** How many numbers it takes of the step's. */
  hyperparameters: number;
  /** Attributes that it knows as constants, in capitals. */
  flags?: readonly string[];
  /** Moments x, y, z in the order of the state: the flag without which one isn't kept, or true. */
  moments: readonly (string | true)[];
}

const updateRules: Record<string, UpdateRule> = {
  sgd: { part: sgd, hyperparameters: 4, flags: ["momentum", "nesterov"], moments: ["momentum"] },
  rmsprop: {
    part: rmsprop,
    hyperparameters: 7,
    flags: ["centered", "momentum"],
    moments: [true, "centered", "momentum"],
  },
  adam: {
    part: adam,
    hyperparameters: 11,
    flags: ["amsgrad", "decoupled", "nesterov"],
    moments: [true, true, "amsgrad"],
  },
  adamax: { part: adamax, hyperparameters: 6, moments: [true, true] },
  adadelta: { part: adadelta, hyperparameters: 5, moments: [true, true] },
  lion: { part: lion, hyperparameters: 6, moments: [true] },
};

/** An optimizer's step in place. */
const update =
  ({ part, hyperparameters, flags = [], moments: kept }: UpdateRule): Emitter =>
  ({ attributes, operands, shape, name }) => {
    const [parameter, , state] = operands as { tensor: string; shape: Shape }[];
    const moments = `moments_${name}`;
    const lanes = kept
      .flatMap((flag, lane) => (flag === true || attributes[flag] ? `${moments}.${"xyz"[lane]}` : []))
      .map((moment, slot) => [moment, `${slot * sizeOf(shape)}u + i`]);
    const first = attributes.first as number;
    // Each by its own constant place, which a driver needn't check the bounds of.
    const numbers = Array.from({ length: hyperparameters }, (_, i) => {
      return `step_record.hyperparameters[${Math.floor((first + i) / 4)}].${"xyzw"[(first + i) % 4]}`;
    });
    return {
      statements: [
        `var ${moments} = vec3<f32>();`,
        ...lanes.map(([moment, place]) => `${moment} = ${state.tensor}_at(${place});`),
        `let updated_${name} = update(${parameter.tensor}_at(i), ${read(operands[1], shape)}, &${moments}, Hyperparameters(${numbers}));`,
        `store_${parameter.tensor}(i, updated_${name});`,
        ...lanes.map(([moment, place]) => `store_${state.tensor}(${place}, ${moment});`),
      ],
      functions: [
        ...flags.map((flag) => glue("webgpu/chain.ts", `const ${flag.toUpperCase()} = ${Boolean(attributes[flag])};`)),
        part,
        step,
      ],
    };
  };

/** Writes values, and whether they are finite, to slots of the step's row in the results [steps, slots, 2]. */
const record: Emitter = ({ attributes, operands, shape, name }) => {
  const [results, value] = operands as [{ tensor: string; shape: Shape }, Operand];
  const slot = attributes.slot as number;
  return {
    statements: [
      `let recorded_${name} = ${read(value, shape)};`,
      `let row_${name} = (step_record.index * ${results.shape[1]}u + ${slot}u + i) * 2u;`,
      `store_${results.tensor}(row_${name}, recorded_${name});`,
      `store_${results.tensor}(row_${name} + 1u, select(1.0, 0.0, is_finite(recorded_${name})));`,
    ],
    functions: [step, finite],
  };
};

/** Scalar functions: those of functions/elementwise.wgsl, where the one of op x is called op_x. */
const scalarFunctions = Array.from(elementwise.text.matchAll(/\bfn op_(\w+)/g), ([, op]) => [op, call(op)] as const);

/** WGSL of every elementwise op, by name. */
export const emitters: Readonly<Record<string, Emitter>> = {
  ...Object.fromEntries(scalarFunctions),
  dropout: random("dropout", dropout, ({ rate }) => [`${thresholdOf(rate)}u`, literal(1 / (1 - rate))]),
  noise: random("noise", noise, ({ deviation }) => [literal(deviation / NOISE_DEVIATION)]),
  customActivation: custom("forward"),
  customActivationGradient: custom("gradient"),
  ...Object.fromEntries(Object.entries(updateRules).map(([op, rule]) => [op, update(rule)])),
  record,
};
