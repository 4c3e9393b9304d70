import { numbersOf } from "../graph/op.js";
import type { Tensor } from "../graph/tensor.js";
import { storageOf, viewBase, writtenInputs } from "../graph/views.js";
import { ALL_PASSES, fuse, type Passes, singleLaunches } from "./fuse.js";
import { chainReads, type Group, isLiteral, literalOf } from "./groups.js";
import { fuseLosses } from "./loss-fusion.js";
import { assignMemory } from "./memory.js";
import { launchOrder } from "./order.js";
import { type Argument, type ChainOperand, callOf, type Launch, type Plan, type Result } from "./plan.js";
import { lower } from "./rewrite.js";
import { absorbViews } from "./walk.js";

export interface CompileOptions {
  /** Whether a launch may compute several ops, for backends that can; tests leave out single passes. Default false. */
  fused?: boolean | Passes;
}

/**
 * Compiles the graph of `outputs` to a plan: rewrite, order, fuse, assign memory.
 *
 * @param label - of the plan, for people
 * @param outputs - in-place results (updates, `record`, `collect`): nothing else outlives a run
 * @throws ArgumentError when no order of the ops is right (see `launchOrder`)
 */
export function compile(label: string, outputs: readonly Tensor[], { fused = false }: CompileOptions = {}): Plan {
  const passes = fused === true ? ALL_PASSES : fused || undefined;
  const order = launchOrder(prepared(outputs, passes));
  const { groups, dependencies } = passes ? fuse(order, passes) : singleLaunches(order);
  const kept = (group: Group): Tensor[] =>
    isPlain(group) ? [group.root].filter(({ op }) => !op.writes) : dependencies.outputsOf(group);
  const { buffers, bufferOf } = assignMemory(groups.map((group) => ({ reads: readsOf(group), makes: kept(group) })));

  const argument = (tensor: Tensor): Argument => ({
    buffer: bufferOf.get(storageOf(tensor))!,
    shape: tensor.shape,
    dtype: tensor.dtype,
  });
  const launches = groups.map((group): Launch => {
    const { root, second } = group;
    const call = { ...callOf(root, argument), label: labelOf(group), writes: writtenInputs(root) };
    if (isPlain(group)) return root.op.writes ? call : { ...call, output: argument(root) };
    const own = kept(group);
    return { ...call, results: [group, ...(second ? [second] : [])].map((part) => resultOf(part, own, argument)) };
  });
  return { label, buffers, launches };
}

/** The graph in the form in which it is launched: no composites, and no tensors that products can walk over. */
function prepared(outputs: readonly Tensor[], passes: Passes | undefined): Tensor[] {
  const whole = passes?.loss ? fuseLosses(outputs) : outputs;
  const lowered = lower(whole).outputs;
  return absorbViews(passes?.pools?.(lowered) ?? lowered, passes);
}

const isPlain = ({ chain, second }: Group) => chain.length === 0 && !second;

/** Tensors that a launch reads from memory. The root of a second result reads what the first one's does. */
const readsOf = (group: Group): Tensor[] => [
  ...group.root.inputs,
  ...chainReads(group),
  ...(group.second ? chainReads(group.second) : []),
];

const labelOf = ({ root, chain }: Group): string => [root.label, ...chain.map(({ title }) => title)].join(" + ");

/** A result of a group's launch: operands by the places where they are found, and the values that are stored. */
function resultOf({ root, chain }: Group, kept: readonly Tensor[], argument: (tensor: Tensor) => Argument): Result {
  const values = [root, ...chain];
  const reads = chainReads({ root, chain });
  const operandOf = (tensor: Tensor): ChainOperand => {
    if (isLiteral(tensor)) return { number: literalOf(tensor) };
    const value = values.indexOf(viewBase(tensor));
    return value >= 0
      ? { value, shape: tensor.shape }
      : { read: reads.indexOf(storageOf(tensor)), shape: tensor.shape };
  };
  const written = new Set(
    chain.flatMap((member) => writtenInputs(member).map((input) => storageOf(member.inputs[input]))),
  );
  return {
    shape: root.shape,
    reads: reads.map((tensor) => ({ argument: argument(tensor), written: written.has(tensor) })),
    chain: chain.map((member) => ({
      op: member.op.name,
      attributes: member.attributes,
      operands: [...member.inputs.map(operandOf), ...numbersOf(member).map((number) => ({ number }))],
      shape: member.op.writes ? member.inputs[1].shape : member.shape,
    })),
    outputs: values.flatMap((tensor, value) => (kept.includes(tensor) ? [{ value, to: argument(tensor) }] : [])),
  };
}
