import type { Dataset } from "../data/dataset.js";
import type { Targets } from "../losses/index.js";
import { targetsOf } from "./encode.js";
import type { TrainingSpec } from "./graphs.js";
import type { EpochRecord } from "./history.js";
import { totalLoss } from "./results.js";

/** A loss must be lower than guessing's by this share: sums of float32 are no more exact. */
const MARGIN = 1e-4;

/** Sentences on a training that came to its end: the data's warnings, and losses no better than guessing's. */
export async function warningsOf(
  spec: TrainingSpec,
  epochs: readonly EpochRecord[],
  train: Dataset | undefined,
  targets: readonly Targets[] | undefined,
  validation?: Dataset,
): Promise<string[]> {
  const own = train ? await dataWarnings(spec, train) : [];
  if (epochs.length === 0) return own;
  const held = epochs.flatMap((record) => record.validation?.loss ?? []);
  const chance =
    (targets && (await guessing(spec, "loss", epochs.at(-1)!.loss, targets, train?.weights))) ??
    (validation &&
      held.length > 0 &&
      (await guessing(
        spec,
        "lowest validation loss",
        Math.min(...held),
        targetsOf(spec, validation),
        validation.weights,
      )));
  return [...own, ...(chance ? [chance] : [])];
}

/** Warnings of the data, with those on labels that depend on whether the losses take them for classes. */
async function dataWarnings(spec: TrainingSpec, train: Dataset): Promise<string[]> {
  const { labelKind, labels, classes } = train;
  // Of names the data set has told.
  const isClear = labelKind === "classes" || (labelKind === "integers" && new Set(labels).size === classes);
  if (isClear || !spec.heads.some(({ loss }) => loss.labels === "classes")) return [...train.warnings];
  const { classWarnings } = await import("./class-warnings.js");
  return [...new Set([...train.warnings, ...classWarnings(spec, train)])];
}

/** A sentence on a loss that isn't below that of the same answer for every row. */
async function guessing(
  { heads }: TrainingSpec,
  name: string,
  reached: number,
  targets: readonly Targets[],
  weights: Dataset["weights"],
): Promise<string | undefined> {
  const guesses = heads.map(({ loss, outputs }, place) => loss.guess(targets[place], outputs, weights));
  if (guesses.includes(undefined)) return undefined;
  const guess = totalLoss(heads, (place) => guesses[place]!);
  // Nothing is below 0 where every answer is the same.
  if (!guess || reached < guess - MARGIN * Math.abs(guess)) return undefined;
  const { noBetter } = await import("./no-better.js");
  return noBetter(name, reached, guess);
}
