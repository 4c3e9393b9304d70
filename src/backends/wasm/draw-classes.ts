import { Stream } from "../../core/random.js";
import type { ClassDraws } from "../../ops/draw-classes.js";
import { Kernel } from "./codes.js";
import { withResult } from "./kernel.js";

export const drawClasses = withResult(({ inputs: [limits], attributes }, y, writer) => {
  const { samples, source } = attributes as ClassDraws;
  const words = [y, writer.address(limits), samples, limits.shape[0], Stream.classes, source, ...writer.own(16)];
  writer.instruction(Kernel.drawClasses, words, 0);
});
