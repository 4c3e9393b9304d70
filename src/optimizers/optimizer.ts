import { checkArgument } from "../core/options.js";
import type { Shape } from "../core/shape.js";
import type { Tensor } from "../graph/tensor.js";
import { type Flags, statesOf, type UpdateRule } from "../ops/rule.js";
import { listedHyperparameters, update } from "../ops/update.js";

/** Optimizer: the rule by which parameters follow their gradients. */
export interface Optimizer {
  readonly config: { optimizer: string; learningRate: number } & Record<string, unknown>;
  /** Numbers kept per element of a parameter, in a state tensor [moments, ...parameter]. */
  readonly moments: number;
  /** Whether it also keeps a parameter's moving average, in `average.PARAMETER`. */
  readonly averages?: boolean;
  /** Whether a parameter of that name is trained, or stays as it is; all are where absent. */
  trains?(parameter: string): boolean;
  /** @throws ArgumentError when what it is told of some parameters fits none of these */
  checkParameters?(names: readonly string[]): void;
  /** The update's numbers at training step `t` = 1, 2, ..., in float64, in the order in which its rule names them. */
  hyperparameters(t: number, learningRate: number): number[];
  /**
   * The in-place update; its hyperparameters begin at `first`.
   *
   * @param gradient - of the parameter's shape
   * @param state - [moments, ...shape of the parameter]; absent where `moments` is 0
   */
  update(parameter: Tensor, gradient: Tensor, state: Tensor | undefined, first: number): Tensor;
}

/** Settings of an optimizer by a rule. */
interface RuleSettings<H extends string, F extends string> {
  config: Optimizer["config"];
  /** Choices that the rule has. */
  flags?: Flags<F>;
  /** Values of the rule's hyperparameters at training step `t` = 1, 2, ... */
  hyperparameters(t: number, learningRate: number): Readonly<Record<H, number>>;
}

/** The optimizer that follows a rule. */
export function byRule<H extends string, S extends string, F extends string>(
  rule: UpdateRule<H, S, F>,
  { config, flags = {} as Flags<F>, hyperparameters }: RuleSettings<H, F>,
): Optimizer {
  return {
    config,
    moments: statesOf(rule, flags).length,
    hyperparameters: (t, learningRate) => listedHyperparameters(rule, hyperparameters(t, learningRate)),
    update: (parameter, gradient, state, first) =>
      update(parameter, gradient, ...(state ? [state] : []), { rule, flags, first }),
  };
}

export const stateName = (parameter: string): string => `optimizer.${parameter}`;
export const averageName = (parameter: string): string => `average.${parameter}`;

/** A variable that an optimizer keeps: its name, its shape, and its first values where these aren't zeros. */
export type StateVariable = [name: string, shape: Shape, values?: Float32Array<ArrayBuffer>];

/** State variables that an optimizer keeps for a parameter. */
export function stateOf(
  { moments, averages }: Optimizer,
  parameter: string,
  own: { shape: Shape; values: Float32Array<ArrayBuffer> },
): StateVariable[] {
  const state: StateVariable[] = moments > 0 ? [[stateName(parameter), [moments, ...own.shape]]] : [];
  return averages ? [...state, [averageName(parameter), own.shape, own.values]] : state;
}

/** @throws ArgumentError when it isn't an optimizer */
export function checkOptimizer(where: string, optimizer: unknown): void {
  const { config, update } = (optimizer ?? {}) as Partial<Optimizer>;
  const isOptimizer = typeof config === "object" && typeof update === "function";
  checkArgument(where, "an optimizer, such as adam()", optimizer, isOptimizer);
}
