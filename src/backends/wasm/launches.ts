import type { Plan } from "../../compile/plan.js";
import { ArgumentError } from "../../core/errors.js";
import { elementwiseKernel } from "./kernel.js";
import { kernels } from "./kernels.js";
import type { ProgramWriter } from "./writer.js";

/** Writes every launch. @returns the word at which each begins, and the one after the last */
export function writeLaunches(plan: Plan, writer: ProgramWriter): number[] {
  const starts = plan.launches.map((launch) => {
    const start = writer.instructions.length;
    const isScalar = launch.numbers !== undefined || writer.hasFunction(launch.op);
    const kernel = isScalar ? elementwiseKernel : kernels[launch.op];
    if (!kernel) throw new ArgumentError(`${launch.label}: the WASM backend has no kernel for "${launch.op}".`);
    kernel(launch, writer);
    return start;
  });
  return [...starts, writer.instructions.length];
}
