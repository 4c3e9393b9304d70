import { sizeOf } from "../core/shape.js";
import type { Dataset } from "../data/dataset.js";
import { labelWarnings } from "../data/labels.js";
import { labelsFor } from "./encode.js";
import type { TrainingSpec } from "./graphs.js";

/** Float32 shares add up to 1 this closely. */
const TOTAL_ERROR = 1e-3;

/**
 * Sentences on labels as losses of classes take them: whole numbers that are class indices there, of which some never occur,
 * and shares of classes that don't add up to 1, as several answers of yes or no don't.
 */
export function classWarnings({ model, heads }: TrainingSpec, train: Dataset): string[] {
  return heads.flatMap((head, place) => {
    const { loss, name } = head;
    if (loss.labels !== "classes") return [];
    const labels = labelsFor(model, head, train);
    const told = labels.labelKind === "integers" ? labelWarnings(labels) : [];
    const areShares = labels.labelKind === "numbers" && sizeOf(labels.targetShape) === head.outputs;
    if (loss.outputPerClass && areShares)
      told.push(...shareWarnings(labels, loss.config.loss, model.outputs[place].shape.at(-1)!));
    return name ? told.map((text) => `${name}: ${text}`) : told;
  });
}

function shareWarnings({ labels, rows: count }: Dataset, loss: string, size: number): string[] {
  if (!(labels instanceof Float32Array)) return [];
  const width = labels.length / count;
  let [first, total, rows] = [0, 0, 0];
  for (let start = 0; start < labels.length; start += size) {
    let sum = 0;
    for (let i = start; i < start + size; i++) sum += labels[i];
    if (!(Math.abs(sum - 1) > TOTAL_ERROR)) continue;
    if (rows++ === 0) [first, total] = [Math.floor(start / width), sum];
  }
  if (rows === 0) return [];
  const more = rows === 2 ? "another row" : `${rows - 1} other rows`;
  const others = rows > 1 ? `, and those of ${more} to something else than 1, too` : "";
  return [
    `${loss} takes shares of classes, but those of row ${first}, counted from 0, add up to ${Number(total.toPrecision(4))}${others}. ` +
      "For several answers of yes or no take sigmoidCrossEntropy().",
  ];
}
