import type { Tensor } from "../graph/tensor.js";
import { viewBase, writtenInputs } from "../graph/views.js";
import { chainReads, type Group, membersOf } from "./groups.js";
import { needsLaunch, readersBy } from "./order.js";

/** First and last place of a group's members in the order. */
interface Span {
  first: number;
  last: number;
}

/** Which tensors read which, and which launch needs which: what fusion must not break. */
export class Dependencies {
  readonly #places: ReadonlyMap<Tensor, number>;
  readonly #readers: ReadonlyMap<Tensor, readonly Tensor[]>;
  readonly #needs = new Map<Tensor, readonly Tensor[]>();
  readonly #groupOf = new Map<Tensor, Group>();
  readonly #spans = new Map<Group, Span>();
  /** How many groups have members on both sides of boundary c, which lies between places c - 1 and c. */
  readonly #crossing: Uint32Array;

  /** @param order - the tensors to launch, as `launchOrder` gives them */
  constructor(order: readonly Tensor[]) {
    this.#places = new Map(order.map((tensor, place) => [tensor, place]));
    this.#readers = readersBy(viewBase, order);
    this.#crossing = new Uint32Array(order.length + 1);
  }

  /** The tensors that read this value, itself or through a view. */
  readersOf(tensor: Tensor): readonly Tensor[] {
    return this.#readers.get(viewBase(tensor)) ?? [];
  }

  /** Where a tensor stands in the order; before all of it where it needs no launch. */
  placeOf(tensor: Tensor): number {
    return this.#places.get(tensor) ?? -1;
  }

  groupOf(tensor: Tensor): Group | undefined {
    return this.#groupOf.get(viewBase(tensor));
  }

  /** Makes a tensor a member of a group. */
  assign(tensor: Tensor, group: Group): void {
    this.#groupOf.set(tensor, group);
    const place = this.placeOf(tensor);
    const span = this.#spans.get(group);
    if (!span) {
      this.#spans.set(group, { first: place, last: place });
      return;
    }
    for (; span.first > place; span.first--) this.#crossing[span.first]++;
    for (; span.last < place; span.last++) this.#crossing[span.last + 1]++;
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

  /**
   * Whether `group` must be launched, however indirectly, before one of `tensors`.
   *
   * A launch needs whatever any of its members needs, so that an early tensor's group may need a late one: only what lies
   * before a boundary that no group reaches across is sure not to need what lies after it. The search stops at the last
   * such boundary before the group.
   */
  reaches(group: Group, tensors: readonly Tensor[]): boolean {
    const boundary = this.#boundaryBefore(group);
    const seen = new Set<Group | Tensor>();
    const pending = [...tensors];
    for (let tensor = pending.pop(); tensor; tensor = pending.pop()) {
      const own = this.#groupOf.get(tensor);
      if (own === group) return true;
      if (seen.has(own ?? tensor)) continue;
      seen.add(own ?? tensor);
      if ((own ? this.#spans.get(own)!.last : this.placeOf(tensor)) < boundary) continue;
      for (const member of own ? membersOf(own) : [tensor]) pending.push(...this.needsOf(member));
    }
    return false;
  }

  #boundaryBefore(group: Group): number {
    let boundary = this.#spans.get(group)!.first;
    while (this.#crossing[boundary] > 0) boundary--; // none crosses boundary 0
    return boundary;
  }

  /** Members whose values another launch reads. In-place ops have written theirs already. */
  outputsOf(group: Group): Tensor[] {
    const members = new Set(membersOf(group));
    return [...members].filter(
      (member) => !member.op.writes && this.readersOf(member).some((reader) => !members.has(reader)),
    );
  }

  /** Storage buffers that a group's launch binds. */
  countBindings(group: Group): number {
    const { root, sums } = group;
    const reads = chainReads(group).length + (sums ? chainReads(sums).length : 0);
    return root.inputs.length + reads + this.outputsOf(group).length;
  }

  /** Groups so that each comes after all that it needs, otherwise in the order in which they are given. */
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
