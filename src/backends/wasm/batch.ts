import { resultShape } from "../../compile/plan.js";
import { sizeOf } from "../../core/shape.js";
import { Kernel } from "./codes.js";
import { type WasmKernel, withResult } from "./kernel.js";

export const rowWeights = withResult((launch, y, writer) => {
  writer.instruction(Kernel.rowWeights, [y, sizeOf(resultShape(launch)), (launch.attributes.start ?? 0) as number], 0);
});

export const collect: WasmKernel = ({ inputs: [all, x] }, writer) => {
  const words = [writer.address(all), writer.address(x), sizeOf(x.shape.slice(1))];
  writer.instruction(Kernel.collect, words, 0);
};

export const countNonFinite = withResult(({ inputs }, y, writer) => {
  inputs.forEach((x, i) => {
    writer.instruction(Kernel.countNonFinite, [y + 4 * i, writer.address(x), sizeOf(x.shape)], 0);
  });
});

export const correct = withResult(({ inputs: [logits, labels] }, y, writer) => {
  const rows = sizeOf(labels.shape);
  const words = [y, writer.address(logits), writer.address(labels), rows, logits.shape.at(-1)!];
  writer.instruction(Kernel.correct, words, sizeOf(logits.shape));
});
