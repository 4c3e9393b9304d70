import normalDistribution from "../../../shaders/functions/normal-distribution.wgsl";
import { emitters, scalarFunctions } from "./chain.js";
import { elementwiseKernel } from "./elementwise.js";
import type { WebgpuKernel } from "./kernel.js";

const functions = scalarFunctions(normalDistribution);
Object.assign(emitters, functions);

/** The functions of the normal distribution as launches of their own. */
export const kernels: Readonly<Record<string, WebgpuKernel>> = Object.fromEntries(
  Object.keys(functions).map((op) => [op, elementwiseKernel(op)]),
);
