import { ArgumentError } from "../core/errors.js";
import { categoricalFocal, focal } from "./focal.js";
import { categoricalHinge, hinge } from "./hinge.js";
import { klDivergence } from "./kl-divergence.js";
import type { Loss } from "./loss.js";
import { huber, meanAbsoluteError, meanSquaredError, poisson } from "./regression.js";
import { sigmoidCrossEntropy } from "./sigmoid-cross-entropy.js";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.js";

/** Losses by the names that saved models and the command line know them by; each takes its saved options. */
const losses: Record<string, (options: never) => Loss> = {
  softmaxCrossEntropy,
  sigmoidCrossEntropy,
  categoricalFocal,
  focal,
  categoricalHinge,
  hinge,
  klDivergence,
  meanSquaredError,
  meanAbsoluteError,
  huber,
  poisson,
};

/** The losses that go by a name, in saved models and on the command line. */
export const lossNames: readonly string[] = /* @__PURE__ */ Object.keys(losses);

/** The loss that a name or a saved config describes. @throws ArgumentError when there is no such loss */
export function lossFromConfig(config: Loss["config"]): Loss {
  const { loss, ...options } = config ?? {};
  if (Object.hasOwn(losses, loss)) return losses[loss](options as never);
  throw new ArgumentError(`There is no loss "${loss}"; use ${lossNames.join(", ")}.`);
}
