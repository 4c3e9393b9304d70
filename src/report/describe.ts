import type { DecisionSurface } from "../charts/index.js";
import { ArgumentError } from "../core/errors.js";
import { sizeOf } from "../core/shape.js";
import type { Dataset } from "../data/dataset.js";
import { exactOf } from "../data/exact.js";
import type { Loss, Targets } from "../losses/loss.js";
import { argmaxRows, regressionReport } from "../metrics/index.js";
import type { Model } from "../model/model.js";
import type { Activation } from "../ops/activations.js";
import type { History } from "../training/history.js";
import type { Trainer } from "../training/trainer.js";
import { sampleActivation } from "./activation-samples.js";
import type { ImageShape, PartName, Predictions, Run, RunData, RunModel, Sample } from "./run.js";
import { rowsToShow } from "./sections/mistakes.js";

/** Options of `describeRun`. */
export interface DescribeOptions {
  /** Name of the run; the training data's name by default. */
  name?: string;
  /** History that `fit` returned. */
  history?: History;
  /** The epoch whose parameters the model has, where early stopping went back to it. */
  kept?: number;
  /** The parts of the data as the model sees them. */
  train: Dataset;
  validation?: Dataset;
  /** Rows held out: what the report's figures are of. Where absent, those of the validation or the training part. */
  test?: Dataset;
  /** The same parts as people read them, before they were scaled. */
  readable?: { train: Dataset; validation?: Dataset; test?: Dataset };
  /** Rows of the data set that are in each part, from 0. */
  rowsOf?: Readonly<Partial<Record<PartName, ArrayLike<number>>>>;
  /**
   * The target's own units, where it was scaled for training: what comes of the numbers that the model puts out, [rows,
   * ...output] to the same shape.
   */
  unscale?: (values: Float32Array) => ArrayLike<number>;
  /** Shape of rows that are images; by default that of a sample if it is [height, width, channels]. */
  image?: ImageShape;
  gradientNorms?: NonNullable<Run["history"]>["gradientNorms"];
  /** That the training was given, for the page. */
  seed?: number;
}

const MOST_SAMPLES = 30;
const MOST_WEIGHTS = 2 ** 20;
const SURFACE_STEPS = 60;

/** See `describeRun` of `report.ts`. */
export async function describeRun(trainer: Trainer, options: DescribeOptions): Promise<Run> {
  const { history, kept, train, readable = options, gradientNorms } = options;
  if (!train) throw new ArgumentError("describeRun: needs the training part: describeRun(trainer, { train, test }).");
  const part = options.test ? "test" : options.validation ? "validation" : "train";
  const { loss } = await trainer.training(false);
  const predictions = await predictionsOf(trainer, loss!, part, options);
  const scores: Record<string, Record<string, number>> = {};
  for (const name of ["train", "validation", "test"] as const) {
    const data = options[name];
    if (!data) continue;
    scores[name] = { ...(await trainer.evaluate(data)) };
    const said = name === part ? predictions : await predictionsOf(trainer, loss!, name, options);
    if (said.task !== "values") continue;
    const { r2, rmse, mae } = regressionReport(said.targets[0].truth, said.targets[0].predicted);
    Object.assign(scores[name], { r2, rmse, mae });
  }
  const image = options.image ?? imageOf(readable.train.shape);
  const names = predictions.task === "classes" ? predictions.classNames : undefined;
  const last = history?.epochs.at(-1)?.epoch;
  return {
    name: options.name ?? train.name,
    ended: new Date().toISOString(),
    ...(history && { state: history.stopped ? "stopped" : "done" }),
    ...(options.seed !== undefined && { seed: options.seed }),
    environment: { device: trainer.device.description },
    ...(history && { seconds: history.epochs.reduce((sum, { seconds }) => sum + seconds, 0) }),
    data: dataOf(readable, options.rowsOf?.train, names, image),
    model: modelOf(trainer.model),
    ...(history && {
      history: { epochs: history.epochs, kept: kept ?? last, ...(gradientNorms && { gradientNorms }) },
    }),
    scores,
    predictions: withSamples(predictions, readable[part]!, options.rowsOf?.[part]),
    ...(sizeOf(trainer.model.input) === 2 && { surface: await surfaceOf(trainer, loss!, options, names) }),
  };
}

const imageOf = (shape: readonly number[]): ImageShape | undefined =>
  shape.length === 3 && (shape[2] === 1 || shape[2] === 3)
    ? { height: shape[0], width: shape[1], channels: shape[2] }
    : undefined;

/** Predictions for a part, as the loss understands its labels: classes, labels or numbers. */
async function predictionsOf(
  trainer: Trainer,
  loss: Loss,
  part: PartName,
  { readable, unscale = (values) => values, ...options }: DescribeOptions,
): Promise<Predictions> {
  const data = options[part]!;
  const shown = readable?.[part] ?? data;
  const outputs = sizeOf(trainer.model.output);
  const { values } = await trainer.predict(data, { probabilities: true });
  const targets = loss.encode(data, outputs);
  const truth = classesOf(targets, outputs);
  const probabilities = loss.isProbabilistic && { probabilities: values };
  const isYesOrNo = loss.isProbabilistic || loss.boundary !== undefined;
  if (truth) {
    return {
      task: "classes",
      part,
      classNames: namesOf(shown, outputs),
      truth,
      predicted: argmaxRows(values, outputs),
      ...probabilities,
    };
  }
  if (isYesOrNo && outputs === 1) {
    const yes = Uint32Array.from(targets.values, (value) => Number(value > 0));
    const predicted = Uint32Array.from(values, (value) => Number(value > (loss.boundary ?? 0.5)));
    return { task: "classes", part, classNames: namesOf(shown, 2), truth: yes, predicted, ...probabilities };
  }
  const names = Array.from({ length: outputs }, (_, i) =>
    outputs === 1 ? (shown.targetName ?? "target") : `output ${i + 1}`,
  );
  if (loss.isProbabilistic) {
    return { task: "labels", part, labelNames: names, truth: targets.values, probabilities: values };
  }
  const column = (all: ArrayLike<number>, i: number) =>
    outputs === 1 ? all : Array.from({ length: data.rows }, (_, row) => all[row * outputs + i]);
  const own = shown === data ? targets.values : exactOf(shown.labels as Float32Array);
  const unscaled = unscale(values);
  return {
    task: "values",
    part,
    targets: names.map((name, i) => ({ name, truth: column(own, i), predicted: column(unscaled, i) })),
  };
}

/** Class indices, where a row has one right output of several. */
function classesOf({ values, oneOfSeveral }: Targets, outputs: number): Uint32Array | undefined {
  if (values instanceof Uint32Array) return values;
  return oneOfSeveral && outputs > 1 ? argmaxRows(values, outputs) : undefined;
}

const namesOf = ({ classNames }: Dataset, classes: number): readonly string[] =>
  classNames?.length === classes ? classNames : Array.from({ length: classes }, (_, label) => String(label));

/** Keeps the data of the rows that a report shows. */
function withSamples(predictions: Predictions, data: Dataset, rows: ArrayLike<number> | undefined): Predictions {
  if (predictions.task === "labels") return predictions;
  const { cells, worst } = rowsToShow(predictions);
  const places = new Set([...[...cells.values()].flatMap(({ places }) => places), ...worst]);
  const samples = new Map([...places].map((place) => [place, sampleOf(data, place, rows)]));
  return { ...predictions, ...(rows && { rows }), samples };
}

function sampleOf(data: Dataset, place: number, rows: ArrayLike<number> | undefined, label?: string): Sample {
  const size = sizeOf(data.shape);
  const cells = data.features.slice(place * size, (place + 1) * size);
  return { row: rows?.[place] ?? place, cells, ...(label !== undefined && { label }) };
}

function dataOf(
  parts: NonNullable<DescribeOptions["readable"]>,
  rows: ArrayLike<number> | undefined,
  classNames: readonly string[] | undefined,
  image: ImageShape | undefined,
): RunData {
  const { train } = parts;
  const names = ["train", "validation", "test"] as const;
  const present = names.filter((name) => parts[name]);
  const size = sizeOf(train.shape);
  const stride = Math.max(1, Math.floor(train.rows / MOST_SAMPLES));
  const labelOf = (place: number) =>
    classNames ? classNames[train.labels[place]] : String(exactOf(train.labels as Float32Array)[place]);
  return {
    name: train.name,
    ...(train.targetName !== undefined && { target: train.targetName }),
    rows: Object.fromEntries(present.map((name) => [name, parts[name]!.rows])),
    features: size,
    featureNames: train.featureNames ?? Array.from({ length: size }, (_, i) => String(i + 1)),
    ...(image && { image }),
    ...(classNames && {
      classNames,
      frequencies: Object.fromEntries(present.map((name) => [name, countsOf(parts[name]!, classNames.length)])),
    }),
    samples: Array.from({ length: Math.min(MOST_SAMPLES, train.rows) }, (_, i) =>
      sampleOf(train, i * stride, rows, train.targetShape.length === 0 || classNames ? labelOf(i * stride) : undefined),
    ),
  };
}

function countsOf({ labels, rows, targetShape }: Dataset, classes: number): number[] {
  const counts = new Array<number>(classes).fill(0);
  const width = sizeOf(targetShape);
  if (width > 1) for (const label of argmaxRows(labels as Float32Array, width)) counts[label]++;
  else
    for (let row = 0; row < rows; row++) counts[labels[row] > 0 || labels instanceof Uint32Array ? labels[row] : 0]++;
  return counts;
}

/** Layers of a model, with their weights if there aren't too many to draw. */
export function modelOf(model: Model): RunModel {
  const parameters = model.parameters();
  const used = new Map<string, Activation>();
  const layers = model.outline.map(({ name, kind, output, parameters: count }, i) => {
    const { activation } = (model.layers[i].layer.config ?? {}) as { activation?: Activation };
    const weight = parameters.get(`${name}.weight`);
    const label = typeof activation === "object" ? activation.name : activation;
    if (activation !== undefined && label !== "linear") used.set(label!, activation);
    const isDrawn = weight?.shape.length === 2 && weight.values.length <= MOST_WEIGHTS;
    return {
      name,
      kind,
      output,
      parameters: count,
      ...(label && { activation: label }),
      ...(isDrawn && { weights: weight.values }),
    };
  });
  return {
    input: model.input,
    layers,
    parameters: model.parameterCount,
    activations: [...used.values()].map(sampleActivation),
  };
}

/** The model's answers on a grid over its two features, a little beyond the training rows. */
async function surfaceOf(
  trainer: Trainer,
  loss: Loss,
  { train, readable, unscale }: DescribeOptions,
  classNames: readonly string[] | undefined,
): Promise<DecisionSurface> {
  const shown = readable?.train ?? train;
  const axis = (data: Dataset, feature: number) => {
    let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (let i = feature; i < data.features.length; i += 2) {
      least = Math.min(least, data.features[i]);
      greatest = Math.max(greatest, data.features[i]);
    }
    const margin = (greatest - least || 1) * 0.05;
    const step = (greatest - least + 2 * margin) / (SURFACE_STEPS - 1);
    return Array.from({ length: SURFACE_STEPS }, (_, i) => least - margin + i * step);
  };
  const [x, y] = [axis(train, 0), axis(train, 1)];
  const grid = new Float32Array(y.flatMap((b) => x.flatMap((a) => [a, b])));
  const { values } = await trainer.predict(grid, { probabilities: true });
  const stride = Math.ceil(shown.rows / 400);
  const points = Array.from({ length: Math.ceil(shown.rows / stride) }, (_, i) => ({
    x: shown.features[2 * i * stride],
    y: shown.features[2 * i * stride + 1],
    ...(classNames && { label: shown.labels[i * stride] }),
  }));
  const name = (feature: number) => shown.featureNames?.[feature] ?? `x${feature + 1}`;
  const isClass = classNames !== undefined && loss.isProbabilistic;
  return {
    x: { name: name(0), values: axis(shown, 0) },
    y: { name: name(1), values: axis(shown, 1) },
    scores: isClass ? values : (unscale?.(values) ?? values),
    ...(isClass && { classNames }),
    points: isClass || !classNames ? points : [],
  };
}
