import type { Tensor } from "../graph/tensor.js";
import { viewBase, writtenInputs } from "../graph/views.js";
import { Dependencies } from "./dependencies.js";
import { type Group, lengthOf } from "./groups.js";
import { hasHazard } from "./hazards.js";
import { pairResults } from "./pairs.js";
import type { ViewPasses } from "./walk.js";

/** Storage buffers that a kernel may bind: the least that WebGPU promises. */
const MAX_BINDINGS = 8;

/** Passes of the fusion. Tests leave out single ones, and compare. */
export interface Passes extends ViewPasses {
  /** Softmax cross-entropy's loss, correct rows and gradient are one op. */
  loss: boolean;
  /** Elementwise ops follow each other in one launch. */
  chains: boolean;
  /** Elementwise ops are epilogues of products, reductions and other kernels. */
  epilogues: boolean;
  /** Optimizer updates end the launch that makes their gradient; kernels make two where they can, a bias's with its weight's. */
  updates: boolean;
  /** Products keep the largest results of windows that nothing else reads: the pass that readies a graph for it, of backends whose products can. */
  pools?: (outputs: readonly Tensor[]) => Tensor[];
}

/** Every pass that all backends with fused plans can run. */
export const ALL_PASSES: Passes = {
  batches: true,
  patches: true,
  loss: true,
  chains: true,
  epilogues: true,
  updates: true,
};

/** Launches as groups of tensors, in order, and their dependencies. */
export interface Fusion {
  groups: Group[];
  dependencies: Dependencies;
}

/** One launch per tensor, in order. */
export function singleLaunches(order: readonly Tensor[]): Fusion {
  return { groups: order.map((root) => ({ root, chain: [] })), dependencies: new Dependencies(order) };
}

/**
 * Groups tensors into launches:
 *
 * 1. a chain of elementwise ops is one launch;
 * 2. a chain that follows a product, a reduction or any other kernel is applied to its results before they are stored: its
 *    epilogue;
 * 3. an optimizer update is the end of such a chain, and the bias's gradient comes out of the same pass as the weight's: a
 *    launch has a second result where its kernel can make one.
 *
 * A tensor joins a launch only if none of its needs depends on that launch, so that an order remains.
 *
 * @param order - the tensors to launch, as `launchOrder` gives them
 */
export function fuse(order: readonly Tensor[], passes: Passes): Fusion {
  const dependencies = new Dependencies(order);
  const fits = (group: Group) => dependencies.countBindings(group) <= MAX_BINDINGS;
  const fused = new Fuser(dependencies, passes, fits).groups(order);
  const groups = dependencies.schedule(passes.updates ? pairResults(fused, dependencies, fits) : fused);
  return { groups, dependencies };
}

/** The fusion of one graph, tensor by tensor. */
class Fuser {
  readonly #groups: Group[] = [];

  constructor(
    private readonly dependencies: Dependencies,
    private readonly passes: Passes,
    private readonly fits: (group: Group) => boolean,
  ) {}

  /** Groups of the tensors, in the order in which they begin. */
  groups(order: readonly Tensor[]): Group[] {
    for (const tensor of order) {
      const isElementwise = tensor.op.elementwise === true;
      const chain = isElementwise && this.passes.chains ? this.#withDeferred(tensor) : [tensor];
      this.#placeReaders(tensor, chain);
      if (!isElementwise) this.#begin(tensor);
      else if (!this.passes.chains || !this.#isDeferred(tensor) || this.#wouldLiveOn(tensor, chain)) this.#place(chain);
    }
    return this.#groups;
  }

  #begin(root: Tensor): Group {
    const group = this.dependencies.begin(root);
    this.#groups.push(group);
    return group;
  }

  /** Launches the deferred ops that read memory which `tensor` changes in place, but for those of its own chain. */
  #placeReaders(tensor: Tensor, chain: readonly Tensor[]): void {
    if (writtenInputs(tensor).length === 0) return;
    for (const need of this.dependencies.needsOf(tensor)) {
      if (!this.dependencies.groupOf(need) && !chain.includes(need)) this.#place(this.#withDeferred(need));
    }
  }

  /** Puts a chain into the launch of one of its operands, or else into as few of its own as can be. */
  #place(chain: readonly Tensor[]): void {
    const target = this.#targetFor(chain);
    const length = target ? chain.length : this.#longestLaunch(chain);
    if (length < chain.length) {
      this.#place(chain.slice(0, length));
      this.#place(chain.slice(length));
      return;
    }
    if (target) this.dependencies.join(target, chain);
    else this.dependencies.join(this.#begin(chain[0]), chain.slice(1));
  }

  /** Whether a tensor is put off until its only reader, an elementwise op of the same length, which it is placed with. */
  #isDeferred(tensor: Tensor): boolean {
    const readers = this.dependencies.readersOf(tensor);
    const [reader] = readers;
    return (
      readers.length === 1 && !tensor.op.writes && reader.op.elementwise === true && lengthOf(reader) === tensor.size
    );
  }

  /** Whether deferring a chain that could be launched now would keep its inputs in memory past an unrelated launch. */
  #wouldLiveOn(tensor: Tensor, chain: readonly Tensor[]): boolean {
    const [reader] = this.dependencies.readersOf(tensor);
    return this.dependencies.needsKernelAfter(tensor, reader) && this.#targetFor(chain) !== undefined;
  }

  /** A chain of the deferred tensors that wait for a tensor, and the tensor itself. */
  #withDeferred(tensor: Tensor): Tensor[] {
    const before = [...new Set(tensor.inputs.map(viewBase))].filter(
      (input) => input.op.elementwise && !this.dependencies.groupOf(input) && this.#isDeferred(input),
    );
    return [...new Set([...before.flatMap((input) => this.#withDeferred(input)), tensor])];
  }

  /**
   * Number of a chain's first ops that one launch can compute, at least 1: it must be able to bind the buffers that it
   * reads and writes, and have no hazard.
   */
  #longestLaunch(chain: readonly Tensor[]): number {
    const isLegal = (count: number) => {
      const group = { root: chain[0], chain: chain.slice(1, count) };
      return this.fits(group) && !hasHazard(group);
    };
    let count = chain.length;
    while (count > 1 && !isLegal(count)) count--;
    return count;
  }

  /** The last launch that a chain can join, among those that make its operands. */
  #targetFor(chain: readonly Tensor[]): Group | undefined {
    if (!this.passes.updates && chain.some(({ op }) => op.writes)) return undefined;
    const own = new Set(chain);
    const length = lengthOf(chain[0]);
    const operands = chain.flatMap((member) => member.inputs).filter((input) => !own.has(viewBase(input)));
    const candidates = new Set(
      operands
        .filter((operand) => operand.size === length)
        .map((operand) => this.dependencies.groupOf(operand))
        .filter((group) => group !== undefined),
    );
    return [...candidates]
      .sort((a, b) => this.dependencies.placeOf(b.root) - this.dependencies.placeOf(a.root))
      .find((group) => this.#canFuse(group, chain));
  }

  /** Whether a launch can compute a chain as well. */
  #canFuse(group: Group, chain: readonly Tensor[]): boolean {
    const { root } = group;
    if (!(root.op.elementwise ? this.passes.chains : this.passes.epilogues)) return false;
    if (root.op.writes || root.dtype !== "f32") return false;
    const joined = { root, chain: [...group.chain, ...chain] };
    if (hasHazard(joined)) return false;
    return this.dependencies.canJoin(group, chain) && this.fits(joined);
  }
}
