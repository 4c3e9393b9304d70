import { sizeOf } from "../../core/shape.js";
import type { Rotation } from "../../ops/rotary.js";
import { Kernel } from "./codes.js";
import { withResult } from "./kernel.js";

export const rotate = withResult(({ inputs: [x, waves], attributes }, y, writer) => {
  const { size, rotated, inverse } = attributes as Rotation;
  const [batch, time, features] = x.shape;
  const words = [y, writer.address(x), writer.address(waves), batch * time, time, features, rotated, size];
  writer.instruction(Kernel.rotate, [...words, Number(inverse)], sizeOf(x.shape));
});
