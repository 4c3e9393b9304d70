import { Evaluator } from "../../checks/evaluator.js";
import { type Shape, sizeOf } from "../../core/shape.js";
import type { Dataset } from "../../data/dataset.js";
import { variable } from "../../graph/tensor.js";
import type { Loss } from "../../losses/loss.js";
import { areByPlace, ofOutput } from "../../losses/places.js";
import { argmaxRows } from "../../metrics/index.js";
import type { Trainer } from "../../training/trainer.js";
import type { PartName, Predictions } from "../run.js";
import type { DescribeOptions } from "./options.js";
import { readableRows, unscaled } from "./rows.js";

/**
 * Predictions for a part, as the loss understands its labels: classes, labels or numbers. Undefined where no number that
 * the model puts out is one for a target, or targets aren't known.
 */
export async function predictionsOf(
  trainer: Trainer,
  loss: Loss,
  part: PartName,
  options: DescribeOptions,
): Promise<Predictions | undefined> {
  const data = options[part]!;
  const outputs = sizeOf(trainer.model.output);
  const encoded = ofOutput(loss, trainer.model.output).encode(data, outputs);
  if (areByPlace(encoded)) return undefined;
  const targets = encoded.values instanceof Uint32Array ? outputs : sizeOf(encoded.shape.slice(1));
  if (encoded.weights?.includes(0) || (targets !== outputs && !loss.estimate)) return undefined;
  const { values } = await trainer.predict(data, { probabilities: true });
  const probabilities = loss.isProbabilistic && { probabilities: values };
  const truth = classesOf(data, loss, trainer.model.output);
  if (truth) {
    const boundary = loss.boundary ?? 0.5;
    const predicted = outputs > 1 ? argmaxRows(values, outputs) : Uint32Array.from(values, (v) => Number(v > boundary));
    return { task: "classes", part, classNames: namesOf(part, options, outputs), truth, predicted, ...probabilities };
  }
  const { labels, targetNames = ["target"] } = readableRows(part, options);
  const isNamed = targetNames.length === targets;
  const names = Array.from({ length: targets }, (_, i) => (isNamed ? targetNames[i] : `output ${i + 1}`));
  if (loss.isProbabilistic) {
    return { task: "labels", part, labelNames: names, truth: encoded.values, probabilities: values };
  }
  const column = (all: ArrayLike<number>, i: number) =>
    targets === 1 ? all : Array.from({ length: data.rows }, (_, row) => all[row * targets + i]);
  const own = labels.length === data.rows * targets ? labels : encoded.values;
  const said = unscaled(options)(estimatesOf(loss, values, [data.rows, outputs]));
  return {
    task: "values",
    part,
    targets: names.map((name, i) => ({ name, truth: column(own, i), predicted: column(said, i) })),
  };
}

/** The number for each target among a model's outputs [rows, outputs]. */
function estimatesOf({ estimate }: Loss, values: Float32Array<ArrayBuffer>, shape: Shape): Float32Array<ArrayBuffer> {
  if (!estimate) return values;
  const outputs = variable("outputs", shape);
  const estimates = estimate(outputs);
  const evaluator = new Evaluator([estimates]);
  evaluator.set(new Map([[outputs, values]]));
  evaluator.run();
  return Float32Array.from(evaluator.of(estimates));
}

/** Class indices, where a row has one right output of several, or one that is yes or no. @param shape - of a row's output */
export function classesOf(data: Dataset, loss: Loss, shape: Shape): Uint32Array | undefined {
  const outputs = sizeOf(shape);
  const targets = ofOutput(loss, shape).encode(data, outputs);
  if (areByPlace(targets)) return undefined;
  const { values, multiclass } = targets;
  if (values instanceof Uint32Array) return values;
  if (outputs > 1) return multiclass ? argmaxRows(values, outputs) : undefined;
  const isYesOrNo = loss.isProbabilistic || loss.boundary !== undefined;
  return isYesOrNo ? Uint32Array.from(values, (value) => Number(value > 0)) : undefined;
}

/** Names of the classes; counted where they have none. */
function namesOf(part: PartName, { table, readable, ...parts }: DescribeOptions, outputs: number): readonly string[] {
  const classes = Math.max(outputs, 2);
  const { classNames } = table ?? readable?.[part] ?? parts[part]!;
  return classNames?.length === classes ? classNames : Array.from({ length: classes }, (_, label) => String(label));
}
