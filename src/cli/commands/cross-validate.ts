import { ArgumentError, type CrossValidation } from "../../index.js";
import { choice, text, wholeNumber } from "../settings/kinds.js";
import { settingsFor } from "../settings/resolve.js";
import { group, type Values, without } from "../settings/setting.js";
import { commonSettings, earlyStoppingSettings, epochSettings, trainingSettings } from "../settings/table.js";
import { alignRight } from "../text/align.js";
import { plural, score } from "../text/numbers.js";
import { checkFolds, crossValidateOn, type FoldSettings } from "../training/cross-validate.js";
import { deviceFields, withDevice } from "../training/devices.js";
import { dataNames, factsOf, type LoadedData, loadData } from "../training/load-data.js";
import { command, type Invocation } from "./command.js";

export const crossValidateSettings = {
  ...group("Folds", {
    folds: {
      kind: wholeNumber,
      goes: { to: "command" },
      value: "n",
      help: "parts that the rows are dealt out to",
      default: 5,
    },
    repeats: {
      kind: wholeNumber,
      goes: { to: "command" },
      value: "n",
      help: "times that they are dealt out anew",
      default: 1,
    },
    stratify: {
      kind: choice,
      goes: { to: "command" },
      help: "keep the proportions of the classes in every part",
      otherwise: "for classes",
    },
    groups: {
      kind: text("a column's name"),
      goes: { to: "command" },
      value: "column",
      help: "column of the CSV file whose equal values stay in one part",
    },
  }),
  // Each part is held out once; rows of series are in order, and aren't dealt out.
  ...without(trainingSettings, "test", "window", "horizon"),
  ...epochSettings,
  ...earlyStoppingSettings,
  ...commonSettings,
};

export const crossValidate = command({
  name: "cross-validate",
  description: "Train on all rows but one part and score on that, for each part in turn.",
  arguments: [{ name: "data", help: `${dataNames.join(", ")}, a file with --target, or a folder of images by class` }],
  settings: crossValidateSettings,
  notes:
    "Scales are measured on each fold's training part alone; --validation is taken of that part, for early stopping.",
  run: runCrossValidate,
});

async function runCrossValidate({
  args: [given],
  asked,
  values,
  output,
}: Invocation<typeof crossValidateSettings>): Promise<void> {
  const { folds, seed, repeats, stratify } = values;
  const { loaded, groups } = await loadGrouped(given, values);
  const { data } = loaded;
  const foldSettings = foldSettingsOf(loaded, asked, { folds, repeats, stratify, groups, seed });
  checkFolds(loaded, foldSettings);
  await withDevice(values.backend, async (device) => {
    const count = folds * repeats;
    const rows = Math.min(data.rows, values.maxRows ?? data.rows);
    output.detail(`${data.name}: ${plural(rows, "row")} in ${folds} folds${times(repeats)}, seed ${seed}`);
    output.detail(`device: ${device.description}\n`);
    const result = await crossValidateOn(loaded, foldSettings, device, (fold) => {
      if (output.hasBar) output.note(`fold ${fold} of ${count} ...`);
    });
    output.detail(formatFolds(result, repeats));
    output.detail();
    output.result(summary(result, data.classes !== undefined));
    output.json({
      data: data.name,
      seed,
      ...deviceFields(device),
      folds,
      repeats,
      rows,
      mean: result.mean,
      deviation: result.deviation,
      perFold: result.folds.map(({ scores, repeat, fold, trainRows, rows }, i) => ({
        repeat: repeat + 1,
        fold: fold + 1,
        trainRows,
        rows,
        ...scores,
        ...result.trainings[i],
      })),
    });
  });
}

/** Settings of each fold: as asked for, and without a test part, since each fold is held out once. */
export const foldSettingsOf = (
  loaded: LoadedData,
  asked: Parameters<typeof settingsFor>[1],
  folds: FoldSettings["folds"],
): FoldSettings => ({ settings: { ...settingsFor(factsOf(loaded), asked), test: 0 }, folds });

const times = (repeats: number) => (repeats > 1 ? `, ${repeats} times` : "");

/** The data, and the group of every row where a column of them was named: it isn't a feature. */
async function loadGrouped(
  given: string,
  options: Values<typeof crossValidateSettings>,
): Promise<{ loaded: LoadedData; groups?: string[] }> {
  const { groups } = options;
  const loaded = await loadData(given, options);
  if (groups === undefined) return { loaded };
  if (!loaded.table) throw new ArgumentError(`--groups is for files; ${given} has no column of groups.`);
  return { loaded, groups: (loaded.table.values(groups) as (string | undefined)[]).map((name) => name ?? "") };
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
  const shown = isClasses ? ["accuracy", "rocAuc", "loss"] : ["r2", "rmse", "loss"];
  const label: Record<string, string> = { r2: "R²", rmse: "RMSE", rocAuc: "ROC AUC" };
  const parts = shown
    .filter((name) => !Number.isNaN(mean[name]))
    .map((name) => `${label[name] ?? name} ${score(mean[name])} ± ${score(deviation[name])}`);
  return `${parts.join(", ")} (mean and deviation of ${plural(folds.length, "fold")})`;
}
