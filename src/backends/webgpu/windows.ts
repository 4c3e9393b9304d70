import depthwiseShader from "../../../shaders/depthwise.wgsl";
import inputGradientShader from "../../../shaders/depthwise-input-gradient.wgsl";
import weightGradientShader from "../../../shaders/depthwise-weight-gradient.wgsl";
import foldShader from "../../../shaders/fold.wgsl";
import maxPoolShader from "../../../shaders/max-pool.wgsl";
import maxPoolGradientShader from "../../../shaders/max-pool-gradient.wgsl";
import unfoldShader from "../../../shaders/unfold.wgsl";
import { type Launch, resultShape } from "../../compile/plan.js";
import { type Shape, sizeOf } from "../../core/shape.js";
import type { Window } from "../../ops/unfold.js";
import type { Part } from "./glue.js";
import type { WebgpuKernel } from "./kernel.js";

/** The constants of functions/window.wgsl. @param images - [batch, height, width, channels] */
function windowConstants({ attributes }: Launch, [, height, width, channels]: Shape): Record<string, number> {
  const { kernel, stride, dilation, before, output } = attributes as Window;
  const pairs = { WINDOWS: output, KERNEL: kernel, STRIDE: stride, DILATION: dilation, BEFORE: before };
  const constants = Object.entries(pairs).flatMap(([name, [y, x]]) => [
    [`${name}_Y`, y],
    [`${name}_X`, x],
  ]);
  return { HEIGHT: height, WIDTH: width, CHANNELS: channels, ...Object.fromEntries(constants) };
}

/** A kernel with an invocation for each element of its result. @param images - finds the images that windows are on */
const eachElement =
  (shader: Part, inputs: readonly string[], images: (launch: Launch) => Shape): WebgpuKernel =>
  (launch) => ({
    inputs,
    parts: [shader],
    constants: windowConstants(launch, images(launch)),
    entry: { each: sizeOf(resultShape(launch)) },
  });

const input = (number: number) => (launch: Launch) => launch.inputs[number].shape;

export const unfold = eachElement(unfoldShader, ["x"], input(0));
export const fold = eachElement(foldShader, ["p"], resultShape);
export const depthwise = eachElement(depthwiseShader, ["x", "w"], input(0));
export const depthwiseInputGradient = eachElement(inputGradientShader, ["dy", "w"], resultShape);
export const maxPool = eachElement(maxPoolShader, ["x"], input(0));
export const maxPoolGradient = eachElement(maxPoolGradientShader, ["dy", "x"], input(1));

export const depthwiseWeightGradient: WebgpuKernel = (launch) => {
  const [, { shape }] = launch.inputs;
  return {
    inputs: ["dy", "x"],
    parts: [weightGradientShader],
    constants: { IMAGES: shape[0], ...windowConstants(launch, shape) },
    entry: { work: sizeOf(resultShape(launch)) },
  };
};
