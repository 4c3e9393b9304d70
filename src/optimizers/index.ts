import { ArgumentError } from "../core/errors.js";
import { didYouMean } from "../core/options.js";
import { shown } from "../core/shown.js";
import { adadelta } from "./adadelta.js";
import { adagrad } from "./adagrad.js";
import { adam, adamw } from "./adam.js";
import { adamax } from "./adamax.js";
import { movingAverage } from "./average.js";
import { parameterGroups } from "./groups.js";
import { lion } from "./lion.js";
import { maxNorm } from "./max-norm.js";
import { nadam } from "./nadam.js";
import type { Optimizer } from "./optimizer.js";
import { rmsprop } from "./rmsprop.js";
import { sgd } from "./sgd.js";

export { rules } from "../ops/rule.js";
export { type AdadeltaOptions, adadelta } from "./adadelta.js";
export { type AdagradOptions, adagrad } from "./adagrad.js";
export { type AdamOptions, type AdamwOptions, adam, adamw } from "./adam.js";
export { type AdamaxOptions, adamax } from "./adamax.js";
export { movingAverage } from "./average.js";
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
export { maxNorm } from "./max-norm.js";
export { type NadamOptions, nadam } from "./nadam.js";
export { averageName, type Optimizer, type StateVariable, stateName, stateOf } from "./optimizer.js";
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

/** Wrappers of optimizers, from their saved configs; each has `of`, a name or the inner one's config. */
const wrappers: Record<string, (config: Readonly<Record<string, unknown>>) => Optimizer> = {
  parameterGroups({ of, groups, base, ...options }) {
    const name = named(of as string);
    return parameterGroups(optimizers[name], { ...options, ...(base as object) }, groups as never);
  },
  maxNorm: ({ of, limit }) => maxNorm(optimizerFromConfig(of as OptimizerConfig), limit as number),
  movingAverage: ({ of, decay }) =>
    movingAverage(optimizerFromConfig(of as OptimizerConfig), { decay: decay as number }),
};

type OptimizerConfig = { optimizer: string } & Record<string, unknown>;

function named(name: string): string {
  if (Object.hasOwn(optimizers, name)) return name;
  throw new ArgumentError(
    `There is no optimizer ${shown(name)}; use ${optimizerNames.join(", ")}.${didYouMean(`${name}`, optimizerNames)}`,
  );
}

/** Whether a saved config is of an optimizer that isn't the user's own. */
export const isKnownOptimizer = ({ optimizer, of }: OptimizerConfig): boolean =>
  of === undefined
    ? Object.hasOwn(optimizers, optimizer)
    : isKnownOptimizer(typeof of === "string" ? { optimizer: of } : (of as OptimizerConfig));

/** The optimizer that a saved config describes. @throws ArgumentError when there is no such optimizer */
export function optimizerFromConfig(config: OptimizerConfig): Optimizer {
  const { optimizer, ...options } = config ?? {};
  const [wrapper] = `${optimizer}`.split("("); // maxNorm(adam)
  return Object.hasOwn(wrappers, wrapper) ? wrappers[wrapper](options) : optimizers[named(`${optimizer}`)](options);
}
