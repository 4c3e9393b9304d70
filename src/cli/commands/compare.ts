import { existsSync } from "node:fs";
import { isSampleName } from "../../data/index.js";
import { ArgumentError } from "../../index.js";
import { readRuns, type SavedRun } from "../runs/read.js";
import { asText, flagOf } from "../settings/setting.js";
import { commonSettings, modelSettings } from "../settings/table.js";
import { formatRuns } from "../text/run-table.js";
import { type Call, command } from "./command.js";

const settings = { json: commonSettings.json, quiet: commonSettings.quiet };

export const compare = command({
  name: "compare",
  description: "Put runs side by side: the settings that differ, and the scores.",
  arguments: [{ name: "run", help: "folders that train --out wrote, or with such folders in them", variadic: true }],
  settings,
  run: runCompare,
});

async function runCompare({ args, output }: Call<typeof settings>): Promise<void> {
  for (const given of args) {
    if (isSampleName(given) && !existsSync(given)) {
      throw new ArgumentError(
        `compare takes folders of runs; neuromotor compare-backends ${given} trains ${given} on every backend.`,
      );
    }
  }
  const runs = await readRuns(args);
  const all = runs.map(valuesOf);
  const headings = [...new Set(all.flatMap((values) => [...values.keys()]))];
  const differing = headings.filter((name) => new Set(all.map((values) => values.get(name))).size > 1);
  const rows = runs.map(({ folder, metrics }, i) => ({
    labels: [folder, ...differing.map((name) => all[i].get(name) ?? "-")],
    runs: [metrics],
  }));
  output.result(formatRuns(["run", ...differing], rows));
  output.json({
    differing,
    runs: runs.map(({ folder, configuration, metrics }) => {
      const { data, seed, settings, device } = configuration;
      return { run: folder, data: data.name, seed, settings, ...device, ...metrics };
    }),
  });
}

/** All that may tell a run from others, by the names of the options. */
function valuesOf({ configuration }: SavedRun): Map<string, string> {
  const { data, settings, seed, device } = configuration;
  const values = new Map([["data", data.name]]);
  for (const [name, setting] of Object.entries(modelSettings)) {
    const value = settings[name as keyof typeof settings];
    if (value !== undefined) values.set(flagOf(modelSettings, name).slice(2), asText(setting, value));
  }
  return values.set("seed", String(seed)).set("backend", device.backend);
}
