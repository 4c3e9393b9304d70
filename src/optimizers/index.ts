import { ArgumentError } from "../core/errors.js";
import { adam } from "./adam.js";
import type { Optimizer } from "./optimizer.js";
import { rmsprop } from "./rmsprop.js";
import { sgd } from "./sgd.js";

export { type AdamOptions, adam } from "./adam.js";
export type { Optimizer } from "./optimizer.js";
export { type RmspropOptions, rmsprop } from "./rmsprop.js";
export { type SgdOptions, sgd } from "./sgd.js";

const optimizers: Record<string, (options: never) => Optimizer> = { sgd, rmsprop, adam };

export const optimizerNames: readonly string[] = /* @__PURE__ */ Object.keys(optimizers);

/** The optimizer that a saved config describes. @throws ArgumentError when there is no such optimizer */
export function optimizerFromConfig(config: { optimizer: string } & Record<string, unknown>): Optimizer {
  if (!Object.hasOwn(optimizers, config?.optimizer)) {
    throw new ArgumentError(`There is no optimizer "${config?.optimizer}"; use ${optimizerNames.join(", ")}.`);
  }
  return optimizers[config.optimizer](config as never);
}
