import type { Tensor } from "../graph/tensor.js";
import { viewBase, writtenInputs } from "../graph/views.js";
import { chainReads, type Group, membersOf } from "./groups.js";
import { needsLaunch, readersBy } from "./order.js";

/**
 * The readers and needs of tensors and launches, which fusion must respect.
 *
 * Launches are kept in an order in which they can run while tensors join them, so that a search for launches that need
 * another ends at those that come before it (Pearce, Kelly, A dynamic topological sort algorithm for directed acyclic graphs, 2006).
 */
export class Dependencies {
  readonly #places: ReadonlyMap<Tensor, number>;
  readonly #readers: ReadonlyMap<Tensor, readonly Tensor[]>;
  readonly #needs = new Map<Tensor, readonly Tensor[]>();
  readonly #groupOf = new Map<Tensor, Group>();
  /** Launches that have begun, in an order in which they can run, and the place of each in it. */
  readonly #launches: Group[] = [];
  readonly #ranks = new Map<Group, number>();

  /** @param order - the tensors to launch, as `launchOrder` gives them */
  constructor(order: readonly Tensor[]) {
    this.#places = new Map(order.map((tensor, place) => [tensor, place]));
    this.#readers = readersBy(viewBase, order);
  }

  /** The tensors that read this value, itself or through a view. */
  readersOf(tensor: Tensor): readonly Tensor[] {
    return this.#readers.get(viewBase(tensor)) ?? [];
  }

  /** Place of a tensor in the order; -1 if it needs no launch. */
  placeOf(tensor: Tensor): number {
    return this.#places.get(tensor) ?? -1;
  }

  groupOf(tensor: Tensor): Group | undefined {
    return this.#groupOf.get(viewBase(tensor));
  }

  /** Begins a launch, the last so far. The tensors that it needs must have launches already. */
  begin(root: Tensor): Group {
    const group: Group = { root, chain: [] };
    this.#groupOf.set(root, group);
    this.#ranks.set(group, this.#launches.push(group) - 1);
    return group;
  }

  /** Whether an order remains if a launch computes a chain as well: no other launch that the chain needs may need it. */
  canJoin(group: Group, chain: readonly Tensor[]): boolean {
    return this.#neededAfter(group, this.#needsOutside(chain, group)) !== undefined;
  }

  /** Appends a chain to a launch that it can join. */
  join(group: Group, chain: readonly Tensor[]): void {
    this.#putBefore(group, this.#neededAfter(group, this.#needsOutside(chain, group))!);
    group.chain.push(...chain);
    for (const member of chain) this.#groupOf.set(member, group);
  }

  /** Whether neither launch needs the other, however indirectly. */
  areIndependent(a: Group, b: Group): boolean {
    const [first, second] = this.#inOrder(a, b);
    return this.#neededAfter(first, this.#needsOutside(membersOf(second), second)) !== undefined;
  }

  /** Makes `second` the second result of an independent launch. */
  pair(group: Group, second: Group): void {
    const [earlier, later] = this.#inOrder(group, second);
    this.#putBefore(earlier, this.#neededAfter(earlier, this.#needsOutside(membersOf(later), later))!);
    const rank = this.#ranks.get(earlier)!;
    this.#launches[rank] = group;
    this.#ranks.set(group, rank);
    group.second = second;
    for (const member of membersOf(second)) this.#groupOf.set(member, group);
  }

  #inOrder(a: Group, b: Group): [Group, Group] {
    return this.#ranks.get(a)! < this.#ranks.get(b)! ? [a, b] : [b, a];
  }

  /**
   * Launches that must come before `tensor`'s: those of its inputs, and of the readers of what it overwrites. Two writers
   * of the same memory don't wait for each other: they change disjoint parts of it (`record`, each its own slot).
   */
  needsOf(tensor: Tensor): readonly Tensor[] {
    const known = this.#needs.get(tensor);
    if (known) return known;
    const overwritten = writtenInputs(tensor).map((input) => viewBase(tensor.inputs[input]));
    const before = overwritten.flatMap((old) =>
      this.readersOf(old).filter(
        (reader) => !writtenInputs(reader).some((input) => viewBase(reader.inputs[input]) === old),
      ),
    );
    const needs = [...tensor.inputs.map(viewBase), ...before].filter(needsLaunch);
    this.#needs.set(tensor, needs);
    return needs;
  }

  /** Whether `reader` depends on a kernel (more than elementwise ops) that is launched after `tensor`. */
  needsKernelAfter(tensor: Tensor, reader: Tensor): boolean {
    const seen = new Set<Tensor>([reader]);
    for (const { inputs } of seen) {
      const later = inputs.map(viewBase).filter((input) => this.placeOf(input) > this.placeOf(tensor));
      if (later.some(({ op }) => !op.elementwise)) return true;
      for (const input of later) seen.add(input); // the loop comes to it as well
    }
    return false;
  }

  /** Needs of tensors, but for the tensors themselves and the members of `group`. */
  #needsOutside(tensors: readonly Tensor[], group: Group): Tensor[] {
    const needs = tensors.flatMap((tensor) => this.needsOf(tensor));
    return needs.filter((need) => !tensors.includes(need) && this.#groupOf.get(need) !== group);
  }

  /**
   * Launches after `group` in the order that some tensors need, directly or by way of others. Launches before it can't
   * need it.
   *
   * @returns undefined if `group` is needed itself
   */
  #neededAfter(group: Group, tensors: readonly Tensor[]): Set<Group> | undefined {
    const rank = this.#ranks.get(group)!;
    const needed = new Set<Group>();
    const pending = [...tensors];
    for (let tensor = pending.pop(); tensor; tensor = pending.pop()) {
      const launch = this.#groupOf.get(tensor)!;
      if (launch === group) return undefined;
      if (this.#ranks.get(launch)! < rank || needed.has(launch)) continue;
      needed.add(launch);
      for (const member of membersOf(launch)) pending.push(...this.needsOf(member));
    }
    return needed;
  }

  /** Puts launches that come after `group` before it, and keeps the order otherwise. */
  #putBefore(group: Group, launches: ReadonlySet<Group>): void {
    if (launches.size === 0) return;
    const first = this.#ranks.get(group)!;
    const last = Math.max(...[...launches].map((launch) => this.#ranks.get(launch)!));
    const others = this.#launches.slice(first, last + 1).filter((launch) => !launches.has(launch));
    const moved = this.#launches.slice(first, last + 1).filter((launch) => launches.has(launch));
    for (const [i, launch] of [...moved, ...others].entries()) {
      this.#launches[first + i] = launch;
      this.#ranks.set(launch, first + i);
    }
  }

  /** Members that other launches read. The results of in-place ops are in memory anyway. */
  outputsOf(group: Group): Tensor[] {
    const members = new Set(membersOf(group));
    return [...members].filter(
      (member) => !member.op.writes && this.readersOf(member).some((reader) => !members.has(reader)),
    );
  }

  /** Storage buffers that a group's launch binds. */
  countBindings(group: Group): number {
    const { root, second } = group;
    const reads = chainReads(group).length + (second ? chainReads(second).length : 0);
    return root.inputs.length + reads + this.outputsOf(group).length;
  }

  /** Sorts groups so that each comes after its needs, and otherwise keeps their order. */
  schedule(groups: readonly Group[]): Group[] {
    const begun = new Set<Group>();
    const scheduled = new Set<Group>();
    const place = (group: Group): void => {
      if (scheduled.has(group)) return;
      if (begun.has(group)) throw new Error(`Fusion made a circle at ${group.root.label}.`);
      begun.add(group);
      for (const member of membersOf(group)) {
        for (const tensor of this.needsOf(member)) {
          const other = this.groupOf(tensor)!;
          if (other !== group) place(other);
        }
      }
      scheduled.add(group);
    };
    groups.forEach(place);
    return [...scheduled];
  }
}
