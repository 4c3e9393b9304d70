import { sizeOf } from "../../core/shape.js";
import { Dataset } from "../../data/index.js";
import { ArgumentError, DataError, Trainer } from "../../index.js";
import { loadSaved, namesOf, preprocessingOf, type SavedModel } from "../runs/saved.js";
import { flag } from "../settings/kinds.js";
import { group } from "../settings/setting.js";
import { commonSettings, fileSettings, reportSettings, targetSettings } from "../settings/table.js";
import { plural } from "../text/numbers.js";
import { assess } from "../training/assess.js";
import { deviceFields, withDevice } from "../training/devices.js";
import { dataNames, fingerprint, isFolder, type LoadedData, loadData, rowNumbers } from "../training/load-data.js";
import { scaleFeatures, scaleTarget, splitData } from "../training/parts.js";
import { sequenceOptions } from "../training/resumed.js";
import { command, type Invocation } from "./command.js";

const settings = {
  ...targetSettings,
  ...fileSettings,
  ...group("Data", {
    heldOut: { kind: flag, goes: { to: "command" }, help: "only the rows that train held out of the same data" },
  }),
  ...reportSettings,
  ...commonSettings,
};

export const evaluate = command({
  name: "evaluate",
  description: "Evaluate a saved model on all rows of a data set.",
  arguments: [
    { name: "model", help: "folder that train --out wrote" },
    { name: "data", help: `${dataNames.join(", ")}, a file, or a folder of images by class` },
  ],
  settings,
  notes: "--target is needed where the column is named otherwise than in training.",
  run: runEvaluate,
});

async function runEvaluate({
  args: [folder, given],
  values: options,
  output,
}: Invocation<typeof settings>): Promise<void> {
  const saved = await loadSaved(folder);
  const { model, metadata } = saved;
  const { classNames, target: scale, targetName, task, featureNames } = metadata;
  const isNamed = dataNames.includes(given);
  const preprocessing = model.preprocessing && !isNamed ? preprocessingOf(saved) : undefined;
  if (options.target !== undefined && scale?.each) {
    throw new ArgumentError(
      `--target names one column, but ${folder} predicts ${targetName}: name them in the file as in training.`,
    );
  }
  const ordered = sequenceOptions(metadata);
  const columns = ordered ?? (preprocessing ? { preprocessing } : { task: tableTask(task), featureNames, classNames });
  const read = await loadData(given, {
    target: options.target ?? (isNamed || preprocessing || task === "text" ? undefined : targetName),
    weights: options.weights,
    dataDir: options.dataDir,
    ...{ delimiter: options.delimiter, quote: options.quote, header: options.header },
    ...columns,
    ...(isFolder(given) && { imageSize: metadata.settings?.imageSize ?? sizeOfImages(model.input) }),
  });
  checkFits(read, saved);
  const loaded = { ...read, data: withClassesOf(read.data, metadata.classNames) };
  const isTrainingData = fingerprint(loaded) === metadata.split.fingerprint;
  const heldOut = isTrainingData ? splitData(loaded.data, metadata.split, loaded.test).test : loaded.test;
  if (options.heldOut && !heldOut) {
    throw new DataError(
      isTrainingData
        ? `--held-out: ${folder} was trained with --test 0, so no rows were held out.`
        : `--held-out: ${given} isn't the data that ${folder} was trained on. Leave --held-out away to use all rows.`,
    );
  }
  const data = options.heldOut ? heldOut! : loaded.data;
  await withDevice(options.backend, async (device) => {
    const trainer = new Trainer(model, { device });
    try {
      const scaled = scaledRows(data, loaded, saved);
      const { scores, details, report, line } = await assess(trainer, data, scaled, scale, { digits: options.digits });
      const rows = plural(data.rows, options.heldOut ? "held-out row" : "row");
      output.detail(`${folder} (trained on ${metadata.data}) on ${rows} of ${loaded.data.name}:\n\n${report}`);
      output.detail();
      output.result(`${line} (${rows})`);
      if (isTrainingData && !options.heldOut) {
        const advice = heldOut ? `; --held-out evaluates the ${heldOut.rows} that weren't` : "";
        output.note(`neuromotor: these rows include those the model was trained on${advice}.`);
      }
      output.json({
        model: folder,
        data: loaded.data.name,
        ...deviceFields(device),
        evaluatedOn: options.heldOut ? "test" : "all",
        includesTrainingRows: isTrainingData && !options.heldOut,
        rows: data.rows,
        ...scores,
        ...details,
      });
    } finally {
      trainer.dispose();
    }
  });
}

/** The size of the images that a model takes, as --image-size has it. */
const sizeOfImages = ([height, width, channels]: readonly number[]) =>
  channels === undefined ? undefined : `${height}x${width}${channels === 1 ? "x1" : ""}`;

const tableTask = (task: SavedModel["metadata"]["task"]) => (task === "text" ? undefined : task);

/** Rows as the model sees them. */
function scaledRows(data: Dataset, { table }: LoadedData, saved: SavedModel): Dataset {
  if (table) return table.dataset(preprocessingOf(saved), rowNumbers(data));
  return scaleTarget(scaleFeatures(data, saved.standardiser), saved.metadata.target);
}

/** A CSV file is read to fit; a sample may be another one than the model's, and images may have another size. */
function checkFits({ data, sample, table }: LoadedData, { metadata, model }: SavedModel): void {
  if (table || metadata.tokenizer) return;
  const names = ({ featureNames, classNames, targetName }: ReturnType<typeof namesOf>) =>
    JSON.stringify([featureNames, classNames, targetName]);
  if (sample !== undefined && names(namesOf(data)) !== names(metadata)) {
    throw new DataError(`The model was trained on ${metadata.data}; ${sample} has other features or another target.`);
  }
  const [own, wanted] = [data.shape, model.input].map((shape) => shape.join(" x "));
  if (sizeOf(data.shape) !== sizeOf(model.input)) {
    throw new DataError(`${data.name}: its rows are ${own} numbers, and the model takes ${wanted}.`);
  }
}

/** Data whose classes are some of the model's, numbered as the model does. @throws DataError when it has another class */
function withClassesOf(data: Dataset, classNames: readonly string[] | undefined): Dataset {
  const own = data.classNames;
  if (!classNames || !own || JSON.stringify(own) === JSON.stringify(classNames)) return data;
  const places = own.map((name) => classNames.indexOf(name));
  const unknown = own.find((_, i) => places[i] < 0);
  if (unknown !== undefined) {
    const known = `${classNames.slice(0, 10).join(", ")}${classNames.length > 10 ? ", ..." : ""}`;
    throw new DataError(`${data.name}: the model has no class "${unknown}". It tells apart ${known}.`);
  }
  return Dataset.from({ ...data, labels: Uint32Array.from(data.labels, (label) => places[label]), classNames });
}
