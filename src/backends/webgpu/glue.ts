import grid from "../../../shaders/functions/grid.wgsl";
import step from "../../../shaders/functions/step.wgsl";
import type { Argument } from "../../compile/plan.js";
import { wordsOf } from "../../core/dtype.js";
import { sizeOf } from "../../core/shape.js";
import type { Part } from "../../core/wgsl.js";

/*
 * Glue between the files of `shaders/` and a launch: the bindings of its tensors, the functions by which kernels read and
 * write them, and the entry point. Nothing else names a binding or indexes a buffer.
 */

export type { Part };

/**
 * Makes a part of text from TypeScript. In builds for people to read it begins with a line that names its origin, as the
 * files of `shaders/` do.
 *
 * @param file - the origin, from src/backends on
 */
export const glue = (file: string, text: string, ...needs: Part[]): Part => ({
  text: READABLE_WGSL ? `// --- glue: ${file}\n${text}` : text,
  needs,
});

/** Invocations of a workgroup where the entry names no other number; as in functions/grid.wgsl. */
const WORKGROUP_SIZE = 64;

/** The division of a kernel's work among invocations. */
export type Entry =
  /** `each(i)` is called by one invocation for each element, `each` of them. */
  | { each: number }
  /**
   * `work(unit, local)` is called by all invocations of one workgroup for each unit of work, `work` of them.
   * `invocations` is the size of a workgroup; `builtins` are passed after the unit, in this order.
   */
  | { work: number; invocations?: number; builtins?: readonly Builtin[] };

export type Builtin = "local_invocation_index" | "subgroup_size" | "subgroup_id" | "subgroup_invocation_id";

/** The number of workgroups of an entry. */
export const workgroupsOf = (entry: Entry): number =>
  "each" in entry ? Math.ceil(entry.each / WORKGROUP_SIZE) : entry.work;

/** Models that a kernel runs for, and by the plan's buffers the elements that each has of its own; none where all share them. */
export interface ReplicaLengths {
  replicas: number;
  lengths: readonly (number | undefined)[];
}

/**
 * The beginning of an entry point for many models: the third axis of the grid counts them. A model whose step is idle does
 * nothing; whether it is, is asked of uniform memory at a place that is the workgroup's, so that barriers may follow.
 */
const CHOOSE_REPLICA = `if (steps[workgroup.z].idle != 0u) {
    return;
  }
  replica = workgroup.z;
  step_record = steps[workgroup.z];
  `;

/** The entry point: its WGSL, and the values of its constants. */
export function entryPoint(entry: Entry, together?: ReplicaLengths): { part: Part; constants: Record<string, number> } {
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
  ${together ? CHOOSE_REPLICA : ""}${body}
}`;
  return {
    part: glue("webgpu/glue.ts", text, grid, ...(together ? [step] : [])),
    constants: { UNITS: isEach ? entry.each : entry.work },
  };
}

/** The memory that a module's tensors lie in. */
export interface TensorMemory {
  /**
   * WGSL that declares a tensor of a launch; "" where its memory is declared elsewhere.
   *
   * @param sized - compiles the tensor's size in, so that a driver needn't ask for it at every read
   */
  declare(name: string, argument: Argument, access: "read" | "read_write", sized: boolean): string;
  /** A WGSL expression for word i of a tensor. */
  read(name: string, argument: Argument, i: string): string;
  /** A WGSL statement that changes word i of a tensor. */
  write(name: string, argument: Argument, i: string, value: string): string;
}

/**
 * A binding for each tensor, in the order of a launch's bindings.
 *
 * @param together - where the kernel is for many models: `x[replica][i]` in place of `x[i]` for what is each one's own
 */
export function boundMemory(together?: ReplicaLengths): TensorMemory {
  let binding = 0;
  const element = (name: string, { buffer }: Argument, i: string) =>
    together?.lengths[buffer] === undefined ? `${name}[${i}]` : `${name}[replica][${i}]`;
  return {
    declare(name, { buffer, dtype, shape }, access, sized) {
      const own = together?.lengths[buffer];
      const { dtype: word, length } = wordsOf(dtype, sizeOf(shape));
      const size = sized ? `, ${length}` : "";
      const type = own === undefined ? `array<${word}${size}>` : `array<array<${word}, ${own}>>`;
      return `@group(1) @binding(${binding++}) var<storage, ${access}> ${name}: ${type};`;
    },
    read: element,
    write: (name, argument, i, value) => `${element(name, argument, i)} = ${value};`,
  };
}

/** The tensors of a launch, declared in the order of its bindings, and the functions by which kernels reach them. */
export class Tensors {
  readonly #declarations: string[] = [];

  constructor(private readonly memory: TensorMemory) {}

  /**
   * Declares a tensor that is read by `NAME_at(i)`, and by a kernel that changes it in place written by
   * `store_NAME(i, value)`.
   *
   * @param sized - compiles the tensor's size in, so that a driver needn't ask for it at every read
   */
  input(name: string, argument: Argument, written: boolean, sized = false): void {
    this.#declare(this.memory.declare(name, argument, written ? "read_write" : "read", sized));
    this.#reader(name, argument);
    if (written) this.#writer(`store_${name}`, name, argument);
  }

  /** Declares a tensor that is written by `store(i, value)`, or a function of another name. */
  output(name: string, argument: Argument, store = `store_${name}`): void {
    this.#declare(this.memory.declare(name, argument, "read_write", false));
    this.#writer(store, name, argument);
  }

  get part(): Part {
    return glue("webgpu/glue.ts", this.#declarations.join("\n"));
  }

  #declare(text: string): void {
    if (text) this.#declarations.push(text);
  }

  #reader(name: string, argument: Argument): void {
    const areBytes = argument.dtype === "unorm8";
    const dtype = areBytes ? "f32" : argument.dtype;
    const element = this.memory.read(name, argument, areBytes ? "i / 4u" : "i");
    const value = areBytes ? `unorm8(${element}, i % 4u)` : element;
    this.#declare(`fn ${name}_at(i: u32) -> ${dtype} { return ${value}; }`);
  }

  #writer(store: string, name: string, argument: Argument): void {
    const statement = this.memory.write(name, argument, "i", "value");
    this.#declare(`fn ${store}(i: u32, value: ${argument.dtype}) { ${statement} }`);
  }
}

/** The step's record, for kernels that need functions/step.wgsl: bound itself, or that of one of many models. */
const stepRecord = glue("webgpu/glue.ts", "@group(0) @binding(0) var<uniform> step_record: Step;");
const stepRecords = (replicas: number) =>
  glue(
    "webgpu/glue.ts",
    `@group(0) @binding(0) var<uniform> steps: array<Step, ${replicas}>;
var<private> step_record: Step;
var<private> replica: u32;`,
  );

/** Parts with all parts that they need, each once. WGSL takes declarations in any order. */
export function allParts(parts: readonly Part[]): Part[] {
  const found = new Map<string, Part>();
  const add = (part: Part) => {
    if (found.has(part.text)) return;
    found.set(part.text, part);
    part.needs.forEach(add);
  };
  parts.forEach(add);
  return [...found.values()];
}

/** A module of parts and all that they need. */
export function moduleOf(
  parts: readonly Part[],
  { extensions = [], replicas }: { extensions?: readonly string[]; replicas?: number } = {},
): string {
  const record = replicas === undefined ? stepRecord : stepRecords(replicas);
  return [
    ...extensions.map((name) => `enable ${name};`),
    ...allParts(parts).flatMap((part) => (part === step ? [record.text, part.text] : [part.text])),
  ].join("\n");
}
