import { sizeOf } from "../../core/shape.js";
import type { Groups } from "../../ops/normalise.js";
import { Kernel } from "./codes.js";
import { withResult } from "./kernel.js";
import { bitsOf } from "./writer.js";

const overGroups = (kernel: Kernel) =>
  withResult(({ inputs, attributes }, y, writer) => {
    const { outer, length, inner, tail, epsilon, centred } = attributes as Groups;
    const [x, dy] = [inputs.at(-1)!, inputs.length > 1 ? writer.address(inputs[0]) : 0];
    const words = [y, writer.address(x), dy, outer, length, inner, tail, bitsOf(epsilon), Number(centred)];
    writer.instruction(kernel, words, 3 * sizeOf(x.shape));
  });

export const normalise = overGroups(Kernel.normalise);
export const normaliseGradient = overGroups(Kernel.normaliseGradient);
