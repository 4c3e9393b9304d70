import type { Dataset } from "../../data/index.js";
import { ArgumentError, type Loss, lossFromConfig, lossNames } from "../../index.js";
import type { Settings } from "../settings/table.js";
import { configOf } from "./config-of.js";

const labelsOf = (loss: string) => lossFromConfig({ loss }).labels;

/**
 * The loss by its name, or the one that suits the task.
 *
 * @param data - the training part
 * @throws ArgumentError when the loss doesn't fit the task, or an option the loss
 */
export function lossFor(settings: Settings, data: Dataset): Loss {
  const { loss } = settings;
  const isClasses = data.classes !== undefined;
  const target = JSON.stringify(data.targetName ?? "the target");
  if (!isClasses && loss !== undefined && labelsOf(loss) === "classes") {
    const others = lossNames.filter((name) => labelsOf(name) !== "classes");
    throw new ArgumentError(
      `--loss ${loss} is for classes, but ${target} holds numbers. Use ${others.join(", ")}` +
        ", or --task classification if they are classes.",
    );
  }
  if (isClasses && loss !== undefined && labelsOf(loss) === "counts") {
    throw new ArgumentError(`--loss ${loss} is for counts, but ${target} holds classes. Use --task regression.`);
  }
  const name = loss ?? (isClasses ? "softmaxCrossEntropy" : "meanSquaredError");
  return lossFromConfig(configOf(settings, "loss", name, data) as Loss["config"]);
}

/** Losses that take a class for each place. */
const TOKEN_LOSSES = ["softmaxCrossEntropy", "tokenCrossEntropy"];

/** The loss of a text's tokens. @throws ArgumentError when the settings' loss isn't one, or an option isn't for it */
export function tokenLossFor(settings: Settings): Loss {
  const { loss = "softmaxCrossEntropy", classWeights } = settings;
  if (!TOKEN_LOSSES.includes(loss)) {
    throw new ArgumentError(`--loss ${loss}: the tokens of a text are classes. Use ${TOKEN_LOSSES.join(" or ")}.`);
  }
  if (classWeights !== undefined) throw new ArgumentError("--class-weights is for rows of classes, not for tokens.");
  return lossFromConfig(configOf(settings, "loss", loss) as Loss["config"]);
}

/** True if targets may be shifted and scaled for training; counts must stay counts. */
export const takesScaledTargets = (loss: string | undefined): boolean =>
  loss === undefined || labelsOf(loss) !== "counts";
