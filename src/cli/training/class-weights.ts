import type { Dataset } from "../../data/index.js";
import { DataError } from "../../index.js";

/**
 * Weights of the classes: as given, or "balanced", rows / (classes x rows of the class), as scikit-learn's
 * `class_weight="balanced"`. A class without rows in the training part counts as if it had one.
 *
 * @param train - the training part, with class labels
 * @returns [classes]
 * @throws DataError when the labels are numbers to predict, or there is another number of weights than of classes
 */
export function classWeightsOf(given: "balanced" | readonly number[], train: Dataset): readonly number[] {
  const { classNames, labels, rows } = train;
  if (!classNames) throw new DataError("--class-weights is for classes, but the target holds numbers.");
  if (given !== "balanced") {
    if (given.length === classNames.length) return given;
    const names = classNames.slice(0, 10).join(", ") + (classNames.length > 10 ? ", ..." : "");
    throw new DataError(`--class-weights: ${given.length} weights for ${classNames.length} classes (${names}).`);
  }
  const counts = new Float64Array(classNames.length);
  for (const label of labels) counts[label]++;
  return Array.from(counts, (count) => rows / (classNames.length * Math.max(count, 1)));
}
