import type { Launch } from "../../compile/plan.js";
import type { Step } from "../../compile/read-step.js";
import type { Values } from "../../core/dtype.js";

/**
 * Binds a launch to its arrays once; what it returns runs every step without allocating.
 *
 * @param inputs - one array per input, each exactly as long as its tensor
 * @param output - the result's array; for ops that work in place, the first input they write
 */
export type CpuKernel = (launch: Launch, inputs: readonly Values[], output: Values) => (step: Step) => void;
