import type { Argument } from "../../compile/plan.js";
import { ArgumentError } from "../../core/errors.js";
import type { CustomActivation } from "../../ops/activations.js";
import type { Kernel } from "./codes.js";
import type { Printed } from "./engine.js";

/** The sizes of a program and of its scratch, in bytes. */
export interface Layout {
  /** Of instructions, and of the tables they refer to. */
  instructions: number;
  tables: number;
  /** Scratch that all threads share. */
  shared: number;
  /** Each thread's own scratch: slots of chains come first, `own` is what follows them. */
  slots: number;
  own: number;
}

const ALIGNMENT = 16;
const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

/** The bits of a number as f32. */
export const bitsOf = (value: number): number => new Uint32Array(new Float32Array([value]).buffer)[0];

/** The memory that a program is written for. */
export interface WriterOptions {
  /** Address of each of the plan's buffers. */
  buffers: readonly number[];
  printed: Printed;
  /** Addresses of instructions, of tables, and of shared scratch; 0 while a program is measured. */
  place?: { instructions: number; tables: number; shared: number };
  /** Bytes of the slots of the longest chain, as measured. */
  slotBytes?: number;
  /** Elements from which on threads share an instruction. */
  sharedElements?: number;
}

/**
 * Collects a program's words. Addresses depend on sizes that are known at the end only, so that a program is written
 * twice: first to measure it, then at its place.
 */
export class ProgramWriter {
  readonly instructions: number[] = [];
  readonly tables: number[] = [];
  /** Users' activations, by the number that instructions know them by. */
  readonly activations: CustomActivation[] = [];
  #shared = 0;
  #slots = 0;
  #own = 0;

  constructor(private readonly options: WriterOptions) {}

  address({ buffer }: Argument): number {
    return this.options.buffers[buffer];
  }

  /**
   * Appends an instruction.
   *
   * @param elements - how much work it is, in elements read or made; 0 where it can't be shared
   */
  instruction(kernel: Kernel, words: readonly number[], elements: number): void {
    this.instructions.push(kernel, words.length + 3, Number(elements >= (this.options.sharedElements ?? 1)), ...words);
  }

  /** Puts words where instructions can refer to them. @returns their address */
  table(words: readonly number[]): number {
    const address = (this.options.place?.tables ?? 0) + this.tables.length * 4;
    this.tables.push(...words);
    return address;
  }

  /** Scratch that all threads see, until the next launch. @returns its address */
  shared(bytes: number): number {
    this.#shared = Math.max(this.#shared, aligned(bytes));
    return this.options.place?.shared ?? 0;
  }

  /** Scratch of each thread's own for several things, until the next launch. @returns bytes from its start */
  own(...sizes: readonly number[]): number[] {
    const { slotBytes = 0 } = this.options;
    let end = slotBytes;
    const offsets = sizes.map((bytes) => {
      end += aligned(bytes);
      return end - aligned(bytes);
    });
    this.#own = Math.max(this.#own, end - slotBytes);
    return offsets;
  }

  /** Says how many bytes of slots a chain takes. */
  slots(bytes: number): void {
    this.#slots = Math.max(this.#slots, bytes);
  }

  /**
   * Number of an optimizer's update, by its rule's name with its flags.
   *
   * @throws ArgumentError when the engine was built without it
   */
  update(name: string): number {
    return this.#printed("updates", name, "optimizer", "src/optimizers");
  }

  /**
   * Number of a scalar function, by its op's name.
   *
   * @throws ArgumentError when the engine was built without it
   */
  scalarFunction(op: string): number {
    return this.#printed("functions", op, "elementwise op", "src/ops");
  }

  /** True for an op that the engine has as a scalar function. */
  hasFunction(op: string): boolean {
    return this.options.printed.functions.includes(op);
  }

  #printed(list: keyof Printed, name: string, kind: string, room: string): number {
    const number = this.options.printed[list].indexOf(name);
    if (number >= 0) return number;
    throw new ArgumentError(
      `${name}: the WASM engine has no such ${kind}. It has those of ${room}; use backend: "cpu" for others.`,
    );
  }

  activation(activation: CustomActivation): number {
    return this.activations.push(activation) - 1;
  }

  get layout(): Layout {
    return {
      instructions: aligned(this.instructions.length * 4),
      tables: aligned(this.tables.length * 4),
      shared: this.#shared,
      slots: this.#slots,
      own: this.#own,
    };
  }
}
