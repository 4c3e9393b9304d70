import { existsSync } from "node:fs";
import { join, relative, sep } from "node:path";
import type { EpochRecord } from "../../index.js";
import type { ComparedRun, Comparison, PartName } from "../../report/index.js";
import { PAGE } from "./page.js";
import type { RunMetrics } from "./run.js";

/** A run of a comparison; one that diverged has no metrics. */
export interface RunToCompare {
  name: string;
  /** Name of the data set. */
  data: string;
  /** All that may tell it from others. */
  values: ReadonlyMap<string, string>;
  seed: number;
  metrics?: RunMetrics;
  history?: readonly EpochRecord[];
  /** Where it was saved. */
  folder?: string;
}

/** Scores that runs are compared by: the first that all have. */
const MEASURES = [
  { score: "accuracy", better: "higher" },
  { score: "r2", better: "higher" },
  { score: "loss", better: "lower" },
] as const;

/** Options that have a column of their own on the page. */
const APART = ["seed"];

/**
 * Runs as a page compares them: by the validation part where all have one, so that none is picked by rows held out.
 *
 * @param folder - where the page will stand
 */
export function comparisonOf(
  runs: readonly RunToCompare[],
  { name, command, folder }: { name: string; command: string; folder: string },
): Comparison {
  const finished = runs.flatMap(({ metrics }) => metrics ?? []);
  const isValidated = finished.length > 0 && finished.every(({ validation }) => validation !== null);
  const { score, better } = MEASURES.find((measure) => finished.every((run) => measure.score in run)) ?? MEASURES[2];
  const part = isValidated ? "validation" : (finished[0]?.evaluatedOn ?? "test");
  return { kind: "comparison", name, command, score, better, part, runs: runs.map(compared) };

  function compared({ name, data, values, seed, metrics, history, folder: own }: RunToCompare): ComparedRun {
    const configuration = Object.fromEntries([...values].filter(([option]) => !APART.includes(option)));
    const href =
      own !== undefined && existsSync(join(own, PAGE)) ? hrefOf(relative(folder, join(own, PAGE))) : undefined;
    return {
      name,
      configuration,
      seed,
      ...(metrics ? scoresOf(metrics, part) : { scores: {} }),
      data,
      ...(history && { history: { epochs: history } }),
      state: metrics ? "done" : "diverged",
      ...(metrics && { seconds: metrics.seconds }),
      ...(href && { href }),
    };
  }
}

/** Scores of the part that is compared, and those of the other one. */
function scoresOf(
  { evaluatedOn, validation, ...metrics }: RunMetrics,
  part: PartName,
): Pick<ComparedRun, "scores" | "others"> {
  const pick = (scores: Readonly<Record<string, unknown>>) =>
    Object.fromEntries(
      MEASURES.flatMap(({ score }) => (typeof scores[score] === "number" ? [[score, scores[score]]] : [])),
    );
  const held = pick(metrics);
  return part === "validation" && validation
    ? { scores: pick(validation), others: { [evaluatedOn]: held } }
    : { scores: held };
}

const hrefOf = (path: string) => path.split(sep).map(encodeURIComponent).join("/");
