import { ArgumentError } from "../../core/errors.js";
import { checkOptions } from "../../core/options.js";
import type { Dataset } from "../../data/dataset.js";
import type { Loss } from "../../losses/loss.js";
import { regressionReport } from "../../metrics/index.js";
import type { Trainer } from "../../training/trainer.js";
import type { ImageShape, PartName, Predictions, Run, RunData, Sample } from "../run.js";
import { rowsToShow } from "../sections/mistakes.js";
import { attentionOf } from "./attention.js";
import { insideOf } from "./inside.js";
import { modelOf } from "./model.js";
import { BESIDE_PARTS, DESCRIBE, type DescribeOptions } from "./options.js";
import { classesOf, predictionsOf } from "./predictions.js";
import { type ReadableRows, readableRows } from "./rows.js";
import { surfaceOf } from "./surface.js";
import { textOf, textSamples } from "./text.js";

const PARTS = ["train", "validation", "test"] as const;
const MOST_SAMPLES = 30;

/** See `describeRun` of `report.ts`. */
export async function describeRun(trainer: Trainer, given: DescribeOptions): Promise<Run> {
  checkOptions<object>("describeRun", given, { ...DESCRIBE, ...BESIDE_PARTS });
  const { history, kept, train, gradientNorms } = given ?? {};
  if (!train) throw new ArgumentError("describeRun: needs the training part: describeRun(trainer, { train, test }).");
  const options = { ...given, image: given.image ?? imageOf((given.readable ?? given).train.shape) };
  const part = options.test ? "test" : options.validation ? "validation" : "train";
  const { loss } = await trainer.training(false);
  if (!loss || trainer.model.inputs.length > 1) {
    throw new ArgumentError("describeRun: describes trainings of models with one input and one output.");
  }
  const predictions = await predictionsOf(trainer, loss, part, options);
  const names = predictions?.task === "classes" ? predictions.classNames : undefined;
  const text = textOf(options, part);
  const attention = options.text && (await attentionOf(trainer, options[part]!, options.text.tokenizer));
  const surface = predictions && (await surfaceOf(trainer, loss, options, names));
  return {
    name: options.name ?? train.name,
    ended: new Date().toISOString(),
    ...(history && { state: history.stopped ? "stopped" : "done" }),
    ...(options.seed !== undefined && { seed: options.seed }),
    environment: { device: trainer.device.description },
    ...(history && { seconds: history.epochs.reduce((sum, { seconds }) => sum + seconds, 0) }),
    data: dataOf(options, names, (data) => classesOf(data, loss, trainer.model.output)),
    model: { ...modelOf(trainer.model), ...(await insideOf(trainer, options[part]!, predictions, options.image)) },
    ...(history && {
      history: {
        epochs: history.epochs,
        kept: kept ?? history.epochs.at(-1)?.epoch,
        ...(gradientNorms && { gradientNorms }),
      },
    }),
    scores: options.scores ?? (await scoresOf(trainer, loss, predictions, options)),
    ...(predictions && { predictions: withSamples(predictions, readableRows(part, options), options) }),
    ...(surface && { surface }),
    ...(options.series && { series: options.series }),
    ...(text && { text: { ...text, ...(attention && { attention }) } }),
  };
}

const imageOf = (shape: readonly number[]): ImageShape | undefined =>
  shape.length === 3 && (shape[2] === 1 || shape[2] === 3)
    ? { height: shape[0], width: shape[1], channels: shape[2] }
    : undefined;

/** Loss and metrics of each part; of numbers also how far predictions are off, in the target's own unit. */
async function scoresOf(trainer: Trainer, loss: Loss, known: Predictions | undefined, options: DescribeOptions) {
  const scores: Partial<Record<PartName, Record<string, number>>> = {};
  for (const part of PARTS) {
    const data = options[part];
    if (!data) continue;
    const own: Record<string, number> = { ...(await trainer.evaluate(data)) };
    scores[part] = own;
    if (known?.task !== "values") continue;
    const said = part === known.part ? known : await predictionsOf(trainer, loss, part, options);
    if (said?.task !== "values") continue;
    const { r2, rmse, mae } = regressionReport(said.targets[0].truth, said.targets[0].predicted);
    Object.assign(own, { r2, rmse, mae });
  }
  return scores;
}

/** Keeps the data of the rows that a report shows. */
function withSamples(predictions: Predictions, data: ReadableRows, { rowsOf }: DescribeOptions): Predictions {
  if (predictions.task === "labels") return predictions;
  const rows = rowsOf?.[predictions.part];
  const { cells, worst } = rowsToShow(predictions);
  const places = new Set([...[...cells.values()].flatMap(({ places }) => places), ...worst]);
  const samples = [...places].map((place) => ({ place, ...sampleOf(data, place, rows) }));
  return { ...predictions, ...(rows && { rows }), samples };
}

const sampleOf = (data: ReadableRows, place: number, rows: ArrayLike<number> | undefined, label?: string): Sample => ({
  row: rows?.[place] ?? place,
  cells: data.cells(place),
  ...(label !== undefined && { label }),
});

function dataOf(
  options: DescribeOptions,
  classNames: readonly string[] | undefined,
  classesIn: (data: Dataset) => Uint32Array | undefined,
): RunData {
  const { table, readable = options, rowsOf, image } = options;
  const data = readableRows("train", options);
  const present = PARTS.filter((name) => options[name]);
  const { targetName = data.targetNames?.join(", ") } = table ? { targetName: undefined } : readable.train;
  const width = data.labels.length / data.rows;
  const classes = classNames && PARTS.map((part) => options[part] && classesIn(options[part]));
  const labelOf = (place: number) =>
    classNames ? classNames[classes![0]![place]] : width === 1 ? String(data.labels[place]) : undefined;
  const stride = Math.max(1, Math.floor(data.rows / MOST_SAMPLES));
  return {
    name: table?.name ?? readable.train.name,
    ...(targetName !== undefined && { target: targetName }),
    rows: Object.fromEntries(present.map((name) => [name, options[name]!.rows])),
    features: data.features,
    featureNames: data.names,
    ...(image && { image }),
    ...(classNames && {
      classNames,
      frequencies: Object.fromEntries(
        PARTS.flatMap((part, i) => {
          const own = classes![i];
          return own ? [[part, countsOf(own, classNames.length)] as const] : [];
        }),
      ),
    }),
    samples: Array.from({ length: Math.min(MOST_SAMPLES, data.rows) }, (_, i) =>
      sampleOf(data, i * stride, rowsOf?.train, labelOf(i * stride)),
    ),
    ...(options.text && textSamples(options.train, options.text.tokenizer)),
  };
}

function countsOf(classes: Uint32Array, count: number): number[] {
  const counts = new Array<number>(count).fill(0);
  for (const label of classes) counts[label]++;
  return counts;
}
