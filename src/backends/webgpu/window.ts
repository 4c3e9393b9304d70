import type { Launch } from "../../compile/plan.js";
import type { Shape } from "../../core/shape.js";
import type { Window } from "../../ops/unfold.js";

/** The constants of functions/window.wgsl. @param images - [batch, height, width, channels] */
export function windowConstants({ attributes }: Launch, [, height, width, channels]: Shape): Record<string, number> {
  const { kernel, stride, dilation, before, output } = attributes as Window;
  const pairs = { WINDOWS: output, KERNEL: kernel, STRIDE: stride, DILATION: dilation, BEFORE: before };
  const constants = Object.entries(pairs).flatMap(([name, [y, x]]) => [
    [`${name}_Y`, y],
    [`${name}_X`, x],
  ]);
  return { HEIGHT: height, WIDTH: width, CHANNELS: channels, ...Object.fromEntries(constants) };
}
