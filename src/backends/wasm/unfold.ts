import { type Launch, resultShape } from "../../compile/plan.js";
import { type Shape, sizeOf } from "../../core/shape.js";
import { patchesOf, type Window } from "../../ops/unfold.js";
import { Kernel } from "./codes.js";
import { withResult } from "./kernel.js";
import { writeWalk } from "./walks.js";

/** The words of `Windows` in assembly/windows.ts. @param images - [batch, height, width, channels] */
export function windowWords({ attributes }: Launch, images: Shape): number[] {
  const { kernel, stride, dilation, before, output } = attributes as Window;
  return [...images, ...output, ...kernel, ...stride, ...dilation, ...before];
}

export const unfold = withResult((launch, y, writer) => {
  const [x] = launch.inputs;
  const shape = resultShape(launch);
  const { axes, bounds } = patchesOf(x.shape, launch.attributes as Window);
  const walk = writeWalk(writer, axes.slice(0, 3).flat(), axes.slice(3).flat(), bounds);
  const size = sizeOf(shape.slice(3));
  writer.instruction(Kernel.lay, [y, writer.address(x), walk, sizeOf(shape) / size, size], sizeOf(shape));
});

export const fold = withResult((launch, y, writer) => {
  const [patches] = launch.inputs;
  const words = [y, writer.address(patches), ...windowWords(launch, resultShape(launch))];
  writer.instruction(Kernel.fold, words, sizeOf(patches.shape));
});
