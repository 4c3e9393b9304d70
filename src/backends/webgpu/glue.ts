import grid from "../../../shaders/functions/grid.wgsl";
import step from "../../../shaders/functions/step.wgsl";
import type { Argument } from "../../compile/plan.js";
import { sizeOf } from "../../core/shape.js";

/*
 * Glue between the files of `shaders/` and a launch: the bindings of its tensors, the functions by which kernels read and
 * write them, and the entry point. Nothing else names a binding or indexes a buffer.
 */

/** A part of a kernel's WGSL, and the parts that it calls. A file of `shaders/` is imported as one. */
export interface Part {
  readonly text: string;
  readonly needs: readonly Part[];
}

/**
 * A part that is written here, and not in a file of `shaders/`. Where people may read it, it begins with a line that says
 * so, as files do.
 *
 * @param file - which writes it
 */
export const glue = (file: string, text: string, ...needs: Part[]): Part => ({
  text: READABLE_WGSL ? `// --- glue: ${file}\n${text}` : text,
  needs,
});

/** Workgroups of kernels have so many invocations, if their entry doesn't say otherwise; as in functions/grid.wgsl. */
const WORKGROUP_SIZE = 64;

/** How a kernel's work is divided among invocations. */
export type Entry =
  /** An invocation for each of so many elements calls `each(i)`. */
  | { each: number }
  /**
   * A workgroup for each of so many units of work calls `work(unit, local)`, with all of its invocations. `invocations` are
   * how many those are, `builtins` are told about them, in this order.
   */
  | { work: number; invocations?: number; builtins?: readonly Builtin[] };

export type Builtin = "local_invocation_index" | "subgroup_size" | "subgroup_id" | "subgroup_invocation_id";

/** How many workgroups an entry takes. */
export const workgroupsOf = (entry: Entry): number =>
  "each" in entry ? Math.ceil(entry.each / WORKGROUP_SIZE) : entry.work;

/** The entry point: its WGSL, and the values of its constants. */
export function entryPoint(entry: Entry): { part: Part; constants: Record<string, number> } {
  const isEach = "each" in entry;
  const builtins = (!isEach && entry.builtins) || ["local_invocation_index"];
  const size = (!isEach && entry.invocations && `${entry.invocations}u`) || "WORKGROUP_SIZE";
  const body = isEach
    ? `let i = linear_index(workgroup, count, local_invocation_index);
  if (i < UNITS) {
    each(i);
  }`
    : `let unit = linear_workgroup(workgroup, count);
  if (unit < UNITS) {
    work(unit, ${builtins.join(", ")});
  }`;
  const text = `override UNITS: u32;

@compute @workgroup_size(${size})
fn main(
  @builtin(workgroup_id) workgroup: vec3<u32>,
  @builtin(num_workgroups) count: vec3<u32>,
${builtins.map((name) => `  @builtin(${name}) ${name}: u32,`).join("\n")}
) {
  ${body}
}`;
  return { part: glue("webgpu/glue.ts", text, grid), constants: { UNITS: isEach ? entry.each : entry.work } };
}

/** The tensors of a launch, declared in the order of its bindings. */
export class Tensors {
  readonly #declarations: string[] = [];
  #binding = 0;

  /**
   * Declares a tensor that is read by `NAME_at(i)`, and where it is changed in place also written by `store_NAME(i, value)`.
   *
   * @param sized - its size is told, so that a driver needn't ask for it at every read
   */
  input(name: string, argument: Argument, written: boolean, sized = false): void {
    this.#declare(name, argument, written ? "read_write" : "read", sized);
    this.#reader(name, argument);
    if (written) this.#writer(`store_${name}`, name, argument);
  }

  /** Declares a tensor that is written by `store(i, value)`, or a function of another name. */
  output(name: string, argument: Argument, store = `store_${name}`): void {
    this.#declare(name, argument, "read_write", false);
    this.#writer(store, name, argument);
  }

  get part(): Part {
    return glue("webgpu/glue.ts", this.#declarations.join("\n"));
  }

  #declare(name: string, { dtype, shape }: Argument, access: string, sized: boolean): void {
    const size = sized ? `, ${sizeOf(shape)}` : "";
    this.#declarations.push(
      `@group(1) @binding(${this.#binding++}) var<storage, ${access}> ${name}: array<${dtype}${size}>;`,
    );
  }

  #reader(name: string, { dtype }: Argument): void {
    this.#declarations.push(`fn ${name}_at(i: u32) -> ${dtype} { return ${name}[i]; }`);
  }

  #writer(store: string, name: string, { dtype }: Argument): void {
    this.#declarations.push(`fn ${store}(i: u32, value: ${dtype}) { ${name}[i] = value; }`);
  }
}

/** The record of the step at hand, for kernels that ask for it. */
const stepRecord = glue("webgpu/glue.ts", "@group(0) @binding(0) var<uniform> step_record: Step;");

/** Puts parts together, each once, with all that they need. WGSL takes declarations in any order. */
export function moduleOf(parts: readonly Part[], extensions: readonly string[] = []): string {
  const texts = new Set<string>(extensions.map((name) => `enable ${name};`));
  const add = (part: Part) => {
    if (texts.has(part.text)) return;
    if (part === step) texts.add(stepRecord.text);
    texts.add(part.text);
    part.needs.forEach(add);
  };
  parts.forEach(add);
  return [...texts].join("\n");
}
