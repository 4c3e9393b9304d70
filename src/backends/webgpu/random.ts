import dropout from "../../../shaders/functions/dropout.wgsl";
import noise from "../../../shaders/functions/noise.wgsl";
import type { PlanNumber } from "../../compile/plan.js";
import { dropoutWords, NOISE_DEVIATION, Stream } from "../../core/random.js";
import type { Part } from "./glue.js";
import { literal } from "./kernel.js";
import { type Emitter, read } from "./snippet.js";

/**
 * A function that draws random numbers for element `i`.
 *
 * @param numbers - what it is told beside stream and layer: of words of the step's record, where models differ in it
 */
const random =
  (op: "dropout" | "noise", part: Part, numbers: (attributes: Record<string, number>) => number[]): Emitter =>
  ({ attributes, operands, shape }) => {
    const given = attributes as Record<string, number>;
    const words = (attributes.words as PlanNumber[]) ?? numbers(given);
    const source = [`${Stream[op]}u`, `${given.layer}u`, ...words.map(literal)].join(", ");
    return {
      statements: [],
      value: `${op}(${read(operands[0], shape)}, i, ${source})`,
      functions: [part],
    };
  };

/** WGSL of the ops that draw random numbers, by name. */
export const functions: Readonly<Record<string, Emitter>> = {
  dropout: random("dropout", dropout, ({ rate }) => dropoutWords(rate)),
  noise: random("noise", noise, ({ deviation }) => [deviation / NOISE_DEVIATION]),
};
