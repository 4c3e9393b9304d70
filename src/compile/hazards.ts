import type { Tensor } from "../graph/tensor.js";
import { storageOf, writtenInputs } from "../graph/views.js";
import { type Group, lengthOf, membersOf } from "./groups.js";

/*
 * Hazards of memory that is changed in place: a read would see the new value instead of the old one, or a tensor of which
 * some elements are new.
 */

/**
 * Whether a launch would have a hazard: it changes memory twice, or changes memory that its root reads, or that a member
 * reads after the change or at other elements than its own. A member may read its own element before the change.
 */
export function hasHazard({ root, chain }: Group): boolean {
  const changes = new Map<Tensor, number>();
  for (const [place, member] of [root, ...chain].entries()) {
    for (const input of writtenInputs(member)) {
      const storage = storageOf(member.inputs[input]);
      if (changes.has(storage)) return true;
      changes.set(storage, place);
    }
  }
  if (changes.size === 0) return false;
  const rootChanges = new Set(writtenInputs(root).map((input) => storageOf(root.inputs[input])));
  if (root.inputs.some((input) => changes.has(storageOf(input)) && !rootChanges.has(storageOf(input)))) return true;
  return chain.some((member, i) => {
    const own = new Set(writtenInputs(member));
    return member.inputs.some((input, operand) => {
      const change = changes.get(storageOf(input));
      if (own.has(operand) || change === undefined || member === root) return false;
      return i + 1 > change || input.size !== lengthOf(member);
    });
  });
}

/** Whether one part of a launch changes memory that the other touches: the parts run at different times. */
export function hazardBetween(a: Group, b: Group): boolean {
  const touched = (group: Group) => new Set(membersOf(group).flatMap(({ inputs }) => inputs.map(storageOf)));
  const changed = (group: Group) =>
    membersOf(group).flatMap((member) => writtenInputs(member).map((input) => storageOf(member.inputs[input])));
  const [inA, inB] = [touched(a), touched(b)];
  return changed(a).some((storage) => inB.has(storage)) || changed(b).some((storage) => inA.has(storage));
}
