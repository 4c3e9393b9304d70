import type { Model } from "../model/model.js";
import { type Optimizer, type StateVariable, stateOf } from "../optimizers/index.js";

/** Whether an optimizer trains a parameter of a model: neither its layer nor the optimizer's groups keep it as it is. */
export const isTrained = (optimizer: Optimizer, name: string, trainable = true): boolean =>
  trainable && (optimizer.trains?.(name) ?? true);

/** The variables that an optimizer keeps for a model. */
export const stateVariables = (model: Model, optimizer: Optimizer): StateVariable[] =>
  [...model.own].flatMap(([name, parameter]) =>
    isTrained(optimizer, name, parameter.trainable) ? stateOf(optimizer, name, parameter) : [],
  );
