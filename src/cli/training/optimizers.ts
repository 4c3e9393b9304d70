import type { GradientRule, Optimizer } from "../../index.js";
import { gradientRuleFromConfig, optimizerFromConfig } from "../../optimizers/index.js";
import { type Settings, settingsTo } from "../settings/table.js";
import { configOf } from "./config-of.js";

/** The optimizer, with what is put around it. @throws ArgumentError when an option isn't for it, or out of range */
export function optimizerFor(settings: Settings): Optimizer {
  const config = settingsTo(settings, "wrapper").reduce(
    (of, { goes, value }) => ({ optimizer: goes.optimizer, of, [goes.option]: value }),
    configOf(settings, "optimizer", settings.optimizer),
  );
  return optimizerFromConfig(config as Optimizer["config"]);
}

/** Rules for gradients, applied before the optimizer. */
export const gradientsFor = (settings: Settings): GradientRule[] =>
  settingsTo(settings, "gradients").map(
    ({ goes, value }) => gradientRuleFromConfig({ rule: goes.rule, [goes.option]: value })!,
  );
