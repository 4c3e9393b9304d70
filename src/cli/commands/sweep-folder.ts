import { ArgumentError } from "../../index.js";
import { cellOf, trainBest } from "../runs/best-trial.js";
import { checkRunFolder } from "../runs/folder.js";
import { checkPage, pageOptions, requirePage } from "../runs/page.js";
import { runAsJson } from "../runs/run.js";
import { writeSearchPage } from "../runs/search.js";
import { bestTrials, countsOf, type KeptSweep, readSweep } from "../runs/sweep.js";
import { askedOf } from "../settings/search.js";
import type { Values } from "../settings/setting.js";
import { alignRight } from "../text/align.js";
import { plural, score } from "../text/numbers.js";
import { configurationText, settingText } from "../text/sweep-table.js";
import { withDevice } from "../training/devices.js";
import { loadData } from "../training/load-data.js";
import { type SweepCall, sweepSettings } from "./sweep-settings.js";

const MOST_SHOWN = 10;

/** @throws ArgumentError when no folder was named */
async function folderOf({ args: [word, folder] }: SweepCall): Promise<KeptSweep> {
  if (folder) return readSweep(folder);
  throw new ArgumentError(`sweep ${word}: needs the folder of a sweep, such as neuromotor sweep ${word} sweeps/iris.`);
}

/** The trials that a sweep's folder has. */
export async function showStatus(call: SweepCall): Promise<void> {
  const { study, command } = await folderOf(call);
  const { output, asked, values } = call;
  requirePage(asked, values.report === true, "--report");
  if (values.report) {
    await checkPage(call.args[1]);
    output.note(`Its report: ${await writeSearchPage(call.args[1], await pageOptions(values))}`);
  }
  const counts = countsOf(study);
  const best = bestTrials(study);
  const names = Object.keys(best[0]?.parameters ?? {});
  const inWords = Object.entries(counts).map(([state, count]) => `${count} ${state}`);
  output.result(`${command.data}: ${plural(study.trials.length, "trial")}, ${inWords.join(", ")}`);
  if (best.length > 0) {
    const shown = best.slice(0, MOST_SHOWN);
    const lines = shown.map(({ parameters, values }) => [
      ...names.map((name) => settingText(parameters[name])),
      score(values![0]),
    ]);
    output.detail(`\n${alignRight([[...names, "validation loss"], ...lines])}`);
  }
  output.json({
    data: command.data,
    trials: study.trials.length,
    ...counts,
    ...(best.length > 0 && { best: { configuration: best[0].parameters, loss: best[0].values![0] } }),
  });
}

/** Trains the best trial of a sweep's folder again, and saves it. */
export async function showBest(call: SweepCall): Promise<void> {
  const { study, command } = await folderOf(call);
  const { values: now, output } = call;
  const [best] = bestTrials(study);
  if (!best) throw new ArgumentError("sweep best: no trial has gone through yet.");
  const asked = askedOf(command.options, sweepSettings) as SweepCall["asked"];
  const { out } = now;
  const page = await pageOptions(now);
  if (out !== undefined) await checkRunFolder(out);
  const loaded = await loadData(command.data, { ...now, ...asked } as Values<typeof sweepSettings>);
  await withDevice(now.backend, async (device) => {
    const plan = { asked, seed: asked.seed ?? 0 };
    const run = await trainBest(loaded, cellOf(loaded, plan, best.parameters, out), device, page);
    output.detail(`${configurationText(best.parameters)}\n\n${run.report}\n`);
    output.result(run.line);
    if (out !== undefined) output.detail(`Saved to ${out}.`);
    output.json({ configuration: best.parameters, ...runAsJson(run), ...(out !== undefined && { out }) });
  });
}
