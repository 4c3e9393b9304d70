import type { Dataset } from "../../data/index.js";
import { ArgumentError, type Loss, lossFromConfig } from "../../index.js";
import type { Settings } from "../settings/table.js";
import { configOf } from "./config-of.js";

const NUMBER_LOSSES = ["meanSquaredError", "meanAbsoluteError", "huber", "poisson"];
/** Losses that need an output for each class, also for two classes; the others take one output for yes or no. */
const CLASS_LOSSES = ["softmaxCrossEntropy", "categoricalFocal", "categoricalHinge", "klDivergence"];

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
  if (!isClasses && loss !== undefined && !NUMBER_LOSSES.includes(loss)) {
    throw new ArgumentError(
      `--loss ${loss} is for classes, but ${target} holds numbers. Use ${NUMBER_LOSSES.join(", ")}` +
        ", or --task classification if they are classes.",
    );
  }
  if (isClasses && loss === "poisson") {
    throw new ArgumentError(`--loss poisson is for counts, but ${target} holds classes. Use --task regression.`);
  }
  const name = loss ?? (isClasses ? "softmaxCrossEntropy" : "meanSquaredError");
  return lossFromConfig(configOf(settings, "loss", name, data) as Loss["config"]);
}

export const needsOutputPerClass = ({ config }: Loss): boolean => CLASS_LOSSES.includes(config.loss);

/** True if targets may be shifted and scaled for training; counts must stay counts. */
export const takesScaledTargets = (loss: string | undefined): boolean => loss !== "poisson";
