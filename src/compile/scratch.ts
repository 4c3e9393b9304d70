/** The launches in which a tensor is needed: from the one that makes it to the last that reads it. */
export interface Lifetime {
  from: number;
  to: number;
  /** Elements. */
  size: number;
}

/**
 * Scratch buffers, shared by tensors that are never needed at the same time. Each tensor goes into the last buffer that is
 * free for as long as it lives; where the largest are placed first, that is the smallest one.
 *
 * Tensors of one size are placed in a single sweep over the launches, during which a tree knows until when each buffer
 * stays free. The time is that of sizes × (launches + tensors), not of tensors × buffers.
 */
export class Scratch {
  readonly #tenants: Lifetime[][] = [];
  readonly #freeUntil: FreeUntil;
  /** The sweep: its tensors' size, the launch it has come to, and the buffers that become free at a launch. */
  #size = Number.NaN;
  #launch = 0;
  #released = new Map<number, { buffer: number; until: number }[]>();

  /** @param capacity - the most buffers that there can be: one a tensor */
  constructor(capacity: number) {
    this.#freeUntil = new FreeUntil(capacity);
  }

  /**
   * Finds room for a tensor. Give the largest ones first, those of one size in the order in which they are made.
   *
   * @returns the number of its buffer, counted from 0 in the order in which they are first used
   */
  place(lifetime: Lifetime): number {
    if (lifetime.size !== this.#size) this.#beginSweep(lifetime.size);
    for (; this.#launch <= lifetime.from; this.#launch++) {
      for (const { buffer, until } of this.#released.get(this.#launch) ?? []) this.#freeUntil.set(buffer, until);
    }
    const found = this.#freeUntil.last(lifetime.to);
    const buffer = found ?? this.#tenants.push([]) - 1;
    this.#release(buffer, lifetime.to + 1, found === undefined ? Number.POSITIVE_INFINITY : this.#freeUntil.get(found));
    this.#freeUntil.set(buffer, 0);
    this.#tenants[buffer].push(lifetime);
    return buffer;
  }

  #beginSweep(size: number): void {
    this.#size = size;
    this.#launch = 0;
    this.#released = new Map();
    for (const [buffer, tenants] of this.#tenants.entries()) {
      tenants.sort((a, b) => a.from - b.from);
      this.#freeUntil.set(buffer, tenants[0].from);
      tenants.forEach(({ to }, i) => {
        this.#release(buffer, to + 1, tenants[i + 1]?.from ?? Number.POSITIVE_INFINITY);
      });
    }
  }

  #release(buffer: number, launch: number, until: number): void {
    const others = this.#released.get(launch);
    if (others) others.push({ buffer, until });
    else this.#released.set(launch, [{ buffer, until }]);
  }
}

/** For each buffer, the launch at which it is needed again, 0 where it is needed now: a binary tree of maxima. */
export class FreeUntil {
  readonly #leaves: number;
  /** Node n has the children 2n and 2n + 1; the leaves come last. */
  readonly #nodes: Float64Array;

  constructor(capacity: number) {
    this.#leaves = 2 ** Math.ceil(Math.log2(Math.max(capacity, 1)));
    this.#nodes = new Float64Array(2 * this.#leaves);
  }

  get(buffer: number): number {
    return this.#nodes[this.#leaves + buffer];
  }

  set(buffer: number, until: number): void {
    const nodes = this.#nodes;
    let node = this.#leaves + buffer;
    for (nodes[node] = until; node > 1; node >>= 1) nodes[node >> 1] = Math.max(nodes[node], nodes[node ^ 1]);
  }

  /** The last buffer that stays free beyond `launch`. */
  last(launch: number): number | undefined {
    if (!(this.#nodes[1] > launch)) return undefined;
    let node = 1;
    while (node < this.#leaves) node = 2 * node + (this.#nodes[2 * node + 1] > launch ? 1 : 0);
    return node - this.#leaves;
  }
}
