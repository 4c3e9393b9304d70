import { ArgumentError } from "../../index.js";
import type { Comparison } from "../../report/index.js";
import { comparisonOf } from "../runs/comparison.js";
import { comparedRun, type SavedRun } from "../runs/read.js";
import { text } from "../settings/kinds.js";
import { group } from "../settings/setting.js";
import { commonSettings, pageSettings } from "../settings/table.js";

/* Arguments and settings of the commands that take folders of runs, and the comparison that they write. */

export const RUN_FOLDERS = [
  { name: "run", help: "folders that train --out wrote, or with such folders in them", variadic: true },
];

/** Settings of such a command. @param out - help of its --out, and what is done without it */
export const settingsOfRuns = (out: { help: string; otherwise?: string }) => ({
  ...pageSettings,
  ...group("Report", {
    out: { kind: text("a folder's name"), goes: { to: "command" }, value: "folder", ...out },
  }),
  json: commonSettings.json,
  quiet: commonSettings.quiet,
});

/**
 * The comparison of some runs.
 *
 * @param command - the command line that makes it again
 * @param folder - where its page will stand
 */
export async function comparisonFor(runs: readonly SavedRun[], command: string, folder: string): Promise<Comparison> {
  const name = nameOf(runs.map(({ configuration }) => configuration.data.name));
  return comparisonOf(await Promise.all(runs.map(comparedRun)), { name, command, folder });
}

/** The data that runs were trained on, as a title. */
function nameOf(names: readonly string[]): string {
  const different = [...new Set(names)];
  if (different.length === 0) throw new ArgumentError("There are no runs.");
  return different.length > 3 ? `${different.slice(0, 2).join(", ")}, ...` : different.join(", ");
}
