import { sizeOf } from "../../core/shape.js";
import type { BatchGroups, Groups } from "../../ops/normalise.js";
import { Kernel } from "./codes.js";
import { withResult } from "./kernel.js";
import { bitsOf } from "./writer.js";

/** The words of `Normalise` in assembly/normalise.ts. */
const overGroups = withResult(({ op, inputs, attributes }, y, writer) => {
  const { outer, length, inner, tail, epsilon, centred, perRow = 0, start = 0 } = attributes as Groups;
  const { momentum = 0 } = attributes as Partial<BatchGroups>;
  const addresses = inputs.map((input) => writer.address(input));
  const [dy, x, mean, variance] = op === "normaliseGradient" ? [...addresses, 0, 0] : [0, ...addresses, 0, 0];
  const sizes = [outer, length, inner, tail];
  const words = [y, x, dy, ...sizes, bitsOf(epsilon), Number(centred), perRow, start, mean, variance, bitsOf(momentum)];
  writer.instruction(Kernel.normalise, words, 3 * sizeOf(inputs[0].shape));
});

export const normalise = overGroups;
export const normaliseGradient = overGroups;
export const batchNormalise = overGroups;
