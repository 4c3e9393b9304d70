import { bindingsOf } from "../../../compile/memory.js";
import type { Argument, Plan, PlannedBuffer } from "../../../compile/plan.js";
import type { TensorMemory } from "../glue.js";

/*
 * Where the buffers of a plan lie for a kernel that runs the plan whole. What no launch writes is bound as it is, as far as
 * bindings go. All else is copied in and out: it lies in the workgroup's memory as far as that goes, else one after the
 * other in one buffer, the arena.
 */

/** A place of a buffer of the plan. Offsets are in words; in the arena the models' copies follow each other. */
export type Place =
  | { in: "binding"; binding: number }
  | { in: "arena"; offset: number }
  /** `home` is the offset in the arena from which a dispatch takes it and to which it brings it back; scratch has none. */
  | { in: "workgroup"; offset: number; home?: number };

/** The places of all buffers, and what they add up to. */
export interface Places {
  of: readonly Place[];
  /** Numbers of the buffers that are bound, in order. */
  bound: readonly number[];
  /** Whether any launch writes a buffer, by its number. */
  written: ReadonlySet<number>;
  arenaWords: number;
  workgroupWords: number;
}

export interface Room {
  /** Buffers that can be bound beside the table of steps and the arena. */
  bindings: number;
  /** Words of workgroup memory that kernels leave. */
  workgroupWords: number;
}

/** Chooses a place for each buffer. @param copies - of each buffer: the number of models, or 1 where they share it */
export function placesOf({ buffers, launches }: Plan, copies: readonly number[], room: Room): Places {
  const written = new Set(
    launches.flatMap((launch) => bindingsOf(launch).flatMap((each) => (each.written ? [each.argument.buffer] : []))),
  );
  const bySize = buffers.map((_, i) => i).sort((a, b) => buffers[a].length - buffers[b].length);
  const bound = bySize.filter((i) => buffers[i].kind === "variable" && !written.has(i)).slice(-room.bindings);
  const of: Place[] = bound.reduce<Place[]>((all, buffer, binding) => {
    all[buffer] = { in: "binding", binding };
    return all;
  }, []);
  let arenaWords = 0;
  let workgroupWords = 0;
  const inArena = (i: number) => {
    const offset = arenaWords;
    arenaWords += buffers[i].length * copies[i];
    return offset;
  };
  // The smallest first: results of many steps, which each dispatch would bring back whole, are the last to fit.
  const rest = bySize.filter((i) => !of[i]);
  for (const i of [...rest.filter(isScratch(buffers)), ...rest.filter((i) => !isScratch(buffers)(i))]) {
    const { kind, length } = buffers[i];
    const fits = workgroupWords + length <= room.workgroupWords;
    const home = fits && kind === "scratch" ? {} : { home: inArena(i) };
    of[i] = fits ? { in: "workgroup", offset: workgroupWords, ...home } : { in: "arena", offset: home.home! };
    if (fits) workgroupWords += length;
  }
  return { of, bound, written, arenaWords, workgroupWords };
}

const isScratch = (buffers: readonly PlannedBuffer[]) => (i: number) => buffers[i].kind === "scratch";

/**
 * Declarations of the memory, and the expressions by which kernels reach it. Words are unsigned, so that bits of any type
 * lie there as they are.
 */
export class WholeMemory implements TensorMemory {
  constructor(
    private readonly plan: Plan,
    private readonly copies: readonly number[],
    readonly places: Places,
  ) {}

  /** Each tensor lies in what the module declares once. */
  declare(): string {
    return "";
  }

  /** WGSL of the bindings from `first` on, and of the workgroup's memory. */
  declarations(first: number): string[] {
    const { bound, arenaWords, workgroupWords } = this.places;
    return [
      "fn whole_f32(word: u32) -> f32 { return bitcast<f32>(word); }",
      "fn whole_u32(value: f32) -> u32 { return bitcast<u32>(value); }",
      ...bound.map((_, i) => `@group(0) @binding(${first + i}) var<storage, read> whole_bound_${i}: array<u32>;`),
      ...(arenaWords > 0
        ? [`@group(0) @binding(${first + bound.length}) var<storage, read_write> whole_arena: array<u32>;`]
        : []),
      ...(workgroupWords > 0 ? [`var<workgroup> whole_memory: array<u32, ${workgroupWords}>;`] : []),
    ];
  }

  read(_: string, { buffer, dtype }: Argument, i: string): string {
    const word = this.#word(buffer, i);
    return dtype === "f32" ? `whole_f32(${word})` : word;
  }

  write(_: string, { buffer, dtype }: Argument, i: string, value: string): string {
    return `${this.#word(buffer, i)} = ${dtype === "f32" ? `whole_u32(${value})` : value};`;
  }

  /** WGSL that moves what lies in the workgroup's memory from the arena, or back what was written. */
  moves(direction: "in" | "out", workgroupSize: number): string[] {
    const { of, written } = this.places;
    return of.flatMap((place, buffer) => {
      if (place.in !== "workgroup" || place.home === undefined) return [];
      if (direction === "out" && !written.has(buffer)) return [];
      const here = `whole_memory[${place.offset}u + i]`;
      const home = `whole_arena[${this.#model(buffer, place.home)} + i]`;
      const [to, from] = direction === "in" ? [here, home] : [home, here];
      const { length } = this.plan.buffers[buffer];
      return [`for (var i = local; i < ${length}u; i += ${workgroupSize}u) { ${to} = ${from}; }`];
    });
  }

  #word(buffer: number, i: string): string {
    const place = this.places.of[buffer];
    if (place.in === "workgroup") return `whole_memory[${place.offset}u + ${i}]`;
    if (place.in === "arena") return `whole_arena[${this.#model(buffer, place.offset)} + ${i}]`;
    return `whole_bound_${place.binding}[${this.#model(buffer, 0)} + ${i}]`;
  }

  /** Where the words of a model begin. */
  #model(buffer: number, offset: number): string {
    return this.copies[buffer] > 1 ? `${offset}u + replica * ${this.plan.buffers[buffer].length}u` : `${offset}u`;
  }
}
