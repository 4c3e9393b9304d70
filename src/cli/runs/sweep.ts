import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentError } from "../../index.js";
import { Direction, Replay, State, type StoredStudy, type StoredTrial } from "../../sweep/index.js";
import { longFlag, type Table } from "../settings/setting.js";

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

/** The sweep of a journal that a command began; undefined where there is none. */
function commandIn(text: string): KeptSweep | undefined {
  const replay = new Replay();
  replay.apply(
    text
      .slice(0, text.lastIndexOf("\n") + 1)
      .split("\n")
      .filter(Boolean),
  );
  const study = [...replay.studies.values()].find(({ attributes }) => COMMAND in attributes);
  return study && { study, command: study.attributes[COMMAND] as KeptCommand };
}

/** @throws ArgumentError when there is no sweep in the folder */
export async function readSweep(folder: string): Promise<KeptSweep> {
  const path = join(folder, JOURNAL);
  const text = await readFile(path, "utf8").catch(() => {
    throw new ArgumentError(`${path}: there is no sweep. neuromotor sweep DATA --out ${folder} makes one.`);
  });
  const found = commandIn(text);
  if (found) return found;
  throw new ArgumentError(`${path}: the study is none that neuromotor sweep began. Optuna's own tools show it.`);
}

/**
 * Makes sure that a folder's sweep, if it has one, was begun by this command: its trials would be taken for this one's.
 *
 * @param table - of the command's options
 * @throws ArgumentError when data or options differ
 */
export async function checkSameSweep(folder: string, { data, options }: KeptCommand, table: Table): Promise<void> {
  const path = join(folder, JOURNAL);
  const before = commandIn(await readFile(path, "utf8").catch(() => ""));
  if (!before) return;
  const textOf = (of: KeptCommand["options"], name: string) => {
    const { kind, default: usual } = table[name] ?? {};
    return of[name] ?? (usual === undefined ? undefined : kind?.format(usual));
  };
  const names = [...new Set([...Object.keys(before.command.options), ...Object.keys(options)])];
  const was = names
    .map((name) => [name, textOf(before.command.options, name), textOf(options, name)] as const)
    .filter(([, old, now]) => old !== now)
    .map(([name, old]) => `${longFlag(name)} was ${old ?? "left out"}`);
  const differences = [...(before.command.data === data ? [] : [`it is of ${before.command.data}`]), ...was];
  if (differences.length === 0) return;
  throw new ArgumentError(
    `${path} has another sweep: ${differences.slice(0, 4).join(", ")}. Take another folder, or the options of before.`,
  );
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
