import { sizeOf } from "../../core/shape.js";
import { Kernel } from "./codes.js";
import { withResult } from "./kernel.js";

/** Room for a row of so many classes, in whole vectors. */
export const rowBytes = (classes: number): number => 4 * classes + 16;

const rowwise = (kernel: Kernel) =>
  withResult(({ inputs: [x] }, y, writer) => {
    const classes = x.shape.at(-1) ?? 1;
    const rows = sizeOf(x.shape) / classes;
    const [row] = writer.own(rowBytes(classes));
    writer.instruction(kernel, [y, writer.address(x), rows, classes, row], sizeOf(x.shape));
  });

export const softmax = rowwise(Kernel.softmax);
export const logSoftmax = rowwise(Kernel.logSoftmax);
