import type { Command } from "commander";
import { sampleNames } from "../data/index.js";
import { ArgumentError, type Backend } from "../index.js";
import { checkpoint } from "../node.js";
import { type Assessment, assess } from "./assess.js";
import { adapterName, withDevice } from "./devices.js";
import { bestEpoch, formatEpochs } from "./epoch-table.js";
import { fingerprint, type LoadedData, loadData } from "./load-data.js";
import { takesScaledTargets } from "./losses.js";
import { checkModelFolder, saveWhole } from "./model-folder.js";
import { count, plural, rate, seconds, short } from "./numbers.js";
import { addCommonOptions, text, wholeNumber } from "./options.js";
import { Output, type Streams } from "./output.js";
import { describePresets, settingsFor } from "./presets.js";
import { epochBar } from "./progress.js";
import { dataOptions, loadCheckpoint, settingsOf } from "./resumed.js";
import type { ModelMetadata } from "./saved.js";
import { type Plan, planTraining, type Trained, train } from "./training.js";
import {
  addDataOptions,
  addEarlyStopping,
  addTrainingOptions,
  askedSettings,
  type TrainingOptions,
} from "./training-options.js";

interface TrainOptions extends TrainingOptions {
  out?: string;
  checkpoint?: string;
  keep?: number;
  resume?: string;
}

export function trainCommand(program: Command, streams: Streams): void {
  const command = program
    .command("train")
    .description("Train a model and evaluate it on rows held out.")
    .argument("<data>", `${sampleNames.join(", ")}, or a CSV file with --target`);
  addDataOptions(command);
  addTrainingOptions(command);
  addEarlyStopping(command);
  command.option("--out <folder>", "save the model there, for predict and evaluate", text("--out", "a folder's name"));
  command
    .option(
      "--checkpoint <folder>",
      "write checkpoints there after every epoch",
      text("--checkpoint", "a folder's name"),
    )
    .option("--keep <n>", "checkpoints to keep beside the best one; 3", wholeNumber("--keep"))
    .option(
      "--resume <folder>",
      "go on from the newest checkpoint there, with the settings it was begun with",
      text("--resume", "a folder's name"),
    );
  addCommonOptions(command);
  command.addHelpText(
    "after",
    `\nDefaults by data set (--optimizer adam, --test 0.2; xor is tested on its 4 rows):\n${describePresets()}`,
  );
  command.action((given: string, options: TrainOptions) => {
    const seed = command.getOptionValueSource("seed") === "cli" ? options.seed : undefined;
    return runTrain(given, options, seed, new Output(streams, options));
  });
}

async function runTrain(
  given: string,
  options: TrainOptions,
  askedSeed: number | undefined,
  output: Output,
): Promise<void> {
  const { out, keep, resume } = options;
  const directory = options.checkpoint ?? resume;
  if (keep !== undefined && directory === undefined)
    throw new ArgumentError("--keep is for --checkpoint and --resume.");
  const asked = askedSettings(options);
  const saved = resume === undefined ? undefined : await loadCheckpoint(resume, options.checkpoint);
  const loaded = await loadData(
    given,
    saved ? { task: saved.metadata.task, ...dataOptions(given, options, saved) } : options,
  );
  const begun = saved && settingsOf(saved, loaded.data, asked, askedSeed);
  const settings = begun?.settings ?? settingsFor(loaded.sample, loaded.data.rows, asked);
  const plan = planTraining(loaded.data, settings, begun?.seed ?? options.seed);
  const { seed } = plan;
  plan.model.metadata = { ...metadataOf(loaded, plan) };
  if (out !== undefined) await checkModelFolder(out);
  await withDevice(options.backend, async (device) => {
    describe(loaded, plan, device, output);
    if (saved) output.detail(`resumed from ${resume} after ${plural(saved.model.training!.epoch, "epoch")}\n`);
    const checkpoints = directory === undefined ? [] : [checkpoint({ directory, keep })];
    const trained = await train(plan, device, [...epochBar(output), ...checkpoints], resume);
    try {
      describeTraining(trained, plan, output);
      const held = await assessPart(trained, plan, plan.parts.test ? "test" : "train");
      const validation = plan.parts.validation && (await assessPart(trained, plan, "validation"));
      if (out !== undefined) {
        await saveWhole(trained.trainer, out);
      }
      const rows = (plan.parts.test ?? plan.parts.train).rows;
      const where = plan.parts.test
        ? `${plural(rows, "held-out row")}`
        : `the ${plural(rows, "row")} it was trained on`;
      output.detail(`\nOn ${where}:\n\n${held.report}`);
      output.detail();
      output.result(`${held.line} (${where})`);
      if (out !== undefined) output.detail(`Saved to ${out}.`);
      output.json({
        data: loaded.data.name,
        seed,
        ...deviceFields(device),
        evaluatedOn: plan.parts.test ? "test" : "train",
        rows,
        ...held.scores,
        validation: validation?.scores ?? null,
        ...trainingFields(trained),
        parameters: plan.model.parameterCount,
        ...(out !== undefined && { out }),
      });
    } finally {
      trained.trainer.dispose();
    }
  });
}

export const deviceFields = (device: Backend) => ({
  backend: device.backend,
  adapter: adapterName(device),
  software: device.adapter?.software ?? false,
});

export const trainingFields = ({ epochs, steps, seconds, setupSeconds, stepsPerSecond }: Trained) => ({
  epochs,
  steps,
  seconds,
  setupSeconds,
  stepsPerSecond,
});

export function assessPart(
  { trainer }: Trained,
  plan: Plan,
  part: "train" | "validation" | "test",
): Promise<Assessment> {
  return assess(trainer, plan.parts[part]!, plan.scaled[part]!, plan.target);
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
  const goesBack = settings.patience > 0;
  const isWhole = epochs === trainer.epoch;
  output.detail(formatEpochs(history, metrics, { star: goesBack && isWhole }));
  if (goesBack) {
    const why = history.stopped ? `stopped: no better for ${plural(settings.patience, "epoch")}; ` : "";
    // A resumed run doesn't know the scores of the epochs before.
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
