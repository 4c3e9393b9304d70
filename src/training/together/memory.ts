import type { Backend, BufferPart, DeviceBuffer } from "../../backends/backend.js";
import type { DType, Values } from "../../core/dtype.js";
import { ArgumentError } from "../../core/errors.js";
import { upload } from "../pass.js";

/** A device's buffer with a place for each replica, one after the other. */
export interface Slab {
  readonly buffer: DeviceBuffer;
  /** Elements of one replica. */
  readonly length: number;
  /** Losses of the device before it was made. */
  readonly generation: number | undefined;
  /** Replicas whose place is taken, and those whose place ever was: it isn't zeros any more. */
  readonly taken: Set<number>;
  readonly touched: Set<number>;
}

/** A replica's place in a slab, as its trainer sees it. */
export interface ReplicaBuffer extends DeviceBuffer {
  readonly slab: Slab;
  readonly replica: number;
}

/** Numbers that stay as they are, for all replicas. */
export interface SharedBuffer extends DeviceBuffer {
  readonly shared: { readonly buffer: DeviceBuffer; readonly generation: number | undefined };
}

/** Values for a range of a replica's place. */
export interface Write {
  replica: number;
  values: Values;
}

/** The memory that replicas have on their device: for all of them one buffer of each kind. */
export class ReplicaMemory {
  readonly #slabs = new Map<string, Slab[]>();
  #shared: { label: string; values: Values; buffer: SharedBuffer }[] = [];

  constructor(
    readonly device: Backend,
    readonly replicas: number,
  ) {}

  /** @returns a place of zeros, or one that must be overwritten (`isStale`) */
  create(replica: number, label: string, dtype: DType, length: number): { buffer: ReplicaBuffer; isStale: boolean } {
    const key = `${label} ${dtype} ${length}`;
    const slabs = this.#slabs.get(key) ?? [];
    this.#slabs.set(key, slabs);
    let slab = slabs.find(({ taken }) => !taken.has(replica));
    if (!slab) {
      const buffer = this.device.create(label, dtype, length * this.replicas);
      slab = { buffer, length, generation: this.device.generation, taken: new Set(), touched: new Set() };
      slabs.push(slab);
    }
    const isStale = slab.touched.has(replica);
    slab.taken.add(replica);
    slab.touched.add(replica);
    return { buffer: { label, dtype, length, slab, replica }, isStale };
  }

  /**
   * Buffers of values that stay as they are: the same for all replicas that give equal ones, else a place for each.
   *
   * @param given - of replicas, in their order, all of the same length
   */
  async share(
    label: string,
    dtype: DType,
    given: readonly Write[],
  ): Promise<readonly (ReplicaBuffer | SharedBuffer)[]> {
    const [{ values }] = given;
    let shared = this.#shared.find((each) => each.label === label && sameValues(each.values, values))?.buffer;
    if (!given.every((each) => sameValues(each.values, values)) || (!shared && given.length === 1)) {
      return given.map(({ replica }) => this.create(replica, label, dtype, values.length).buffer);
    }
    if (!shared) {
      const { generation } = this.device;
      const buffer = this.device.create(label, dtype, values.length);
      shared = { label, dtype, length: values.length, shared: { buffer, generation } };
      this.#shared.push({ label, values, buffer: shared });
      await upload(this.device, buffer, values);
    }
    return given.map(() => shared);
  }

  /** Gives a replica's place back. What is shared stays as long as the replicas. */
  release(buffer: ReplicaBuffer | SharedBuffer): void {
    if ("slab" in buffer) buffer.slab.taken.delete(buffer.replica);
  }

  /** Frees slabs in which no replica has a place any more. */
  sweep(): void {
    for (const [key, slabs] of this.#slabs) {
      const unused = slabs.filter(({ taken }) => taken.size === 0);
      if (unused.length === 0) continue;
      this.#slabs.set(
        key,
        slabs.filter(({ taken }) => taken.size > 0),
      );
      this.device.destroy(unused.map(({ buffer }) => buffer));
    }
  }

  /** Forgets what a lost device had. */
  forget(): void {
    this.#slabs.clear();
    this.#shared = [];
  }

  /** Writes from `start` on to the places of replicas in a slab: neighbours that are written whole, in one go. */
  write(slab: Slab, start: number, writes: readonly Write[]): void {
    const isWhole = writes.every(({ values }) => start === 0 && values.length === slab.length);
    for (const run of isWhole ? runsOf(writes) : writes.map((write) => [write])) {
      const first = run[0].replica * slab.length + start;
      this.device.write(slab.buffer, run.length > 1 ? joined(run.map(({ values }) => values)) : run[0].values, first);
    }
  }

  /** Copies places of replicas, neighbours in one go. */
  copy(pairs: readonly (readonly [from: Slab, to: Slab])[], replicas: readonly number[]): void {
    const runs = runsOf(replicas.map((replica) => ({ replica })));
    this.device.copy(pairs.flatMap(([from, to]) => runs.map((run) => [placeOf(from, run), placeOf(to, run)] as const)));
  }

  /** Reads buffers of many replicas in one go. @returns the values of each in the order in which they are given */
  async read(wanted: readonly DeviceBuffer[]): Promise<Values[]> {
    const buffers = wanted.map((buffer) => buffer as ReplicaBuffer | SharedBuffer);
    const bySlab = new Map<Slab, Set<number>>();
    const parts: BufferPart[] = [];
    /** The part in which a buffer's values are read, and where they begin. */
    const places = new Map<ReplicaBuffer | SharedBuffer, { part: number; start: number }>();
    for (const buffer of buffers) {
      if (!("slab" in buffer)) {
        places.set(buffer, { part: parts.length, start: 0 });
        parts.push({ buffer: buffer.shared.buffer, start: 0, length: buffer.length });
      } else bySlab.set(buffer.slab, (bySlab.get(buffer.slab) ?? new Set()).add(buffer.replica));
    }
    const partOf = new Map<Slab, Map<number, { part: number; start: number }>>();
    for (const [slab, replicas] of bySlab) {
      const own = new Map<number, { part: number; start: number }>();
      partOf.set(slab, own);
      for (const run of runsOf([...replicas].sort((a, b) => a - b).map((replica) => ({ replica })))) {
        run.forEach(({ replica }, i) => void own.set(replica, { part: parts.length, start: i * slab.length }));
        parts.push(placeOf(slab, run));
      }
    }
    const values = await this.device.read(parts);
    return buffers.map((buffer) => {
      const { part, start } = "slab" in buffer ? partOf.get(buffer.slab)!.get(buffer.replica)! : places.get(buffer)!;
      return values[part].slice(start, start + buffer.length) as Values;
    });
  }

  /** The device's buffer that holds one of a replica's. @throws ArgumentError when it isn't of these replicas */
  behind(buffer: DeviceBuffer): DeviceBuffer {
    if ("slab" in buffer) return (buffer as ReplicaBuffer).slab.buffer;
    if ("shared" in buffer) return (buffer as SharedBuffer).shared.buffer;
    throw new ArgumentError(`The buffer ${buffer.label} is not of these replicas.`);
  }

  dispose(): void {
    const slabs = [...this.#slabs.values()].flat();
    this.device.destroy(slabs.map(({ buffer }) => buffer));
    this.device.destroy(this.#shared.map(({ buffer }) => buffer.shared.buffer));
    this.forget();
  }
}

/** Cuts what is in the order of replicas into runs of neighbours. */
function runsOf<T extends { replica: number }>(all: readonly T[]): T[][] {
  const runs: T[][] = [];
  for (const each of all) {
    const last = runs.at(-1);
    if (last && each.replica === last.at(-1)!.replica + 1) last.push(each);
    else runs.push([each]);
  }
  return runs;
}

/** Whether two arrays hold the same words; without a look where they are the same memory. */
function sameValues(a: Values, b: Values): boolean {
  if (a.length !== b.length || a.constructor !== b.constructor) return false;
  if (a.buffer === b.buffer && a.byteOffset === b.byteOffset) return true;
  const [left, right] = [a, b].map(({ buffer, byteOffset, length }) => new Uint32Array(buffer, byteOffset, length));
  return left.every((word, i) => word === right[i]);
}

const placeOf = ({ buffer, length }: Slab, run: readonly { replica: number }[]): BufferPart => ({
  buffer,
  start: run[0].replica * length,
  length: run.length * length,
});

function joined(all: readonly Values[]): Values {
  const [first] = all;
  const Kind = first.constructor as new (length: number) => Values;
  const result = new Kind(all.reduce((sum, { length }) => sum + length, 0));
  let place = 0;
  for (const values of all) {
    result.set(values, place);
    place += values.length;
  }
  return result;
}
