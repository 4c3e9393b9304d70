import { isConstant, isVariable, type Tensor } from "../graph/tensor.js";
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

  constructor(readonly order: readonly Tensor[]) {
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

/** Whether memory that a group changes in place is also read by one of its members in another way. */
export function readsWhatItWrites(tensors: readonly Tensor[]): boolean {
  const written = tensors.flatMap((tensor) => writtenInputs(tensor).map((input) => ownerOf(tensor.inputs[input])));
  if (new Set(written).size < written.length) return true;
  return tensors.some((tensor) => {
    const own = new Set(writtenInputs(tensor));
    return tensor.inputs.some(
      (input, i) => !own.has(i) && isVariable(ownerOf(input)) && written.includes(ownerOf(input)),
    );
  });
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
