import { existsSync } from "node:fs";
import { isSampleName } from "../../data/index.js";
import { ArgumentError } from "../../index.js";
import { checkPage, pageOptions, requirePage, writePage } from "../runs/page.js";
import { readRuns } from "../runs/read.js";
import { valuesOf } from "../runs/values.js";
import { commandLine } from "../settings/options.js";
import { formatRuns } from "../text/run-table.js";
import { command, type Invocation } from "./command.js";
import { comparisonFor, RUN_FOLDERS, settingsOfRuns } from "./run-folders.js";

const settings = settingsOfRuns({ help: "also write report.html there, a page with pictures of the same" });

export const compare = command({
  name: "compare",
  description: "Put runs side by side: the settings that differ, and the scores.",
  arguments: RUN_FOLDERS,
  settings,
  run: runCompare,
});

async function runCompare({ args, asked, given, values, output }: Invocation<typeof settings>): Promise<void> {
  for (const given of args) {
    if (isSampleName(given) && !existsSync(given)) {
      throw new ArgumentError(
        `compare takes folders of runs; neuromotor compare-backends ${given} trains ${given} on every backend.`,
      );
    }
  }
  const { out } = values;
  requirePage(asked, out !== undefined, "--out");
  const page = await pageOptions(values);
  const runs = await readRuns(args);
  if (out !== undefined) await checkPage(out);
  const all = runs.map(({ configuration }) => valuesOf(configuration));
  const headings = [...new Set(all.flatMap((values) => [...values.keys()]))];
  const differing = headings.filter((name) => new Set(all.map((values) => values.get(name))).size > 1);
  const rows = runs.map(({ folder, metrics }, i) => ({
    labels: [folder, ...differing.map((name) => all[i].get(name) ?? "-")],
    runs: [metrics],
  }));
  output.result(formatRuns(["run", ...differing], rows));
  const line = commandLine("compare", args, settings, given);
  const written = out === undefined ? undefined : await writePage(await comparisonFor(runs, line, out), out, page);
  if (written !== undefined) output.detail(`\nIts report: ${written}`);
  output.json({
    differing,
    ...(written !== undefined && { report: written }),
    runs: runs.map(({ folder, configuration, metrics }) => {
      const { data, seed, settings, device } = configuration;
      return { run: folder, data: data.name, seed, settings, ...device, ...metrics };
    }),
  });
}
