import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentError, type Sweep } from "../../index.js";
import type { ComparedRun, Comparison } from "../../report/index.js";
import { type Configuration, Direction, Replay, State, type StoredStudy, type StoredTrial } from "../../sweep/index.js";
import { settingText } from "../text/sweep-table.js";

/** The file in a sweep's folder that keeps its trials. */
export const JOURNAL = "sweep.journal";

/** The name under which a journal keeps the command that began its sweep. */
export const COMMAND = "neuromotorCommand";

/** A command as a journal keeps it: its data, and the texts of its options. */
export interface KeptCommand {
  data: string;
  options: Readonly<Record<string, string>>;
}

/** A sweep's study, and the command that began it. */
export interface KeptSweep {
  study: StoredStudy;
  command: KeptCommand;
}

/** @throws ArgumentError when there is no sweep in the folder */
export async function readSweep(folder: string): Promise<KeptSweep> {
  const path = join(folder, JOURNAL);
  const text = await readFile(path, "utf8").catch(() => {
    throw new ArgumentError(`${path}: there is no sweep. neuromotor sweep DATA --out ${folder} makes one.`);
  });
  const replay = new Replay();
  replay.apply(
    text
      .slice(0, text.lastIndexOf("\n") + 1)
      .split("\n")
      .filter(Boolean),
  );
  const study = [...replay.studies.values()].find(({ attributes }) => COMMAND in attributes);
  if (study) return { study, command: study.attributes[COMMAND] as KeptCommand };
  throw new ArgumentError(`${path}: the study is none that neuromotor sweep began. Optuna's own tools show it.`);
}

/** The trials that went through, the best first, by their first value. */
export function bestTrials({ trials, directions }: StoredStudy): StoredTrial[] {
  const sign = directions[0] === Direction.max ? -1 : 1;
  return trials.filter(({ state }) => state === State.complete).sort((a, b) => sign * (a.values![0] - b.values![0]));
}

/** Numbers of trials in each state. */
export function countsOf({ trials }: StoredStudy) {
  const count = (state: number) => trials.filter((trial) => trial.state === state).length;
  return { done: count(State.complete), pruned: count(State.pruned), diverged: count(State.failed) };
}

/** A sweep as a page compares its trials. */
export function comparisonOfSweep(
  { runs }: Sweep,
  { name, command, isValidated }: { name: string; command: string; isValidated: boolean },
): Comparison {
  const compared = runs.map(
    ({ configuration, seed, scores, state, seconds, history }, i): ComparedRun => ({
      name: `trial ${i}`,
      configuration: shown(configuration),
      seed,
      // Pruned ones have the scores of another epoch.
      scores: state === "done" ? { ...scores } : {},
      state,
      seconds,
      ...(history && state === "done" && { history: { epochs: history.epochs } }),
    }),
  );
  return {
    kind: "comparison",
    name,
    command,
    score: "loss",
    better: "lower",
    part: isValidated ? "validation" : "train",
    runs: compared,
  };
}

const shown = (configuration: Configuration) =>
  Object.fromEntries(Object.entries(configuration).map(([name, value]) => [name, settingText(value)]));
