import normalDistribution from "../../../shaders/functions/normal-distribution.wgsl";
import { emitters, scalarFunctions } from "./chain.js";
import { elementwiseKernel } from "./elementwise.js";
import type { WebgpuKernel } from "./kernel.js";
import { functions as random } from "./random.js";

const functions = { ...random, ...scalarFunctions(normalDistribution) };
Object.assign(emitters, functions);

/**
 * Elementwise ops that a step of plain dense layers has no use for, as launches of their own: those that draw random numbers,
 * and those by the normal distribution. Once they are loaded, chains have their functions as well.
 */
export const kernels: Readonly<Record<string, WebgpuKernel>> = Object.fromEntries(
  Object.keys(functions).map((op) => [op, elementwiseKernel(op)]),
);
