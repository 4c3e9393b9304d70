import { join } from "node:path";
import { ArgumentError } from "../../index.js";
import { noBetterThan } from "../runs/chance.js";
import { describeTrained, readDescription } from "../runs/description.js";
import { checkRunFolder, saveRun } from "../runs/folder.js";
import { pageOptions, requirePage, writePage } from "../runs/page.js";
import { finishRun, runAsJson } from "../runs/run.js";
import { metadataOf } from "../runs/saved.js";
import { describePresets, settingsFor } from "../settings/resolve.js";
import { plural } from "../text/numbers.js";
import { epochBar } from "../text/progress.js";
import { describeClasses, describePlan, describeTraining } from "../text/training.js";
import { withDevice } from "../training/devices.js";
import { dataNames, factsOf, loadData } from "../training/load-data.js";
import { planTraining } from "../training/plan.js";
import { dataOptions, loadCheckpoint, settingsOf } from "../training/resumed.js";
import { train as trainOn } from "../training/train.js";
import { command } from "./command.js";
import { trainGrid } from "./train-grid.js";
import { commandOf, RUNS, type TrainCall, trainSettings } from "./train-settings.js";

export const train = command({
  name: "train",
  description: "Train a model and evaluate it on rows held out; with several values of a setting, a model for each.",
  arguments: [{ name: "data", help: `${dataNames.join(", ")}, a file with --target, or a folder of images by class` }],
  settings: trainSettings,
  takesLists: true,
  notes: () =>
    "Several values, such as --lr 0.1,0.01 --optimizer adam,sgd, or --layers 32 --layers 64,32, make a grid: every " +
    "combination is\ntrained. Several seeds give mean and deviation." +
    `\n\nPresets, by data set (--optimizer adam, --test 0.2; xor is tested on its 4 rows):\n${describePresets()}`,
  run: (call) => (call.grid.length > 1 ? trainGrid(call, outOf(call)) : trainOne(call)),
});

/** The folder to save to, by either option. */
function outOf({ values: { out, run } }: TrainCall): string | undefined {
  if (run === undefined) return out;
  if (out !== undefined) throw new ArgumentError(`--run ${run} is short for --out ${RUNS}/${run}. Give one of both.`);
  return join(RUNS, run);
}

async function trainOne(call: TrainCall): Promise<void> {
  const { asked, values, output } = call;
  const [given] = call.args;
  const { keep, resume } = values;
  const out = outOf(call);
  requirePage(asked, out !== undefined, "--out or --run");
  const page = await pageOptions(values);
  const directory = values.checkpoint ?? resume;
  if (keep !== undefined && directory === undefined)
    throw new ArgumentError("--keep is for --checkpoint and --resume.");
  const saved = resume === undefined ? undefined : await loadCheckpoint(resume, values.checkpoint);
  const loaded = await loadData(
    given,
    saved
      ? {
          ...(saved.metadata.task !== "text" && { task: saved.metadata.task }),
          dataDir: values.dataDir,
          ...dataOptions(given, values.target, saved),
        }
      : values,
  );
  const begun = saved && settingsOf(saved, loaded, asked);
  const settings = begun?.settings ?? settingsFor(factsOf(loaded), asked);
  const plan = planTraining(loaded, settings, begun?.seed ?? values.seed);
  plan.model.metadata = { ...metadataOf(loaded, plan) };
  if (out !== undefined) await checkRunFolder(out);
  await withDevice(values.backend, async (device) => {
    describePlan(loaded, plan, device, output);
    if (saved) output.detail(`resumed from ${resume} after ${plural(saved.model.training!.epoch, "epoch")}\n`);
    const checkpoints = directory === undefined ? undefined : { directory, keep };
    const trained = await trainOn(plan, device, {
      watchers: epochBar(output),
      checkpoints,
      from: resume,
      isReported: out !== undefined,
    });
    try {
      describeTraining(trained, plan, output);
      const run = await finishRun(loaded, plan, trained, device, values.digits);
      const rows = plural(run.metrics.rows, plan.parts.test ? "held-out row" : "row");
      const where = plan.parts.test ? rows : `the ${rows} it was trained on`;
      const guess = noBetterThan(run.metrics);
      if (guess) {
        const chance = `As far as ${where} tell, this is no better than ${guess}. Try another rate: find-rate finds one.`;
        run.metrics.warnings = [...run.metrics.warnings!.filter((text) => !text.includes(" no better than ")), chance];
      }
      const description = out && (await describeTrained(loaded, plan, trained, run, commandOf(given, call.given)));
      if (description) await saveRun(trained.trainer, run, description, out);
      output.detail(`\nOn ${where}:\n\n${run.report}`);
      const bars = describeClasses(run.metrics);
      if (bars) output.detail(`\n${bars}`);
      output.detail();
      output.result(`${run.line} (${where})`);
      const { train } = plan.scaled;
      const further = run.metrics.warnings!.filter((warning) => !train.warnings.includes(warning));
      for (const warning of further) output.note(`neuromotor: ${warning}`);
      if (description) {
        output.detail(`Saved to ${out}. Its report: ${await writePage(await readDescription(out), out, page)}`);
      }
      output.json({ ...runAsJson(run), ...(out !== undefined && { out }) });
    } finally {
      trained.trainer.dispose();
    }
  });
}
