import { Stream } from "../../core/random.js";
import { sizeOf } from "../../core/shape.js";
import { dropoutThreshold } from "../../ops/dropout.js";
import { literal, perElement, type WebgpuKernel, wgsl } from "./kernel.js";
import * as shaders from "./shaders.js";

export const dropout: WebgpuKernel = ({ output, attributes }) => {
  const { rate, layer } = attributes as { rate: number; layer: number };
  const size = sizeOf(output!.shape);
  return {
    code: wgsl(
      `const SCALE = ${literal(1 / (1 - rate))};`,
      shaders.dropout,
      shaders.grid,
      shaders.step,
      shaders.philox,
    ),
    constants: { SIZE: size, STREAM: Stream.dropout, LAYER: layer, THRESHOLD: dropoutThreshold(rate) },
    workgroups: perElement(size),
  };
};
