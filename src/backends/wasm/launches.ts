import type { Plan } from "../../compile/plan.js";
import { ArgumentError } from "../../core/errors.js";
import { elementwiseKernel, type WasmKernel } from "./kernel.js";
import { kernels } from "./kernels.js";
import type { ProgramWriter } from "./writer.js";

/** Kernels by op. */
export type Kernels = Readonly<Record<string, WasmKernel>>;

/** Kernels that a plan's are among. Those of sequences are loaded with the first plan that has any. */
export const kernelsOf = async ({ launches }: Plan): Promise<Kernels> =>
  launches.every(({ op, numbers }) => numbers || op in kernels)
    ? kernels
    : (await import("./sequence-kernels.js")).kernels;

/** Writes every launch. @returns the word at which each begins, and the one after the last */
export function writeLaunches(plan: Plan, kernels: Kernels, writer: ProgramWriter): number[] {
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
