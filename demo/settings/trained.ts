import type { Rate } from "../engine/run.js";
import { LOSSES, type Settings } from "./settings.js";

/** Facts of a training that settings alone don't say. */
export interface Trained {
  epochs: number;
  /** Numbers that the network puts out. */
  outputs: number;
  task: "classes" | "number";
  /** Learning rates by the epochs after which they were chosen; the first after 0. */
  rates: readonly Rate[];
  /** Whether it began with the weights of a model that was brought. */
  isOfOtherWeights: boolean;
  /** The visitor's table. */
  table?: { file: string; target: string; ignored: readonly string[] };
}

/** The loss, by its name in the library. */
export function lossOf({ loss }: Settings, { outputs, task }: Trained): string {
  const choices: readonly string[] = LOSSES[task === "number" ? "number" : outputs === 1 ? "two" : "classes"];
  if (loss !== "auto" && choices.includes(loss)) return loss;
  return task === "number" ? "meanSquaredError" : outputs === 1 ? "sigmoidCrossEntropy" : "softmaxCrossEntropy";
}
