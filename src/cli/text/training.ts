import type { Table } from "../../data/index.js";
import type { Backend } from "../../index.js";
import { asOptions, withoutDefaults } from "../settings/resolve.js";
import type { LoadedData } from "../training/load-data.js";
import { takesScaledTargets } from "../training/losses.js";
import type { Plan } from "../training/plan.js";
import type { Trained } from "../training/train.js";
import { bestEpoch, formatEpochs } from "./epoch-table.js";
import { count, plural, rate, seconds, short } from "./numbers.js";
import type { Output } from "./output.js";

/*
 * Text that `train` prints about a training, besides the report.
 */

/** Data, parts, device and network, before a training. */
export function describePlan(
  { data, table }: LoadedData,
  { parts, scaled, seed, target, model, settings }: Plan,
  device: Backend,
  output: Output,
): void {
  const kind = data.classNames ? `${data.classNames.length} classes` : `to predict: ${data.targetName}`;
  const { train, validation, test } = parts;
  if (table) describeTable(table, output);
  output.detail(`${data.name}: ${plural(data.rows, "row")}, ${plural(model.input[0], "feature")}, ${kind}`);
  const sizes = [`${count(train.rows)} to train`];
  if (validation) sizes.push(`${count(validation.rows)} to validate`);
  if (test) sizes.push(`${count(test.rows)} to test`);
  output.detail(`rows: ${sizes.join(", ")} (seed ${seed})${test ? "" : "; none held out"}`);
  output.detail(`settings: --preset none ${asOptions(withoutDefaults(settings))}`);
  if (target && takesScaledTargets(settings.loss)) {
    output.detail(
      `${data.targetName} is scaled for training: mean ${short(target.mean)}, deviation ${short(target.deviation)}`,
    );
  }
  for (const warning of scaled.train.warnings) output.note(`neuromotor: ${warning}`);
  output.detail(`device: ${device.description}\n\n${model.summary()}`);
  output.detail();
}

/** Kinds of the columns of a file, and decisions made while reading it. */
function describeTable(table: Table, output: Output): void {
  output.detail(`${table}\n`);
  for (const note of table.notes) output.detail(`${table.name}: ${note}`);
}

/** Losses by epoch, why it ended, and how long it took. */
export function describeTraining(trained: Trained, { settings, metrics }: Plan, output: Output): void {
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
