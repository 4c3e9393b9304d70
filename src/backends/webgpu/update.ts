import step from "../../../shaders/functions/step.wgsl";
import { type Shape, sizeOf } from "../../core/shape.js";
import { statesOf } from "../../ops/rule.js";
import type { UpdateAttributes } from "../../ops/update.js";
import { hyperparameterAt } from "./kernel.js";
import { type Emitter, read } from "./snippet.js";

/** Names in WGSL are those of a rule in snake_case: `oneMinusBeta1` is `one_minus_beta1`. */
const wgslName = (name: string) => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);

/**
 * An optimizer's step in place, by `update(p, gradient, &state, h, flags)` of functions/NAME.wgsl: the fields of its
 * structs are found by their names.
 */
export const update: Emitter = ({ attributes, operands, shape, name }) => {
  const { rule, flags, first } = attributes as UpdateAttributes;
  const [parameter, , kept] = operands as { tensor: string; shape: Shape }[];
  const [state, h, set] = ["state", "h", "flags"].map((each) => `${each}_${name}`);
  const places = statesOf(rule, flags).map((field, slot) => [
    `${state}.${wgslName(field)}`,
    `${slot * sizeOf(shape)}u + i`,
  ]);
  const hasState = Object.keys(rule.state).length > 0;
  const hasFlags = rule.flags.length > 0;
  const values = [`${parameter.tensor}_at(i)`, read(operands[1], shape), ...(hasState ? [`&${state}`] : []), h];
  return {
    statements: [
      ...(hasState ? [`var ${state} = State();`] : []),
      ...places.map(([field, place]) => `${field} = ${kept.tensor}_at(${place});`),
      `var ${h} = Hyperparameters();`,
      ...rule.hyperparameters.map((each, i) => `${h}.${wgslName(each)} = ${hyperparameterAt(first + i)};`),
      ...(hasFlags ? [`var ${set} = Flags();`] : []),
      ...rule.flags.map((flag) => `${set}.${wgslName(flag)} = ${Boolean(flags[flag])};`),
      `store_${parameter.tensor}(i, update(${[...values, ...(hasFlags ? [set] : [])].join(", ")}));`,
      ...places.map(([field, place]) => `store_${kept.tensor}(${place}, ${field});`),
    ],
    functions: [rule.wgsl, step],
  };
};
