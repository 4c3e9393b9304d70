import type { Dataset } from "../data/index.js";
import { ArgumentError, type Loss, lossFromConfig, lossNames } from "../index.js";
import type { Settings } from "./presets.js";

export { lossNames };

const NUMBER_LOSSES = ["meanSquaredError", "meanAbsoluteError", "huber", "poisson"];
/** Those that tell classes apart by the largest of several outputs; the others take one output for yes or no. */
const CLASS_LOSSES = ["softmaxCrossEntropy", "categoricalFocal", "categoricalHinge", "klDivergence"];
const PROBABILITY_LOSSES = ["softmaxCrossEntropy", "sigmoidCrossEntropy", "categoricalFocal", "focal", "klDivergence"];

/** Options of the command line that only some losses have. */
const OPTIONS: Record<keyof NonNullable<Settings["lossOptions"]>, { flag: string; losses: string[] }> = {
  labelSmoothing: { flag: "--label-smoothing", losses: ["softmaxCrossEntropy"] },
  delta: { flag: "--delta", losses: ["huber"] },
  gamma: { flag: "--gamma", losses: ["focal", "categoricalFocal"] },
  alpha: { flag: "--alpha", losses: ["focal"] },
  positiveWeight: { flag: "--positive-weight", losses: ["sigmoidCrossEntropy"] },
};

/** The loss by its name, or the one that suits the task. @throws ArgumentError when it doesn't fit task or options */
export function lossFor({ loss, lossOptions = {} }: Settings, data: Dataset): Loss {
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
  for (const [option, { flag, losses }] of Object.entries(OPTIONS)) {
    if (lossOptions[option as keyof typeof OPTIONS] !== undefined && !losses.includes(name)) {
      throw new ArgumentError(`${flag} is for --loss ${losses.join(" or ")}, not ${name}.`);
    }
  }
  return lossFromConfig({ loss: name, ...lossOptions });
}

export const needsOutputPerClass = ({ config }: Loss): boolean => CLASS_LOSSES.includes(config.loss);

export const givesProbabilities = ({ config }: Loss): boolean => PROBABILITY_LOSSES.includes(config.loss);

/** Whether a target of numbers may be shifted and scaled for training: counts stay counts. */
export const takesScaledTargets = (loss: string | undefined): boolean => loss !== "poisson";
