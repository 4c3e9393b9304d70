import type { Command } from "commander";
import { sampleNames } from "../data/index.js";
import type { Backend } from "../index.js";
import { type Assessment, assess } from "./assess.js";
import { adapterName, withDevice } from "./devices.js";
import { bestEpoch, formatEpochs } from "./epoch-table.js";
import { fingerprint, type LoadedData, loadData } from "./load-data.js";
import { takesScaledTargets } from "./losses.js";
import { checkModelFolder, saveWhole } from "./model-folder.js";
import { count, plural, rate, seconds, short } from "./numbers.js";
import { addCommonOptions, text } from "./options.js";
import { Output, type Streams } from "./output.js";
import { describePresets, settingsFor } from "./presets.js";
import { epochBar } from "./progress.js";
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
  addCommonOptions(command);
  command.addHelpText(
    "after",
    `\nDefaults by data set (--optimizer adam, --test 0.2; xor is tested on its 4 rows):\n${describePresets()}`,
  );
  command.action((given: string, options: TrainOptions) => runTrain(given, options, new Output(streams, options)));
}

async function runTrain(given: string, options: TrainOptions, output: Output): Promise<void> {
  const { seed, out } = options;
  const loaded = await loadData(given, options);
  const settings = settingsFor(loaded.sample, loaded.data.rows, askedSettings(options));
  const plan = planTraining(loaded.data, settings, seed);
  if (out !== undefined) await checkModelFolder(out);
  await withDevice(options.backend, async (device) => {
    describe(loaded, plan, device, output);
    const bar = epochBar(output, settings.epochs);
    const trained = await train(plan, device, bar.watchers).finally(bar.stop);
    try {
      describeTraining(trained, plan, output);
      const held = await assessPart(trained, plan, plan.parts.test ? "test" : "train");
      const validation = plan.parts.validation && (await assessPart(trained, plan, "validation"));
      if (out !== undefined) {
        trained.trainer.model.metadata = { ...metadataOf(loaded, plan) };
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
  const { history, epochs, steps } = trained;
  const goesBack = settings.patience > 0;
  output.detail(formatEpochs(history, metrics, { star: goesBack }));
  if (goesBack) {
    const why = history.stopped ? `stopped: no better for ${plural(settings.patience, "epoch")}; ` : "";
    output.detail(`* ${why}the parameters of epoch ${bestEpoch(history).epoch} are kept`);
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
    split: { test: settings.test, validation: settings.validation, seed, fingerprint: fingerprint(data) },
  };
}
