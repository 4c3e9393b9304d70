import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { version } from "../../../package.json";
import { FormatError } from "../../index.js";
import { loadModel } from "../../node.js";
import { describeModel, describeRun, type Run } from "../../report/index.js";
import { bestEpoch } from "../text/epoch-table.js";
import { seriesOfRun } from "../training/forecast-series.js";
import { flatImageOf } from "../training/image-shapes.js";
import type { LoadedData } from "../training/load-data.js";
import { unscaleTarget } from "../training/parts.js";
import type { Plan } from "../training/plan.js";
import type { Trained } from "../training/train.js";
import { rounded } from "./predictions.js";
import type { FinishedRun } from "./run.js";
import { optionsOf } from "./values.js";

/** File of a run's folder that its reports are made of. */
export const DESCRIPTION = "run.json";

/**
 * All that a report tells of a training, taken down while there is a trainer.
 *
 * @param command - the command line that trains it
 */
export async function describeTrained(
  loaded: LoadedData,
  plan: Plan,
  { trainer, history, gradientNorms, writing, ...trained }: Trained,
  { configuration, metrics }: Omit<FinishedRun, "predictions">,
  command: string | undefined,
): Promise<Run> {
  const { parts, scaled, target, settings, seed, tokenizer } = plan;
  const { table } = loaded;
  const series = await seriesOfRun(trainer, loaded, plan);
  const { train, validation, evaluatedOn } = metrics;
  const held = Object.fromEntries(
    Object.keys(train).map((name) => [name, metrics[name as keyof typeof metrics] as number]),
  );
  const run = await describeRun(trainer, {
    name: configuration.data.name,
    history,
    ...(settings.earlyStopping > 0 && { kept: bestEpoch(history, settings).epoch }),
    train: scaled.train,
    validation: scaled.validation,
    test: scaled.test,
    ...(table ? { table } : { readable: { ...parts, train: parts.train } }),
    rowsOf: parts.rowsOf,
    ...(target && !table && { unscale: (values: Float32Array) => unscaleTarget(values, target) }),
    image: flatImageOf(loaded),
    gradientNorms,
    ...(series && { series }),
    ...(tokenizer && { text: { tokenizer, ...writing } }),
    scores: { train, ...(validation && { validation }), ...(evaluatedOn === "test" && { test: held }) },
    seed,
  });
  return {
    ...run,
    ...(command !== undefined && { command }),
    seconds: trained.seconds,
    configuration: Object.fromEntries(optionsOf(settings)),
    environment: { ...run.environment, neuromotor: version, Node: process.version },
    data: { ...run.data!, fingerprint: configuration.data.fingerprint },
  };
}

/** A description as text, without the weights, which the model's own file has. */
export const descriptionJson = (run: Run): string =>
  `${JSON.stringify(run, (key, value) => {
    if (key === "weights") return undefined;
    if (ArrayBuffer.isView(value)) return Array.from(value as Float32Array, rounded);
    return value;
  })}\n`;

/**
 * The description that a run's folder holds, with the weights of its model.
 *
 * @throws FormatError when there is none, or it is damaged
 */
export async function readDescription(folder: string): Promise<Run> {
  const path = join(folder, DESCRIPTION);
  const text = await readFile(path, "utf8").catch((cause: NodeJS.ErrnoException) => {
    const why = cause.code === "ENOENT" ? "it isn't there: the run was saved by an older release" : cause.message;
    throw Object.assign(new FormatError(`${path}: ${why}. Train again with --out to have a report.`), { cause });
  });
  let run: Run;
  try {
    run = JSON.parse(text, (_, value) => value ?? Number.NaN); // NaN, which JSON lacks, became null
  } catch (cause) {
    throw Object.assign(new FormatError(`${path}: it is damaged (${(cause as Error).message}).`), { cause });
  }
  if (typeof run?.name !== "string") throw new FormatError(`${path}: it doesn't describe a run.`);
  return { ...run, model: { ...run.model, ...(await describeModel(await loadModel(folder))) } };
}
