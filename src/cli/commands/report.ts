import { readDescription } from "../runs/description.js";
import { checkPage, pageOptions, writePage } from "../runs/page.js";
import { readRuns } from "../runs/read.js";
import { commandLine } from "../settings/options.js";
import { command, type Invocation } from "./command.js";
import { comparisonFor, RUN_FOLDERS, settingsOfRuns } from "./run-folders.js";

/** Folder of a page that compares runs of several folders. */
const COMPARISON = "comparison";

const settings = settingsOfRuns({
  help: "write report.html there",
  otherwise: `the run's own folder; ${COMPARISON} for several`,
});

export const report = command({
  name: "report",
  description: "Write a page about a run, or one that compares several: pictures, tables, mistakes, settings.",
  arguments: RUN_FOLDERS,
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
    : await comparisonFor(runs, commandLine("report", args, settings, given), out);
  const path = await writePage(subject, out, page);
  output.result(`Wrote ${path}.`);
  output.json({ report: path, runs: runs.map(({ folder }) => folder) });
}
