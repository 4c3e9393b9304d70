import { basename } from "node:path";
import { type CsvFeatures, csvLine, readCsvFeatures } from "../../data/index.js";
import { ArgumentError, DataError, Trainer } from "../../index.js";
import { atomicWrite } from "../../node/atomic-write.js";
import { probabilityRows, rounded } from "../runs/predictions.js";
import { loadSaved, type SavedModel } from "../runs/saved.js";
import { flag, text } from "../settings/kinds.js";
import { group } from "../settings/setting.js";
import { commonSettings } from "../settings/table.js";
import { plural } from "../text/numbers.js";
import { escapeFormula } from "../text/spreadsheet.js";
import { predictClasses } from "../training/assess.js";
import { deviceFields, withDevice } from "../training/devices.js";
import { readDataFile } from "../training/load-data.js";
import { givesProbabilities } from "../training/losses.js";
import { unscaleTarget } from "../training/parts.js";
import { type Call, command } from "./command.js";

const settings = {
  ...group("Output", {
    probabilities: { kind: flag, goes: { to: "command" }, help: "also add a column for the probability of each class" },
    out: { kind: text("a file's name"), goes: { to: "command" }, value: "file", help: "write the CSV there instead" },
  }),
  ...commonSettings,
};

export const predict = command({
  name: "predict",
  description: "Add a column of predictions to a CSV file, on standard output.",
  arguments: [
    { name: "model", help: "folder that train --out wrote" },
    { name: "file.csv", help: "with the model's feature columns, found by name; a target column isn't needed" },
  ],
  settings,
  run: runPredict,
});

/** One prediction a row: a class name or a number; and, where asked for, the probability of each class. */
interface Predictions {
  values: (string | number)[];
  probabilities?: number[][];
}

async function runPredict({ args: [folder, file], values: options, output }: Call<typeof settings>): Promise<void> {
  const saved = await loadSaved(folder);
  const { metadata, standardiser } = saved;
  if (options.probabilities) checkProbabilities(saved);
  const source = await readDataFile(file);
  const table = readCsvFeatures(source, { featureNames: metadata.featureNames, name: basename(file) });
  const features = standardiser ? standardiser.applyTo(table.features) : table.features;
  await withDevice(options.backend, async (device) => {
    const trainer = new Trainer(saved.model, { device });
    let predictions: Predictions;
    try {
      predictions = await predictRows(trainer, saved, features, options.probabilities ?? false);
    } finally {
      trainer.dispose();
    }
    const summary = { model: folder, ...deviceFields(device), task: metadata.task, rows: table.rows };
    if (output.isJson && options.out === undefined) {
      const { values, probabilities } = predictions;
      output.json({
        ...summary,
        predictions: values,
        ...(probabilities && { classNames: metadata.classNames, probabilities }),
      });
      return;
    }
    const csv = withColumns(table, predictions, metadata.classNames ?? []);
    if (options.out === undefined) return output.result(csv);
    await writeFile(options.out, csv);
    output.note(`neuromotor: wrote ${plural(table.rows, "row")} to ${options.out}.`);
    output.json({ ...summary, out: options.out });
  });
}

function checkProbabilities({ metadata, model }: SavedModel): void {
  if (metadata.task === "regression")
    throw new ArgumentError("--probabilities: this model predicts numbers, not classes.");
  const loss = model.training?.loss;
  if (loss && !givesProbabilities(loss)) {
    throw new ArgumentError(
      `--probabilities: this model was trained with ${loss.config.loss}, which doesn't make its outputs probabilities.`,
    );
  }
}

async function predictRows(
  trainer: Trainer,
  { metadata }: SavedModel,
  features: Float32Array,
  wantsProbabilities: boolean,
): Promise<Predictions> {
  const { classNames, target } = metadata;
  if (target && !classNames) {
    const { values } = await trainer.predict(features, { probabilities: true }); // rates, of counts
    return { values: Array.from(unscaleTarget(values, target), rounded) };
  }
  const names = classNames!;
  const values = Array.from(await predictClasses(trainer, features), (label) => names[label]);
  if (!wantsProbabilities) return { values };
  const raw = (await trainer.predict(features, { probabilities: true })).values;
  return { values, probabilities: probabilityRows(raw, names.length, values) };
}

/** The file as it was, with columns added; a name that is taken gets a number. */
function withColumns(
  { header, records, delimiter }: CsvFeatures,
  { values, probabilities }: Predictions,
  classNames: readonly string[],
): string {
  const names = [...header];
  for (const wanted of ["prediction", ...(probabilities ? classNames.map((name) => `probability ${name}`) : [])]) {
    let name = wanted;
    for (let n = 2; names.includes(name); n++) name = `${wanted} ${n}`;
    names.push(name);
  }
  // The file's own cells stay as they are; what is added may come from a file that someone else wrote.
  const safe = values.map((value) => (typeof value === "string" ? escapeFormula(value) : value));
  const rows = records.map((record, row) => [...record, safe[row], ...(probabilities?.[row] ?? [])]);
  return [names, ...rows].map((fields) => csvLine(fields, delimiter)).join("");
}

/** @throws DataError when the file can't be written; then it is as it was before */
async function writeFile(path: string, content: string): Promise<void> {
  try {
    await atomicWrite(path, content);
  } catch (cause) {
    throw Object.assign(new DataError(`--out ${path}: it can't be written (${(cause as Error).message}).`), { cause });
  }
}
