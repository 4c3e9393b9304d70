import { version } from "../../../package.json";
import { sizeOf } from "../../core/shape.js";
import type { Backend, EpochRecord, RegressionReport } from "../../index.js";
import { farInputs } from "../../training/far-inputs.js";
import type { Settings } from "../settings/table.js";
import { score, short } from "../text/numbers.js";
import { type Assessment, assessPart, type Details } from "../training/assess.js";
import { deviceFields } from "../training/devices.js";
import { fingerprint, type LoadedData } from "../training/load-data.js";
import { byLastValue } from "../training/load-series.js";
import type { Plan } from "../training/plan.js";
import { type Trained, trainingFields } from "../training/train.js";
import { type Predictions, predictionsOf } from "./predictions.js";

export const RUN_FORMAT = "neuromotor-run";
export const RUN_VERSION = 1;

/** Data and settings of a run: `configuration.json` of its folder. */
export interface RunConfiguration {
  format: typeof RUN_FORMAT;
  version: typeof RUN_VERSION;
  /** Version of neuromotor. */
  neuromotor: string;
  data: {
    name: string;
    fingerprint: string;
    rows: number;
    features: number;
    target: string;
    classNames?: readonly string[];
    /** Rows of each part. */
    parts: { train: number; validation?: number; test?: number };
  };
  settings: Settings;
  seed: number;
  device: { backend: string; adapter: string; software: boolean };
}

/** Scores and times of a run: `metrics.json` of its folder. */
export type RunMetrics = {
  /** Part of the data that the scores below are of: the rows held out, or the training part if there are none. */
  evaluatedOn: "test" | "train";
  rows: number;
  loss: number;
  accuracy?: number;
  r2?: number;
  /** Scores of the validation and the training part, without dropout. */
  validation: Assessment["scores"] | null;
  train: Assessment["scores"];
  epochs: number;
  steps: number;
  seconds: number;
  setupSeconds: number;
  stepsPerSecond: number;
  parameters: number;
  /** Of a series: scores of always saying its last value. */
  byLastValue?: RegressionReport;
  /** Sentences of the training's history; absent in runs of older releases. */
  warnings?: readonly string[];
} & Details;

/** A finished and evaluated training: everything in a run's folder except the model. */
export interface FinishedRun {
  configuration: RunConfiguration;
  metrics: RunMetrics;
  history: readonly EpochRecord[];
  /** Of the rows that were evaluated; a text's tokens have none. */
  predictions?: Predictions;
  /** The report as text, and the scores as one line. */
  report: string;
  line: string;
}

/** Evaluates a trained model on all its parts. @param digits - decimals of the report */
export async function finishRun(
  loaded: LoadedData,
  plan: Plan,
  trained: Trained,
  device: Backend,
  digits: number | undefined,
): Promise<FinishedRun> {
  const { data } = loaded;
  const { parts, settings, seed, model, loss } = plan;
  const train = await assessPart(trained, plan, "train", { digits });
  const validation = parts.validation && (await assessPart(trained, plan, "validation"));
  const held = parts.test ? await assessPart(trained, plan, "test", { digits }) : train;
  const evaluatedOn = parts.test ? "test" : "train";
  const last = loaded.series && byLastValue(parts[evaluatedOn]!, loaded.series);
  return {
    configuration: {
      format: RUN_FORMAT,
      version: RUN_VERSION,
      neuromotor: version,
      data: {
        name: data.name,
        fingerprint: fingerprint(loaded),
        rows: data.rows,
        features: sizeOf(model.input),
        target: data.targetName ?? "target",
        classNames: data.classNames,
        parts: { train: parts.train.rows, validation: parts.validation?.rows, test: parts.test?.rows },
      },
      settings,
      seed,
      device: deviceFields(device),
    },
    metrics: {
      evaluatedOn,
      rows: (parts.test ?? parts.train).rows,
      ...held.scores,
      ...held.details,
      validation: validation?.scores ?? null,
      train: train.scores,
      ...trainingFields(trained),
      parameters: model.parameterCount,
      ...(last && { byLastValue: last }),
      warnings: [...trained.history.warnings, ...heldOutWarnings(plan)],
    },
    history: trained.history.epochs,
    ...(!loaded.text && {
      predictions: predictionsOf(held, data.classNames, parts.rowsOf?.[evaluatedOn], loss.isProbabilistic ?? false),
    }),
    report: last ? `${held.report}\nby the last value: R² ${score(last.r2)}, RMSE ${short(last.rmse)}\n` : held.report,
    line: held.line,
  };
}

/**
 * Sentences on rows that weren't trained on, and lie far from those that were. A column that
 * is the same in all rows of training, such as a corner's pixel, may differ in others.
 */
function heldOutWarnings({ model: { inputs, input, inputRange }, scaled }: Plan): string[] {
  if (!inputRange) return [];
  const { low, high } = inputRange;
  const varies = (bounds: readonly number[], otherwise: number) =>
    bounds.map((bound, i) => (low[i] < high[i] ? bound : otherwise));
  const range = { low: varies(low, Number.NEGATIVE_INFINITY), high: varies(high, Number.POSITIVE_INFINITY) };
  return (["validation", "test"] as const).flatMap((part) => {
    const data = scaled[part];
    return data
      ? farInputs({ inputs, input, inputRange: range }, data.features, data.featureNames).map(
          (warning) => `In the ${part} part: ${warning}`,
        )
      : [];
  });
}

/** A run as --json prints it. The history has no wall-clock times, so that equal runs print the same of it. */
export const runAsJson = ({ configuration, metrics, history }: Omit<FinishedRun, "predictions">) => {
  const { data, seed, settings, device } = configuration;
  return {
    data: data.name,
    seed,
    settings,
    ...device,
    ...metrics,
    history: history.map(({ seconds, ...record }) => record),
  };
};
