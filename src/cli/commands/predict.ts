import { basename } from "node:path";
import type { Preprocessing } from "../../data/index.js";
import { openSource } from "../../data/sources/source.js";
import type { TextOptions } from "../../data/table/read-table.js";
import { ArgumentError, type RowPredictions, Trainer } from "../../index.js";
import { PredictionSheet } from "../runs/prediction-sheet.js";
import { rounded } from "../runs/predictions.js";
import { loadSaved, preprocessingOf, type SavedModel } from "../runs/saved.js";
import { flag, text, wholeNumber } from "../settings/kinds.js";
import { group } from "../settings/setting.js";
import { commonSettings, fileSettings } from "../settings/table.js";
import { plural } from "../text/numbers.js";
import { deviceFields, withDevice } from "../training/devices.js";
import { forecastSeries } from "../training/forecast-series.js";
import { type PredictedBlock, predictBlocks, shortened } from "../training/predict-blocks.js";
import { areImages, predictImages } from "../training/predict-images.js";
import { command, type Invocation } from "./command.js";

const settings = {
  ...fileSettings,
  ...group("Series", {
    steps: {
      kind: wholeNumber,
      goes: { to: "command" },
      value: "n",
      help: "of a model of windows: how many rows after the file's last one to predict, each from those before it",
    },
  }),
  ...group("Output", {
    probabilities: { kind: flag, goes: { to: "command" }, help: "also add a column for the probability of each class" },
    out: { kind: text("a file's name"), goes: { to: "command" }, value: "file", help: "write the CSV there instead" },
  }),
  ...commonSettings,
};

export const predict = command({
  name: "predict",
  description: "Add a column of predictions to a CSV file, or predict for images, on standard output.",
  arguments: [
    { name: "model", help: "folder that train --out wrote" },
    {
      name: "data",
      help:
        "with the columns that the model learned from, found by name; a target isn't needed; - is standard input; or an " +
        "image, or a folder of images, for a model that was trained on images",
    },
  ],
  settings,
  run: runPredict,
});

async function runPredict({
  args: [folder, file],
  values: options,
  output,
}: Invocation<typeof settings>): Promise<void> {
  const saved = await loadSaved(folder);
  const { model, metadata } = saved;
  const { probabilities = false, out, steps } = options;
  if (probabilities) checkProbabilities(saved);
  if (metadata.task === "text") {
    throw new ArgumentError(
      `${folder} was trained on a text, ${metadata.data}: neuromotor generate ${folder} lets it write, evaluate scores it on a file.`,
    );
  }
  if (steps !== undefined || metadata.series) return forecastRows(saved, folder, file, { ...options, output });
  const preprocessing = preprocessingOf(saved);
  model.preprocessing = preprocessing.toJSON();
  const targetNames = preprocessing.target?.kind === "numbers" ? preprocessing.target.names : undefined;
  const work = (await areImages(file)) ? imagesAt(file, saved) : await rowsOf(file, options);
  await withDevice(options.backend, async (device) => {
    const trainer = new Trainer(model, { device });
    const sheet = output.isJson && out === undefined ? undefined : await PredictionSheet.open(out, output, targetNames);
    const all: RowPredictions["values"] = [];
    const chances: number[][] = [];
    const warnings = new Set<string>();
    try {
      const rows = await work(trainer, preprocessing, { probabilities }, async (block, exact) => {
        const predicted = shortened(exact);
        for (const warning of predicted.warnings) warnings.add(warning);
        if (sheet) await sheet.write(block, predicted);
        else {
          all.push(...predicted.values);
          chances.push(...(predicted.probabilities ?? []));
        }
      });
      await sheet?.close();
      for (const warning of warnings) output.note(`neuromotor: ${warning}`);
      const summary = { model: folder, ...deviceFields(device), task: metadata.task, rows, warnings: [...warnings] };
      if (sheet) {
        if (out !== undefined) output.note(`neuromotor: wrote ${plural(rows, "row")} to ${out}.`);
        output.json({ ...summary, out });
      } else {
        const { classNames } = metadata;
        output.json({ ...summary, predictions: all, ...(probabilities && { classNames, probabilities: chances }) });
      }
    } catch (error) {
      await sheet?.abandon();
      throw error;
    } finally {
      trainer.dispose();
    }
  });
}

/** Writes the rows that follow a series: their number after its last row, and what is predicted. */
async function forecastRows(
  saved: SavedModel,
  folder: string,
  file: string,
  {
    steps,
    out,
    backend,
    output,
    delimiter,
    quote,
    header,
  }: Pick<Invocation<typeof settings>, "output"> & Invocation<typeof settings>["values"],
): Promise<void> {
  const { metadata } = saved;
  if (!metadata.series) {
    throw new ArgumentError(
      `--steps: ${folder} isn't a model of windows over a series. Train one: neuromotor train FILE.csv --target COLUMN --window 24.`,
    );
  }
  if (steps === undefined) {
    throw new ArgumentError(
      `${folder} predicts what follows a series. Say how many rows: --steps ${metadata.series.window}; evaluate scores it on a file.`,
    );
  }
  const { values, note } = await forecastSeries(saved, file, steps, { backend, delimiter, quote, header });
  const sheet = output.isJson && out === undefined ? undefined : await PredictionSheet.open(out, output);
  const rows = Array.from(values, (_, step) => [String(step + 1)]);
  await sheet?.write(
    { header: ["step"], delimiter: ",", texts: rows },
    { values: Array.from(values, rounded), warnings: [], classNames: undefined, probabilities: undefined },
  );
  await sheet?.close();
  output.note(`neuromotor: ${note}`);
  const { columns, window, horizon } = metadata.series;
  output.json({
    ...{ model: folder, target: metadata.targetName, window, horizon, columns, steps },
    ...(sheet ? { out } : { predictions: Array.from(values, rounded) }),
  });
}

type Work = (
  trainer: Trainer,
  preprocessing: Preprocessing,
  options: { probabilities: boolean },
  each: PredictedBlock,
) => Promise<number>;

const imagesAt =
  (path: string, saved: SavedModel): Work =>
  (trainer, _, options, each) =>
    predictImages(trainer, saved, path, options, each);

async function rowsOf(file: string, { delimiter, quote, header }: TextOptions): Promise<Work> {
  const source = await openSource(file, file === "-" ? undefined : basename(file));
  return (trainer, preprocessing, options, each) =>
    predictBlocks(trainer, preprocessing, source, { ...options, delimiter, quote, header }, each);
}

function checkProbabilities({ metadata, model }: SavedModel): void {
  if (metadata.task === "regression")
    throw new ArgumentError("--probabilities: this model predicts numbers, not classes.");
  const loss = model.training?.loss;
  if (loss && !loss.isProbabilistic) {
    throw new ArgumentError(
      `--probabilities: this model was trained with ${loss.config.loss}, which doesn't make its outputs probabilities.`,
    );
  }
}
