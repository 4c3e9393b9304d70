import { sizeOf } from "../../core/shape.js";
import type { ReduceAttributes } from "../../ops/reduce.js";
import { Kernel } from "./codes.js";
import { withResult } from "./kernel.js";

const reduction = (kernel: Kernel) =>
  withResult(({ inputs: [x], attributes }, y, writer) => {
    const { outer, length, inner } = attributes as ReduceAttributes;
    writer.instruction(kernel, [y, writer.address(x), outer, length, inner], sizeOf(x.shape));
  });

export const sum = reduction(Kernel.sum);
export const max = reduction(Kernel.max);
