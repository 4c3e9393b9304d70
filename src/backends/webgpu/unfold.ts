import foldShader from "../../../shaders/fold.wgsl";
import unfoldShader from "../../../shaders/unfold.wgsl";
import { resultShape } from "../../compile/plan.js";
import { sizeOf } from "../../core/shape.js";
import type { WebgpuKernel } from "./kernel.js";
import { windowConstants } from "./window.js";

export const unfold: WebgpuKernel = (launch) => ({
  inputs: ["x"],
  parts: [unfoldShader],
  constants: windowConstants(launch, launch.inputs[0].shape),
  entry: { each: sizeOf(resultShape(launch)) },
});

export const fold: WebgpuKernel = (launch) => ({
  inputs: ["p"],
  parts: [foldShader],
  constants: windowConstants(launch, resultShape(launch)),
  entry: { each: sizeOf(resultShape(launch)) },
});
