import { ArgumentError } from "../core/errors.js";
import { checkArgument, checkOptions } from "../core/options.js";
import { Preprocessing } from "../data/preprocessing/preprocessing.js";
import { type RawRows, sourceOf } from "../data/preprocessing/raw-rows.js";
import { unscale } from "../data/preprocessing/target.js";
import { everyRow } from "../data/table/columns.js";
import type { Loss } from "../losses/index.js";
import { argmaxRows } from "../metrics/index.js";
import type { Predictor } from "./predictor.js";
import type { Trainer } from "./trainer.js";

/** Options of `predictRows`. */
export interface PredictRowsOptions {
  /** Also the probability of each class. Default false. */
  probabilities?: boolean;
}

/** Predictions for raw rows, in the words and the unit of the table that the model was trained on. */
export interface RowPredictions {
  /** A class for each row; or a number, or one for each target, in the target's own unit. */
  values: (string | number | number[])[];
  /** The classes, where there are any. */
  classNames: readonly string[] | undefined;
  /** [rows][classes], where they were asked for. */
  probabilities: number[][] | undefined;
  /** Sentences on rows that lie far outside those it was trained on: predictions for them mean little. */
  warnings: string[];
}

/**
 * Predicts for raw rows of a table: names of classes, or numbers in their own unit.
 *
 * @param rows - a table, or records by the names of columns: in any order, with gaps, others passed over
 * @throws ArgumentError when the model keeps no preprocessing, or probabilities are asked of one that predicts numbers;
 * DataError when a column is absent or can't be read
 */
export async function predictRows(
  trainer: Trainer | Predictor,
  rows: RawRows,
  options: PredictRowsOptions = {},
): Promise<RowPredictions> {
  checkOptions("predictRows", options, { probabilities: "switch" });
  const isTrainer = typeof trainer?.predict === "function" && trainer.model !== undefined;
  checkArgument("predictRows", "a trainer or a predictor", trainer, isTrainer);
  const { model } = trainer;
  if (!model.preprocessing) {
    throw new ArgumentError(
      "predictRows: the model keeps no preprocessing; train it on a part of a table (readTable).",
    );
  }
  const preprocessing = Preprocessing.fromJSON(model.preprocessing);
  const { target } = preprocessing;
  const source = sourceOf(preprocessing, rows);
  const warnings = preprocessing.warningsFor(source, everyRow(source.rows));
  const { shape, values } = await trainer.predict(source, { probabilities: true });
  const width = shape[1] ?? 1;
  if (target?.kind === "classes") {
    const { classNames } = target;
    const boundary = width === 1 ? ((await lossOf(trainer))?.boundary ?? 0.5) : 0;
    const labels =
      width > 1 ? argmaxRows(values, width) : Uint32Array.from(values, (value) => Number(value > boundary));
    return {
      values: Array.from(labels, (label) => classNames[label]),
      classNames,
      probabilities: options.probabilities ? probabilitiesOf(values, width) : undefined,
      warnings,
    };
  }
  if (options.probabilities) throw new ArgumentError("predictRows: this model predicts numbers, not classes.");
  if (target && width !== target.names.length) {
    const loss = await lossOf(trainer);
    throw new ArgumentError(
      `predictRows: the model puts out ${width} numbers for ${target.names.length} ${target.names.length > 1 ? "targets" : "target"}, as its loss ` +
        `"${loss?.config.loss}" wants them. Take trainer.predict(rows, { probabilities: true }), which gives them in the ` +
        "standardised unit that the model was trained in.",
    );
  }
  const numbers = target ? unscale(values, target) : Float64Array.from(values);
  const each = (row: number) => (width === 1 ? numbers[row] : [...numbers.subarray(row * width, (row + 1) * width)]);
  return {
    values: Array.from({ length: shape[0] }, (_, row) => each(row)),
    classNames: undefined,
    probabilities: undefined,
    warnings,
  };
}

/** The loss of a model of one output. */
const lossOf = async (of: Trainer | Predictor): Promise<Loss | undefined> =>
  "losses" in of ? (await of.losses())[0].loss : (await of.training(false)).loss;

/** Of one output the probability of the second class, else one for each. */
function probabilitiesOf(values: Float32Array, width: number): number[][] {
  const rows = Array.from({ length: values.length / width }, (_, row) => [
    ...values.subarray(row * width, (row + 1) * width),
  ]);
  return width === 1 ? rows.map(([yes]) => [1 - yes, yes]) : rows;
}
