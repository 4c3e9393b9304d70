import shader from "../../../shaders/rotate.wgsl";
import { sizeOf } from "../../core/shape.js";
import type { Rotation } from "../../ops/rotary.js";
import type { WebgpuKernel } from "./kernel.js";

export const rotate: WebgpuKernel = ({ inputs: [{ shape }], attributes }) => {
  const { size, rotated, inverse } = attributes as Rotation;
  return {
    inputs: ["x", "waves"],
    parts: [shader],
    constants: { TIME: shape[1], FEATURES: shape[2], ROTATED: rotated, SIZE: size, TURN: inverse ? -1 : 1 },
    entry: { each: sizeOf(shape) },
  };
};
