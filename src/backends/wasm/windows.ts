import { type Launch, resultShape } from "../../compile/plan.js";
import { type Shape, sizeOf } from "../../core/shape.js";
import { patchesOf, type Window } from "../../ops/unfold.js";
import { Kernel } from "./codes.js";
import { keptOf, type WasmKernel, withResult } from "./kernel.js";
import { writeWalk } from "./walks.js";

export const unfold = withResult((launch, y, writer) => {
  const [x] = launch.inputs;
  const shape = resultShape(launch);
  const { axes, bounds } = patchesOf(x.shape, launch.attributes as Window);
  const walk = writeWalk(writer, axes.slice(0, 3).flat(), axes.slice(3).flat(), bounds);
  const size = sizeOf(shape.slice(3));
  writer.instruction(Kernel.lay, [y, writer.address(x), walk, sizeOf(shape) / size, size], sizeOf(shape));
});

/** The words of `Windows` in assembly/windows.ts. @param images - [batch, height, width, channels] */
function windowWords({ attributes }: Launch, images: Shape): number[] {
  const { kernel, stride, dilation, before, output } = attributes as Window;
  return [...images, ...output, ...kernel, ...stride, ...dilation, ...before];
}

/** A kernel over windows: its words are the result, the inputs, and the windows. @param images - finds what those are on */
const overWindows = (kernel: Kernel, images: (launch: Launch) => Shape): WasmKernel =>
  withResult((launch, y, writer) => {
    writer.own(16);
    const { kernel: taps, output } = launch.attributes as Window;
    const shape = images(launch);
    const addresses = launch.inputs.map((input) => writer.address(input));
    const work = shape[0] * shape[3] * sizeOf([...taps, ...output]);
    writer.instruction(kernel, [y, ...addresses, ...windowWords(launch, shape)], work);
  });

const input = (number: number) => (launch: Launch) => launch.inputs[number].shape;

export const fold = overWindows(Kernel.fold, resultShape);
export const depthwise = overWindows(Kernel.depthwise, input(0));
export const depthwiseInputGradient = overWindows(Kernel.depthwiseInputGradient, resultShape);
export const depthwiseWeightGradient = overWindows(Kernel.depthwiseWeightGradient, input(1));
export const maxPool = overWindows(Kernel.maxPool, input(0));

export const maxPoolGradient: WasmKernel = (launch, writer) => {
  const [dy, x] = launch.inputs;
  const { y, chain } = keptOf(launch, writer);
  const { kernel, output } = launch.attributes as Window;
  const [images, , width, channels] = x.shape;
  const [strip] = writer.own(y ? 0 : 4 * mostRows(launch.attributes as Window, x.shape) * width * channels);
  const words = [y, strip, chain, writer.address(dy), writer.address(x), ...windowWords(launch, x.shape)];
  writer.instruction(Kernel.maxPoolGradient, words, images * channels * sizeOf([...kernel, ...output]));
};

/** The most rows of a strip of an image: see assembly/pool.ts. */
function mostRows({ kernel, stride, dilation, before, output }: Window, [, height]: Shape): number {
  if (stride[0] <= (kernel[0] - 1) * dilation[0]) return height;
  return Math.max(stride[0], height - ((output[0] - 1) * stride[0] - before[0]));
}
