import { sampleNames } from "../../data/index.js";
import { ArgumentError, type Backend } from "../../index.js";
import { checkModelFolder, saveWhole } from "../runs/model-folder.js";
import { assessRun, untimed } from "../runs/result.js";
import type { ModelMetadata } from "../runs/saved.js";
import { text, wholeNumber } from "../settings/kinds.js";
import { describePresets, settingsFor } from "../settings/resolve.js";
import { group } from "../settings/setting.js";
import { commonSettings, earlyStoppingSettings, reportSettings, trainingSettings } from "../settings/table.js";
import { bestEpoch, formatEpochs } from "../text/epoch-table.js";
import { count, plural, rate, seconds, short } from "../text/numbers.js";
import type { Output } from "../text/output.js";
import { epochBar } from "../text/progress.js";
import { withDevice } from "../training/devices.js";
import { fingerprint, type LoadedData, loadData } from "../training/load-data.js";
import { takesScaledTargets } from "../training/losses.js";
import { type Plan, planTraining } from "../training/plan.js";
import { dataOptions, loadCheckpoint, settingsOf } from "../training/resumed.js";
import { type Trained, train as trainOn } from "../training/train.js";
import { type Call, command } from "./command.js";

const folder = text("a folder's name");

const settings = {
  ...trainingSettings,
  ...earlyStoppingSettings,
  ...group("Output", {
    out: {
      kind: folder,
      goes: { to: "command" },
      value: "folder",
      help: "save the model there, for predict and evaluate",
    },
    checkpoint: {
      kind: folder,
      goes: { to: "command" },
      value: "folder",
      help: "write checkpoints there after every epoch",
    },
    keep: {
      kind: wholeNumber,
      goes: { to: "command" },
      value: "n",
      help: "checkpoints to keep beside the best one",
      otherwise: "3",
    },
    resume: {
      kind: folder,
      goes: { to: "command" },
      value: "folder",
      help: "go on from the newest checkpoint there, with the settings it was begun with",
    },
  }),
  ...reportSettings,
  ...commonSettings,
};

export const train = command({
  name: "train",
  description: "Train a model and evaluate it on rows held out.",
  arguments: [{ name: "data", help: `${sampleNames.join(", ")}, or a CSV file with --target` }],
  settings,
  notes: () =>
    `Presets, by data set (--optimizer adam, --test 0.2; xor is tested on its 4 rows):\n${describePresets()}`,
  run: runTrain,
});

async function runTrain({ args: [given], asked, values, output }: Call<typeof settings>): Promise<void> {
  const { out, keep, resume } = values;
  const directory = values.checkpoint ?? resume;
  if (keep !== undefined && directory === undefined)
    throw new ArgumentError("--keep is for --checkpoint and --resume.");
  const saved = resume === undefined ? undefined : await loadCheckpoint(resume, values.checkpoint);
  const loaded = await loadData(
    given,
    saved ? { task: saved.metadata.task, ...dataOptions(given, values.target, saved) } : values,
  );
  const begun = saved && settingsOf(saved, loaded.data, asked);
  const { sample, data } = loaded;
  const plan = planTraining(
    data,
    begun?.settings ?? settingsFor({ sample, rows: data.rows }, asked),
    begun?.seed ?? values.seed,
  );
  plan.model.metadata = { ...metadataOf(loaded, plan) };
  if (out !== undefined) await checkModelFolder(out);
  await withDevice(values.backend, async (device) => {
    describe(loaded, plan, device, output);
    if (saved) output.detail(`resumed from ${resume} after ${plural(saved.model.training!.epoch, "epoch")}\n`);
    const checkpoints = directory === undefined ? undefined : { directory, keep };
    const trained = await trainOn(plan, device, { watchers: epochBar(output), checkpoints, from: resume });
    try {
      describeTraining(trained, plan, output);
      const { result, held, history } = await assessRun(loaded, plan, trained, device, values.digits);
      if (out !== undefined) {
        await saveWhole(trained.trainer, out);
      }
      const rows = plural(result.rows, plan.parts.test ? "held-out row" : "row");
      const where = plan.parts.test ? rows : `the ${rows} it was trained on`;
      output.detail(`\nOn ${where}:\n\n${held.report}`);
      output.detail();
      output.result(`${held.line} (${where})`);
      if (out !== undefined) output.detail(`Saved to ${out}.`);
      output.json({ ...result, history: untimed(history), ...(out !== undefined && { out }) });
    } finally {
      trained.trainer.dispose();
    }
  });
}

/** What will be trained, on what. */
function describe(
  { data }: LoadedData,
  { parts, seed, target, model, settings }: Plan,
  device: Backend,
  output: Output,
): void {
  const kind = data.classNames ? `${data.classNames.length} classes` : `to predict: ${data.targetName}`;
  const { train, validation, test } = parts;
  output.detail(`${data.name}: ${plural(data.rows, "row")}, ${plural(data.shape[0], "feature")}, ${kind}`);
  const sizes = [`${count(train.rows)} to train`];
  if (validation) sizes.push(`${count(validation.rows)} to validate`);
  if (test) sizes.push(`${count(test.rows)} to test`);
  output.detail(`rows: ${sizes.join(", ")} (seed ${seed})${test ? "" : "; none held out"}`);
  if (target && takesScaledTargets(settings.loss)) {
    output.detail(
      `${data.targetName} is scaled for training: mean ${short(target.mean)}, deviation ${short(target.deviation)}`,
    );
  }
  output.detail(`device: ${device.description}\n\n${model.summary()}`);
  output.detail();
}

/** How it went. */
function describeTraining(trained: Trained, { settings, metrics }: Plan, output: Output): void {
  const { trainer, history, epochs, steps } = trained;
  if (epochs === 0) {
    output.detail("nothing was left to train");
    return;
  }
  const goesBack = settings.earlyStopping > 0;
  const isWhole = history.epochs.length === trainer.epoch;
  output.detail(formatEpochs(history, metrics, { star: goesBack && isWhole }));
  if (goesBack) {
    const why = history.stopped ? `stopped: no better for ${plural(settings.earlyStopping, "epoch")}; ` : "";
    // A checkpoint of an older release doesn't know the scores of the epochs before.
    const which = isWhole ? `epoch ${bestEpoch(history).epoch}` : "the best epoch";
    output.detail(`${isWhole ? "* " : ""}${why}the parameters of ${which} are kept`);
  }
  const time = `${seconds(trained.seconds)}, ${rate(trained.stepsPerSecond)} steps/s`;
  output.detail(`${plural(epochs, "epoch")}, ${plural(steps, "step")} in ${time}`);
}

function metadataOf({ data }: LoadedData, { parts, settings, seed, target, standardiser }: Plan): ModelMetadata {
  const features = data.shape[0];
  return {
    task: parts.train.classNames ? "classification" : "regression",
    data: data.name,
    featureNames: [...(data.featureNames ?? Array.from({ length: features }, (_, i) => `feature ${i}`))],
    targetName: data.targetName ?? "target",
    ...(data.classNames && { classNames: [...data.classNames] }),
    ...(target && { target }),
    ...(standardiser && { standardiser: standardiser.toJSON() }),
    settings,
    split: { test: settings.test, validation: settings.validation, seed, fingerprint: fingerprint(data) },
  };
}
