import step from "../../../../shaders/functions/step.wgsl";
import reduction from "../../../../shaders/functions/workgroup-reduce.wgsl";
import type { Plan } from "../../../compile/plan.js";
import { allParts, type Entry, glue } from "../glue.js";
import type { KernelSource } from "../kernel.js";
import { sourceOf } from "../launch-source.js";
import { matmulKernels } from "../matmul-kernels.js";
import { joined, nameIn } from "./names.js";
import type { WholeMemory } from "./places.js";

/** Bindings of group 0 before those of the plan's memory. */
export const RANGE_BINDING = 0;
export const TABLE_BINDING = 1;
export const FIRST_BINDING = 2;

/**
 * The kernels of a plan's launches for one workgroup that runs them all; undefined where one needs a workgroup of its own
 * kind: of a size or with memory of its own. Products are made one result per invocation, in the order of k.
 */
export async function kernelsOf({ launches }: Plan, memory: WholeMemory): Promise<KernelSource[] | undefined> {
  const kernels = await Promise.all(launches.map((launch) => sourceOf(launch, matmulKernels.naive, memory)));
  const isOwnKind = ({ entry, extensions = [], parts }: KernelSource) =>
    extensions.length > 0 ||
    ("work" in entry && (entry.invocations ?? entry.builtins) !== undefined) ||
    allParts(parts).some((part) => part !== reduction && part.text.includes("var<workgroup>"));
  return kernels.some(isOwnKind) ? undefined : kernels;
}

/** Invocations that add up a unit of work, in their order; as in functions/grid.wgsl. */
const REDUCING = 64;

/** Words of workgroup memory that kernels take: one for each invocation that adds up. */
export const reductionWords = (kernels: readonly KernelSource[]): number =>
  REDUCING * kernels.filter(({ parts }) => allParts(parts).includes(reduction)).length;

/**
 * The module that runs a plan whole: a workgroup for each model runs a range of steps, in each all launches, with barriers
 * between them.
 *
 * @param replicas - the number of models, of which the table has a record each
 */
export function wholeModule(
  kernels: readonly KernelSource[],
  memory: WholeMemory,
  { replicas, workgroupSize }: { replicas: number; workgroupSize: number },
): string {
  const record = `table[step * ${replicas}u + workgroup.x]`;
  const barrier = "storageBarrier(); workgroupBarrier();";
  const main = `struct Range { first: u32, end: u32 }
@group(0) @binding(${RANGE_BINDING}) var<uniform> range: Range;
@group(0) @binding(${TABLE_BINDING}) var<storage, read> table: array<Step>;
var<private> step_record: Step;
var<private> replica: u32;
${memory.declarations(FIRST_BINDING).join("\n")}

@compute @workgroup_size(${workgroupSize})
fn main(@builtin(workgroup_id) workgroup: vec3<u32>, @builtin(local_invocation_index) local: u32) {
  replica = workgroup.x;
  let reducing = select(0x7fffffffu, local, local < ${REDUCING}u); // the others add up nothing, and wait with them
  ${[...memory.moves("in", workgroupSize), barrier].join("\n  ")}
  for (var step = range.first; step < range.end; step++) {
    if (${record}.idle != 0u) { continue; } // the same for the workgroup: barriers may follow
    step_record = ${record};
    ${kernels.map(({ entry }, launch) => `${callOf(entry, launch, workgroupSize)} ${barrier}`).join("\n    ")}
  }
  ${memory.moves("out", workgroupSize).join("\n  ")}
}`;
  return [...new Set([step.text, ...joined(kernels)]), glue("webgpu/whole/module.ts", main).text].join("\n");
}

/** A launch's units of work, all by one workgroup: elements by its invocations, other work one unit after the other. */
const callOf = (entry: Entry, launch: number, workgroupSize: number): string =>
  "each" in entry
    ? `for (var i = local; i < ${entry.each}u; i += ${workgroupSize}u) { ${nameIn(launch, "each")}(i); }`
    : `for (var unit = 0u; unit < ${entry.work}u; unit++) { ${nameIn(launch, "work")}(unit, reducing); workgroupBarrier(); }`;
