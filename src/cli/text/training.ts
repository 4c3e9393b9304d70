import { type Table, type TextInput, textInput } from "../../data/index.js";
import type { Backend } from "../../index.js";
import { asOptions, withoutDefaults } from "../settings/resolve.js";
import type { Details } from "../training/assess.js";
import type { LoadedData } from "../training/load-data.js";
import { takesScaledTargets } from "../training/losses.js";
import type { Plan } from "../training/plan.js";
import type { Trained } from "../training/train.js";
import { bestEpoch, formatEpochs } from "./epoch-table.js";
import { inOptions } from "./in-options.js";
import { count, plural, rate, score, seconds, short } from "./numbers.js";
import type { Output } from "./output.js";
import { bar, sparkline } from "./picture.js";

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
  const texts = scaled.train.preprocessing && textInput(scaled.train.preprocessing);
  const width = plural(model.input[0], texts ? "token" : "feature");
  output.detail(`${data.name}: ${plural(data.rows, "row")}, ${width}${texts ? " a row" : ""}, ${kind}`);
  if (texts) output.detail(describeTexts(texts));
  const sizes = [`${count(train.rows)} to train`];
  if (validation) sizes.push(`${count(validation.rows)} to validate`);
  if (test) sizes.push(`${count(test.rows)} to test`);
  output.detail(`rows: ${sizes.join(", ")} (seed ${seed})${test ? "" : "; none held out"}`);
  output.detail(`settings: --preset none ${asOptions(withoutDefaults(settings))}`);
  if (target && takesScaledTargets(settings.loss)) {
    for (const { name, mean, deviation } of target.each ?? [{ ...target, name: data.targetName! }]) {
      output.detail(`${name} is scaled for training: mean ${short(mean)}, deviation ${short(deviation)}`);
    }
  }
  for (const warning of scaled.train.warnings) output.note(`neuromotor: ${inOptions(warning)}`);
  output.detail(`device: ${device.description}\n\n${model.summary()}`);
  output.detail();
}

/** Kinds of the columns of a file, and decisions made while reading it. */
function describeTable(table: Table, output: Output): void {
  output.detail(`${table}\n`);
  for (const note of table.notes) output.detail(`${table.name}: ${inOptions(note)}`);
}

/** The vocabulary of texts, and how many of the training rows don't fit in their length. */
function describeTexts({ columns, tokenizer, length, rows, longer }: TextInput): string {
  const kind = tokenizer.toJSON().tokenizer.replace("bytePairs", "byte pairs");
  const cut = `${count(longer)} of ${plural(rows, "training row")} ${longer === 1 ? "has" : "have"} more than ${plural(length, "token")}, and ${longer === 1 ? "loses its" : "lose their"} end`;
  return `text of ${columns.join(", ")}: ${kind}, a vocabulary of ${count(tokenizer.size)}; ${longer === 0 ? "no training row is longer" : cut}`;
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
  const best = bestEpoch(history, settings);
  output.detail(formatEpochs(history, metrics, goesBack && isWhole ? best : undefined));
  if (goesBack) {
    const why = history.stopped ? `stopped: no better for ${plural(settings.earlyStopping, "epoch")}; ` : "";
    // A checkpoint of an older release doesn't know the scores of the epochs before.
    const which = isWhole ? `epoch ${best.epoch}` : "the best epoch";
    output.detail(`${isWhole ? "* " : ""}${why}the parameters of ${which} are kept`);
  }
  output.detail(describeCurves(history.epochs));
  const time = `${seconds(trained.seconds)}, ${rate(trained.stepsPerSecond)} steps/s`;
  output.detail(`${plural(epochs, "epoch")}, ${plural(steps, "step")} in ${time}`);
}

/** The loss from the first epoch to the last, as a picture: a line for each part. Of a single epoch there is none. */
function describeCurves(epochs: Trained["history"]["epochs"]): string {
  if (epochs.length < 2) return "";
  const losses = [
    ["loss", epochs.map(({ loss }) => loss)],
    ["validation loss", epochs.flatMap(({ validation }) => validation?.loss ?? [])],
  ] as const;
  const drawn = losses.filter(([, values]) => values.length === epochs.length);
  const width = Math.max(...drawn.map(([name]) => name.length));
  const lines = drawn.map(([name, values]) => {
    const ends = `${score(values[0])} to ${score(values.at(-1)!)}`;
    return `${name.padStart(width)}  ${sparkline(values)}  ${ends}`;
  });
  return `\n${lines.join("\n")}\n`;
}

const BAR = 20;
/** More classes than this would fill the screen. */
const MOST_BARS = 20;

/** F1 of each class as bars; undefined for numbers, and where classes are too many. */
export function describeClasses({ report }: Details): string | undefined {
  if (!("classes" in report) || report.classes.length > MOST_BARS) return undefined;
  const width = Math.max(2, ...report.classes.map(({ name }) => name.length));
  const lines = report.classes.map(({ name, f1 }) => `${name.padStart(width)}  ${bar(f1, BAR)}  ${f1.toFixed(2)}`);
  return `${"F1".padStart(width)}\n${lines.join("\n")}\n`;
}
