import type { EpochRecord } from "../../index.js";
import { noBetterThan } from "../runs/chance.js";
import type { FinishedRun, RunMetrics } from "../runs/run.js";

/** End of a run: "chance" is no better than guessing the most frequent class, or the mean. */
export type End = "done" | "diverged" | "chance";

/** Result of one run of an experiment. */
export interface Result {
  seed: number;
  end: End;
  /** By name: "test accuracy". Empty for a run that diverged. */
  scores: Readonly<Record<string, number>>;
  /** Of the training. */
  seconds: number;
  history?: readonly EpochRecord[];
  /** Equations of a step. */
  text?: string;
}

/** Scores of a training, by names that say of which part they are. */
export function scoresOf(metrics: RunMetrics): Record<string, number> {
  const { evaluatedOn, loss, accuracy, r2, report, train, validation } = metrics;
  const held = { loss, ...(accuracy !== undefined && { accuracy }), ...(r2 !== undefined && { r2 }) };
  const scores: Record<string, number> = {};
  const add = (part: string, values: object) => {
    for (const [name, value] of Object.entries(values)) {
      if (typeof value === "number") scores[`${part} ${name}`] = value;
    }
  };
  add("train", train);
  if (validation) add("validation", validation);
  add(evaluatedOn, "classes" in report ? held : { ...held, ...report });
  if (validation?.accuracy !== undefined) scores.gap = train.accuracy - validation.accuracy;
  if (!("classes" in report)) return scores;
  for (const { name, f1 } of report.classes) scores[`F1 of ${name}`] = f1;
  scores["weighted F1"] = report.weighted.f1;
  if ("rocAuc" in metrics) scores["ROC AUC"] = metrics.rocAuc;
  return scores;
}

/** The result of a training that came to its end. */
export const resultOf = (seed: number, { metrics, history }: Omit<FinishedRun, "predictions">): Result => ({
  seed,
  end: noBetterThan(metrics) ? "chance" : "done",
  scores: scoresOf(metrics),
  seconds: metrics.seconds,
  history,
});
