import { isConstant, type Tensor } from "../graph/tensor.js";
import { needsLaunch, ownerOf, writtenInputs } from "./order.js";

/** Tensors that one launch computes: a root, which has a kernel, and the elementwise ops that follow it. */
export interface Group {
  readonly root: Tensor;
  /** In order; each needs only its own element of the root and of those before it. */
  readonly chain: Tensor[];
  /** A sum over the root's second operand that comes out of the same pass (see `pairColumnSums`). */
  sums?: Group;
}

export const membersOf = ({ root, chain, sums }: Group): Tensor[] => [root, ...chain, ...(sums ? membersOf(sums) : [])];

/** The tensor whose elements a view shows. */
export const baseOf = (tensor: Tensor): Tensor => (tensor.op.view ? baseOf(tensor.inputs[0]) : tensor);

/** Elements that an op works on: an in-place op is as long as what it is given, not as what it changes. */
export const lengthOf = (tensor: Tensor): number => (tensor.op.writes ? tensor.inputs[1].size : tensor.size);

/** Who reads what, and which launch needs which: what fusion must not break. */
export class Dependencies {
  readonly #readers = new Map<Tensor, Tensor[]>();
  readonly #groupOf = new Map<Tensor, Group>();

  readonly #places: ReadonlyMap<Tensor, number>;

  constructor(order: readonly Tensor[]) {
    this.#places = new Map(order.map((tensor, place) => [tensor, place]));
    for (const tensor of order) {
      for (const input of new Set(tensor.inputs.map(baseOf))) {
        this.#readers.set(input, [...(this.#readers.get(input) ?? []), tensor]);
      }
    }
  }

  /** The tensors that read this value, itself or through a view. */
  readersOf(tensor: Tensor): readonly Tensor[] {
    return this.#readers.get(baseOf(tensor)) ?? [];
  }

  /** Where a tensor stands in the order; before all of it where it needs no launch. */
  placeOf(tensor: Tensor): number {
    return this.#places.get(tensor) ?? -1;
  }

  /** Whether `reader` takes something that a kernel makes after `tensor`: more than elementwise ops. */
  needsLater(reader: Tensor, tensor: Tensor): boolean {
    const seen = new Set<Tensor>([reader]);
    for (const { inputs } of seen) {
      const later = inputs.map(baseOf).filter((input) => this.placeOf(input) > this.placeOf(tensor));
      if (later.some(({ op }) => !op.elementwise)) return true;
      for (const input of later) seen.add(input); // which the loop comes to as well
    }
    return false;
  }

  groupOf(tensor: Tensor): Group | undefined {
    return this.#groupOf.get(baseOf(tensor));
  }

  assign(tensor: Tensor, group: Group): void {
    this.#groupOf.set(tensor, group);
  }

  /**
   * What must be launched before `tensor`: what it is made of, and the readers of what it overwrites. Those that write
   * there too (`record`, each its own slot) may come in any order.
   */
  needsOf(tensor: Tensor): Tensor[] {
    const overwritten = writtenInputs(tensor).map((input) => baseOf(tensor.inputs[input]));
    const before = overwritten.flatMap((old) =>
      this.readersOf(old).filter(
        (reader) => !writtenInputs(reader).some((input) => baseOf(reader.inputs[input]) === old),
      ),
    );
    return [...tensor.inputs.map(baseOf), ...before].filter(needsLaunch);
  }

  /** Whether launching `group` (or a part of it) is needed, however indirectly, before one of `tensors`. */
  reaches(group: Group, tensors: readonly Tensor[]): boolean {
    const seen = new Set<Tensor>();
    const pending = [...tensors];
    for (let tensor = pending.pop(); tensor; tensor = pending.pop()) {
      if (seen.has(tensor)) continue;
      const own = this.#groupOf.get(tensor);
      if (own === group) return true;
      // A launch needs whatever any of its members needs.
      for (const member of own ? membersOf(own) : [tensor]) {
        seen.add(member);
        pending.push(...this.needsOf(member));
      }
    }
    return false;
  }
}

/** What a chain's members take from outside: memory of theirs and of other launches. Single constants become literals. */
export function chainReads({ root, chain }: Group): Tensor[] {
  const own = new Set([root, ...chain]);
  const operands = chain.flatMap((member) => member.inputs).filter((input) => !own.has(baseOf(input)));
  const seen = new Map(operands.filter((operand) => !isLiteral(operand)).map((operand) => [ownerOf(operand), operand]));
  return [...seen.keys()];
}

/** Storage buffers that a group's launch binds. */
export function countBindings(group: Group, dependencies: Dependencies): number {
  const { root, sums } = group;
  const reads = chainReads(group).length + (sums ? chainReads(sums).length : 0);
  return root.inputs.length + reads + outputsOf(group, dependencies).length;
}

/** Members whose values another launch reads. In-place ops have written theirs already. */
export function outputsOf(group: Group, dependencies: Dependencies): Tensor[] {
  const members = new Set(membersOf(group));
  return [...members].filter(
    (member) => !member.op.writes && dependencies.readersOf(member).some((reader) => !members.has(reader)),
  );
}

export const isLiteral = (tensor: Tensor): boolean => isConstant(tensor) && tensor.size === 1;

/**
 * Whether a launch can't change in place what it changes: memory that its root reads as well, that is changed twice, or
 * that a member reads after the change or at other elements than its own. A member that reads its own element before it
 * is changed shares the binding.
 */
export function spoilsReads({ root, chain }: Group): boolean {
  const changes = new Map<Tensor, number>();
  for (const [place, member] of [root, ...chain].entries()) {
    for (const input of writtenInputs(member)) {
      const owner = ownerOf(member.inputs[input]);
      if (changes.has(owner)) return true;
      changes.set(owner, place);
    }
  }
  const rootChanges = new Set(writtenInputs(root).map((input) => ownerOf(root.inputs[input])));
  if (root.inputs.some((input) => changes.has(ownerOf(input)) && !rootChanges.has(ownerOf(input)))) return true;
  return chain.some((member, i) => {
    const own = new Set(writtenInputs(member));
    return member.inputs.some((input, operand) => {
      const change = changes.get(ownerOf(input));
      if (own.has(operand) || change === undefined || member === root) return false;
      return i + 1 > change || input.size !== lengthOf(member);
    });
  });
}

/** Whether one part of a launch changes memory that the other touches: they run at different times. */
export function spoilEachOther(a: Group, b: Group): boolean {
  const touched = (group: Group) => new Set(membersOf(group).flatMap(({ inputs }) => inputs.map(ownerOf)));
  const changed = (group: Group) =>
    membersOf(group).flatMap((member) => writtenInputs(member).map((input) => ownerOf(member.inputs[input])));
  const [inA, inB] = [touched(a), touched(b)];
  return changed(a).some((owner) => inB.has(owner)) || changed(b).some((owner) => inA.has(owner));
}

/** Groups so that each comes after all that it needs, otherwise in the order in which they began. */
export function schedule(groups: readonly Group[], dependencies: Dependencies): Group[] {
  const begun = new Set<Group>();
  const scheduled = new Set<Group>();
  const place = (group: Group): void => {
    if (scheduled.has(group)) return;
    if (begun.has(group)) throw new Error(`Fusion made a circle at ${group.root.label}.`);
    begun.add(group);
    const needed = membersOf(group).flatMap((member) => dependencies.needsOf(member));
    for (const tensor of needed) {
      const other = dependencies.groupOf(tensor)!;
      if (other !== group) place(other);
    }
    scheduled.add(group);
  };
  groups.forEach(place);
  return [...scheduled];
}
