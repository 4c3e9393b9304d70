import type { Argument } from "../../compile/plan.js";
import { ArgumentError } from "../../core/errors.js";
import type { CustomActivation } from "../../ops/activations.js";
import type { Kernel } from "./codes.js";

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

  /**
   * @param buffers - address of each of the plan's buffers
   * @param loops - names of the engine's updates
   * @param place - of instructions, of tables, and of shared scratch
   * @param slotBytes - the slots of the longest chain, as measured
   * @param sharedElements - from so many elements on threads share an instruction
   */
  constructor(
    private readonly buffers: readonly number[],
    private readonly loops: readonly string[],
    private readonly place: { instructions: number; tables: number; shared: number } = {
      instructions: 0,
      tables: 0,
      shared: 0,
    },
    private readonly slotBytes = 0,
    private readonly sharedElements = 1,
  ) {}

  address({ buffer }: Argument): number {
    return this.buffers[buffer];
  }

  /**
   * Appends an instruction.
   *
   * @param elements - how much work it is, in elements read or made; 0 where it can't be shared
   */
  instruction(kernel: Kernel, words: readonly number[], elements: number): void {
    this.instructions.push(kernel, words.length + 3, Number(elements >= this.sharedElements), ...words);
  }

  /** Puts words where instructions can refer to them. @returns their address */
  table(words: readonly number[]): number {
    const address = this.place.tables + this.tables.length * 4;
    this.tables.push(...words);
    return address;
  }

  /** Scratch that all threads see, until the next launch. @returns its address */
  shared(bytes: number): number {
    this.#shared = Math.max(this.#shared, aligned(bytes));
    return this.place.shared;
  }

  /** Scratch of each thread's own for several things, until the next launch. @returns bytes from its start */
  own(...sizes: readonly number[]): number[] {
    let end = this.slotBytes;
    const offsets = sizes.map((bytes) => {
      end += aligned(bytes);
      return end - aligned(bytes);
    });
    this.#own = Math.max(this.#own, end - this.slotBytes);
    return offsets;
  }

  /** Says how many bytes of slots a chain takes. */
  slots(bytes: number): void {
    this.#slots = Math.max(this.#slots, bytes);
  }

  /**
   * Number of a rule's loop in the engine.
   *
   * @throws ArgumentError when the engine was built without it
   */
  loop(name: string): number {
    const number = this.loops.indexOf(name);
    if (number >= 0) return number;
    throw new ArgumentError(
      `${name}: the WASM engine has no such optimizer. It has those of src/optimizers; use backend: "cpu" for others.`,
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
