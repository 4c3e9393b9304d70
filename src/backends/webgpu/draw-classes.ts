import shader from "../../../shaders/draw-classes.wgsl";
import { Stream } from "../../core/random.js";
import type { ClassDraws } from "../../ops/draw-classes.js";
import type { WebgpuKernel } from "./kernel.js";

export const drawClasses: WebgpuKernel = ({ inputs: [{ shape }], attributes }) => {
  const { samples, source } = attributes as ClassDraws;
  return {
    inputs: ["limits"],
    parts: [shader],
    constants: { CLASSES: shape[0], STREAM: Stream.classes, SOURCE: source },
    entry: { each: samples },
  };
};
