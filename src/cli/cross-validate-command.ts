import { basename } from "node:path";
import type { Command } from "commander";
import { parseCsv, shorten } from "../data/csv-table.js";
import { type FoldOptions, kFolds, sampleNames } from "../data/index.js";
import { ArgumentError, type CrossValidation, crossValidate, DataError, type FoldParts } from "../index.js";
import { withDevice } from "./devices.js";
import { alignRight } from "./epoch-table.js";
import { type LoadedData, loadData, readDataFile } from "./load-data.js";
import { plural, score } from "./numbers.js";
import { addCommonOptions, text, wholeNumber } from "./options.js";
import { Output, type Streams } from "./output.js";
import { type Parts, splitData } from "./parts.js";
import { settingsFor } from "./presets.js";
import { assessPart, deviceFields } from "./train-command.js";
import { planTraining, train } from "./training.js";
import {
  addDataOptions,
  addEarlyStopping,
  addTrainingOptions,
  askedSettings,
  type TrainingOptions,
} from "./training-options.js";

interface CrossValidateOptions extends TrainingOptions {
  folds: number;
  repeats: number;
  stratify?: boolean;
  groups?: string;
}

export function crossValidateCommand(program: Command, streams: Streams): void {
  const command = program
    .command("cross-validate")
    .description("Train on all rows but one part and score on that, for each part in turn.")
    .argument("<data>", `${sampleNames.join(", ")}, or a CSV file with --target`)
    .option("--folds <n>", "parts that the rows are dealt out to", wholeNumber("--folds"), 5)
    .option("--repeats <n>", "times that they are dealt out anew", wholeNumber("--repeats"), 1)
    .option("--stratify", "keep the proportions of the classes in every part; the default for classes")
    .option("--no-stratify", "deal the rows out regardless of their class")
    .option(
      "--groups <column>",
      "column of the CSV file whose equal values stay in one part",
      text("--groups", "a column's name"),
    );
  addDataOptions(command);
  addTrainingOptions(command);
  addEarlyStopping(command);
  addCommonOptions(command);
  command.addHelpText(
    "after",
    "\nScales are measured on each fold's training part alone; --validation is taken of that part, for early stopping.",
  );
  command.action((given: string, options: CrossValidateOptions) =>
    runCrossValidate(given, options, new Output(streams, options)),
  );
}

async function runCrossValidate(given: string, options: CrossValidateOptions, output: Output): Promise<void> {
  const { seed, repeats } = options;
  if (options.test !== undefined) {
    throw new ArgumentError("--test: each part is held out once; leave --test away, or use train.");
  }
  const { loaded, groups } = await loadGrouped(given, options);
  const { data } = loaded;
  const settings = { ...settingsFor(loaded.sample, data.rows, askedSettings(options)), test: 0 };
  const foldOptions: FoldOptions = { folds: options.folds, repeats, stratify: options.stratify, groups, seed };
  const parts = ({ train, validation, seed }: Omit<FoldParts, "repeat" | "fold">): Parts => ({
    ...splitData(train, { test: 0, validation: settings.validation, seed }),
    test: validation,
  });
  // What can be wrong is found here, before a device is opened.
  const [first] = kFolds(data, foldOptions);
  planTraining(data, settings, seed, parts({ train: data.take(first.train), validation: data.take(first.test), seed }));
  await withDevice(options.backend, async (device) => {
    const count = options.folds * repeats;
    output.detail(`${data.name}: ${plural(data.rows, "row")} in ${options.folds} folds${times(repeats)}, seed ${seed}`);
    output.detail(`device: ${device.description}\n`);
    let done = 0;
    const details: { epochs: number; seconds: number }[] = [];
    const result = await crossValidate(
      data,
      async (fold) => {
        if (output.hasBar) output.note(`fold ${++done} of ${count} ...`);
        const plan = planTraining(data, settings, fold.seed, parts(fold));
        const trained = await train(plan, device);
        try {
          details.push({ epochs: trained.epochs, seconds: trained.seconds });
          return (await assessPart(trained, plan, "test")).scores;
        } finally {
          trained.trainer.dispose();
        }
      },
      foldOptions,
    );
    output.detail(formatFolds(result, repeats));
    output.detail();
    output.result(summary(result, data.classes !== undefined));
    output.json({
      data: data.name,
      seed,
      ...deviceFields(device),
      folds: options.folds,
      repeats,
      rows: data.rows,
      mean: result.mean,
      deviation: result.deviation,
      perFold: result.folds.map(({ scores, repeat, fold, trainRows, rows }, i) => ({
        repeat: repeat + 1,
        fold: fold + 1,
        trainRows,
        rows,
        ...scores,
        ...details[i],
      })),
    });
  });
}

const times = (repeats: number) => (repeats > 1 ? `, ${repeats} times` : "");

/** The data, and the group of every row where a column of them was named: it isn't a feature. */
async function loadGrouped(
  given: string,
  options: CrossValidateOptions,
): Promise<{ loaded: LoadedData; groups?: string[] }> {
  const { groups: column, target, weights } = options;
  if (column === undefined) return { loaded: await loadData(given, options) };
  if (sampleNames.some((name) => name === given)) {
    throw new ArgumentError(`--groups is for CSV files; ${given} has no column of groups.`);
  }
  const table = parseCsv(await readDataFile(given), basename(given));
  const place = table.header.indexOf(column);
  if (place < 0) throw new DataError(`${basename(given)}: there is no column ${shorten(column)} for --groups.`);
  const featureNames = table.header.filter((name) => name !== target && name !== weights && name !== column);
  return {
    loaded: await loadData(given, { ...options, featureNames }),
    groups: table.records.map((record) => record[place]),
  };
}

/** A line for each fold. */
function formatFolds({ folds }: CrossValidation, repeats: number): string {
  const names = Object.keys(folds[0].scores);
  return alignRight([
    [...(repeats > 1 ? ["repeat"] : []), "fold", "rows", ...names],
    ...folds.map(({ repeat, fold, rows, scores }) => [
      ...(repeats > 1 ? [String(repeat + 1)] : []),
      String(fold + 1),
      String(rows),
      ...names.map((name) => score(scores[name])),
    ]),
  ]);
}

/** "accuracy 0.9533 ± 0.0400, loss 0.1423 ± 0.0812 (5 folds)" */
function summary({ folds, mean, deviation }: CrossValidation, isClasses: boolean): string {
  const shown = isClasses ? ["accuracy", "loss"] : ["r2", "rmse", "loss"];
  const label: Record<string, string> = { r2: "R²", rmse: "RMSE" };
  const parts = shown.map((name) => `${label[name] ?? name} ${score(mean[name])} ± ${score(deviation[name])}`);
  return `${parts.join(", ")} (mean and deviation of ${plural(folds.length, "fold")})`;
}
