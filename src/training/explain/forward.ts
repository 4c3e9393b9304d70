import { ancestors, isConstant, isVariable, type Tensor } from "../../graph/tensor.js";
import { viewBase } from "../../graph/views.js";
import type { Trace } from "./trace.js";

/** A loss of more ops than this is explained op by op, a shorter one as one formula. */
const MOST_LOSS_OPS = 6;

/** The forward pass of a step: what is worth a line of its own, and which part each tensor plays. */
export class Forward {
  /** The batch: features, targets, weights. */
  readonly data: readonly Tensor[];
  readonly parameters: readonly Tensor[];
  /** Losses of the rows and their mean, of each output. */
  readonly heads: readonly { name: string; rowLosses: Tensor; loss: Tensor }[];
  /** Tensors that are explained one by one, in order; the rest is written out where it is used. */
  readonly explained: readonly Tensor[];
  readonly #users = new Map<Tensor, Tensor[]>();
  readonly #outputs: readonly Tensor[];
  readonly #lossOps: ReadonlySet<Tensor>;
  /** The first explained tensor made of a parameter, by place. */
  readonly #firstUse = new Map<Tensor, number>();

  constructor(trace: Trace) {
    const tensors = ancestors([trace.loss]).filter(({ op }) => !op.view);
    for (const tensor of tensors) {
      for (const input of new Set(tensor.inputs.map(viewBase))) {
        this.#users.set(input, [...this.usersOf(input), tensor]);
      }
    }
    this.#outputs = trace.heads.map(({ outputs }) => viewBase(outputs));
    this.heads = trace.heads.map(({ rowLosses, ...head }) => ({ ...head, rowLosses: viewBase(rowLosses) }));
    this.data = tensors.filter(({ op }) => op.name === "takeBatch");
    this.parameters = [...trace.updates.keys()];
    const fixed = new Set(tensors.filter(isConstant));
    for (const tensor of tensors) {
      const isFixed = tensor.inputs.every((input) => fixed.has(viewBase(input)));
      if (isFixed && !isVariable(tensor)) fixed.add(tensor); // no data, no parameters: row weights
    }
    const layers = new Set(ancestors(trace.heads.map(({ outputs }) => outputs)));
    const made = tensors.filter(
      (tensor) => !fixed.has(tensor) && !isVariable(tensor) && tensor.op.name !== "takeBatch",
    );
    const ends = new Set(this.heads.flatMap(({ rowLosses, loss }) => [rowLosses, loss]));
    const towardsRows = new Set(ancestors(this.heads.map(({ rowLosses }) => rowLosses)));
    this.#lossOps = new Set(made.filter((tensor) => !layers.has(tensor)));
    const steps = [...this.#lossOps].filter((tensor) => towardsRows.has(tensor) && !ends.has(tensor));
    const isShort = steps.length < MOST_LOSS_OPS && steps.every((tensor) => this.usersOf(tensor).length === 1);
    const isExplained = (tensor: Tensor) =>
      tensor === trace.loss ||
      ends.has(tensor) ||
      (this.isLoss(tensor) ? !isShort && towardsRows.has(tensor) : !this.#isOnlyProduct(tensor));
    this.explained = made.filter(isExplained);
    for (const tensor of this.explained) this.#findParameters(tensor, tensor);
  }

  isLoss(tensor: Tensor): boolean {
    return this.#lossOps.has(tensor);
  }

  /** Place of the first explained tensor that a parameter goes into: the last to add to its gradient. */
  firstUse(parameter: Tensor): number {
    return this.#firstUse.get(parameter)!;
  }

  /** The part that a tensor plays in its layer; its op's name where that is nothing special. */
  roleOf(tensor: Tensor): string {
    if (this.#isPreactivation(tensor)) return "preactivation";
    const isResult = this.#outputs.includes(tensor) || this.usersOf(tensor).some(({ scope }) => scope !== tensor.scope);
    if (!isResult) return tensor.op.name;
    const hasPreactivation = this.explained.some(
      (other) => other.scope === tensor.scope && this.#isPreactivation(other),
    );
    return hasPreactivation ? "activation" : "output";
  }

  /** Tensors made of a tensor, whichever way it is laid out for them. */
  usersOf(tensor: Tensor): readonly Tensor[] {
    return this.#users.get(tensor) ?? [];
  }

  #isParameter(tensor: Tensor): boolean {
    return this.parameters.includes(viewBase(tensor));
  }

  /** Weighted inputs, with a bias or without. */
  #isPreactivation(tensor: Tensor): boolean {
    if (tensor.op.name === "matmul") return this.#isParameter(tensor.inputs[1]) && !this.#isOnlyProduct(tensor);
    return tensor.op.name === "add" && tensor.inputs.some((input) => this.#isOnlyProduct(viewBase(input)));
  }

  /** A product with a weight that waits for its bias. */
  #isOnlyProduct(tensor: Tensor): boolean {
    const { op, inputs } = tensor;
    if (op.name !== "matmul" || !this.#isParameter(inputs[1]) || this.#outputs.includes(tensor)) return false;
    const [user, ...more] = this.usersOf(tensor);
    return more.length === 0 && user?.op.name === "add" && user.inputs.some((input) => this.#isParameter(input));
  }

  #findParameters(tensor: Tensor, from: Tensor): void {
    for (const input of tensor.inputs.map(viewBase)) {
      if (this.#isParameter(input)) this.#firstUse.set(input, Math.min(from.id, this.#firstUse.get(input) ?? from.id));
      else if (!this.explained.includes(input)) this.#findParameters(input, from);
    }
  }
}
