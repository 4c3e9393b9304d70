import { ArgumentError } from "../core/errors.js";
import { adadelta } from "./adadelta.js";
import { adagrad } from "./adagrad.js";
import { adam, adamw } from "./adam.js";
import { adamax } from "./adamax.js";
import { parameterGroups } from "./groups.js";
import { lion } from "./lion.js";
import { nadam } from "./nadam.js";
import type { Optimizer } from "./optimizer.js";
import { rmsprop } from "./rmsprop.js";
import { sgd } from "./sgd.js";

export { type AdadeltaOptions, adadelta } from "./adadelta.js";
export { type AdagradOptions, adagrad } from "./adagrad.js";
export { type AdamOptions, type AdamwOptions, adam, adamw } from "./adam.js";
export { type AdamaxOptions, adamax } from "./adamax.js";
export {
  clipByGlobalNorm,
  clipByValue,
  type GradientRule,
  gradientRuleFromConfig,
  l1Penalty,
  l2Penalty,
} from "./gradients.js";
export { type ParameterGroup, parameterGroups } from "./groups.js";
export { type LionOptions, lion } from "./lion.js";
export { type NadamOptions, nadam } from "./nadam.js";
export type { Optimizer } from "./optimizer.js";
export { type RmspropOptions, rmsprop } from "./rmsprop.js";
export { type SgdOptions, sgd } from "./sgd.js";

const optimizers: Record<string, (options?: object) => Optimizer> = {
  sgd,
  rmsprop,
  adam,
  adamw,
  nadam,
  adamax,
  adagrad,
  adadelta,
  lion,
};

/** The optimizers that go by a name. */
export const optimizerNames: readonly string[] = /* @__PURE__ */ Object.keys(optimizers);

/** The optimizer that a saved config describes. @throws ArgumentError when there is no such optimizer */
export function optimizerFromConfig(config: { optimizer: string } & Record<string, unknown>): Optimizer {
  const { optimizer, of, groups, ...options } = config ?? {};
  const name = optimizer === "parameterGroups" ? (of as string) : optimizer;
  if (!Object.hasOwn(optimizers, name)) {
    throw new ArgumentError(`There is no optimizer "${name}"; use ${optimizerNames.join(", ")}.`);
  }
  return optimizer === "parameterGroups"
    ? parameterGroups(optimizers[name], options, groups as never)
    : optimizers[name](config);
}
