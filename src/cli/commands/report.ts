import { ArgumentError } from "../../index.js";
import { comparisonOf } from "../runs/comparison.js";
import { readDescription } from "../runs/description.js";
import { checkPage, pageOptions, writePage } from "../runs/page.js";
import { comparedRun, readRuns } from "../runs/read.js";
import { text } from "../settings/kinds.js";
import { commandLine } from "../settings/options.js";
import { group } from "../settings/setting.js";
import { commonSettings, pageSettings } from "../settings/table.js";
import { command, type Invocation } from "./command.js";

/** Folder of a page that compares runs of several folders. */
const COMPARISON = "comparison";

const settings = {
  ...pageSettings,
  ...group("Report", {
    out: {
      kind: text("a folder's name"),
      goes: { to: "command" },
      value: "folder",
      help: "write report.html there",
      otherwise: `the run's own folder; ${COMPARISON} for several`,
    },
  }),
  json: commonSettings.json,
  quiet: commonSettings.quiet,
};

export const report = command({
  name: "report",
  description: "Write a page about a run, or one that compares several: pictures, tables, mistakes, settings.",
  arguments: [{ name: "run", help: "folders that train --out wrote, or with such folders in them", variadic: true }],
  settings,
  notes: "train writes the page of each run by itself; this makes it again, in another language, or compares runs.",
  run: runReport,
});

async function runReport({ args, given, values, output }: Invocation<typeof settings>): Promise<void> {
  const runs = await readRuns(args);
  const isSingle = runs.length === 1 && args.length === 1;
  const out = values.out ?? (args.length === 1 ? args[0] : COMPARISON);
  const page = await pageOptions(values);
  await checkPage(out);
  const subject = isSingle
    ? await readDescription(runs[0].folder)
    : comparisonOf(await Promise.all(runs.map(comparedRun)), {
        name: nameOf(runs.map(({ configuration }) => configuration.data.name)),
        command: commandLine("report", args, settings, given),
        folder: out,
      });
  const path = await writePage(subject, out, page);
  output.result(`Wrote ${path}.`);
  output.json({ report: path, runs: runs.map(({ folder }) => folder) });
}

/** The data that runs were trained on, as a title. */
export function nameOf(names: readonly string[]): string {
  const different = [...new Set(names)];
  if (different.length === 0) throw new ArgumentError("There are no runs.");
  return different.length > 3 ? `${different.slice(0, 2).join(", ")}, ...` : different.join(", ");
}
