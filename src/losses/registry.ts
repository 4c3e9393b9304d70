import { ArgumentError } from "../core/errors.js";
import { didYouMean } from "../core/options.js";
import { shown } from "../core/shown.js";
import { categoricalFocal, focal } from "./focal.js";
import { gaussianNLL } from "./gaussian-nll.js";
import { categoricalHinge, hinge } from "./hinge.js";
import { klDivergence } from "./kl-divergence.js";
import type { Loss } from "./loss.js";
import { masked } from "./masked.js";
import { quantileOf } from "./quantile.js";
import { huber, meanAbsoluteError, meanSquaredError, poisson } from "./regression.js";
import { sampledCrossEntropy } from "./sampled-cross-entropy.js";
import { sigmoidCrossEntropy } from "./sigmoid-cross-entropy.js";
import { softmaxCrossEntropy } from "./softmax-cross-entropy.js";
import { tokenCrossEntropy } from "./token-cross-entropy.js";
import { cosine, triplet } from "./vectors.js";

/** Losses that compare an output with each target, by their names; each takes its saved options. */
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

/** Losses whose rows or outputs are of another make: saved models know them by their names as well. */
const others: Record<string, (options: never) => Loss> = {
  quantile: quantileOf,
  gaussianNLL,
  cosine,
  triplet,
  tokenCrossEntropy,
  sampledCrossEntropy,
  masked: ({ of }: { of: Loss["config"] }) => masked(lossFromConfig(of)),
};

/** The losses that compare an output with each target: the command line takes these by their names. */
export const lossNames: readonly string[] = /* @__PURE__ */ Object.keys(losses);

/** Whether a saved config describes a loss of ours, not one of a user's own. */
export const isKnownLoss = ({ loss, of }: Loss["config"]): boolean =>
  loss === "masked"
    ? isKnownLoss((of ?? {}) as Loss["config"])
    : Object.hasOwn(losses, loss) || Object.hasOwn(others, loss);

/** The loss that a name or a saved config describes. @throws ArgumentError when there is no such loss */
export function lossFromConfig(config: Loss["config"]): Loss {
  const { loss, ...options } = config ?? {};
  const makers = { ...losses, ...others };
  if (Object.hasOwn(makers, loss)) return makers[loss](options as never);
  const known = Object.keys(makers);
  throw new ArgumentError(`There is no loss ${shown(loss)}; use ${known.join(", ")}.${didYouMean(`${loss}`, known)}`);
}
