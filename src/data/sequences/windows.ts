import { DataError, ShapeError } from "../../core/errors.js";
import { checkCount, optionsOf } from "../../core/options.js";
import { Dataset } from "../dataset.js";

/** Options of `seriesWindows`. */
export interface SeriesWindowsOptions {
  /** Places of a row. */
  window: number;
  /** Places from a row's last one to the number that is to be predicted; 1, the next. */
  horizon?: number;
  /** Places from the beginning of a row to that of the next; 1. */
  stride?: number;
  /** The numbers to predict, [time]; the first feature where absent. */
  targets?: ArrayLike<number>;
  /** One name per feature. */
  featureNames?: readonly string[];
  targetName?: string;
  name?: string;
}

/** A series: a number for each place in time, or a list of features. */
export type Series = ArrayLike<number> | readonly ArrayLike<number>[];

/** Features of each place, [time, features], and how many there are. @param where - for messages */
export function seriesPlaces(
  where: string,
  series: Series,
): { values: Float64Array<ArrayBuffer>; time: number; features: number } {
  const time = series.length;
  if (time === 0) throw new DataError(`${where}: the series is empty.`);
  if (typeof series[0] === "number") {
    return { values: Float64Array.from(series as ArrayLike<number>), time, features: 1 };
  }
  const rows = series as readonly ArrayLike<number>[];
  const features = rows[0].length;
  const values = new Float64Array(time * features);
  for (let t = 0; t < time; t++) {
    if (rows[t].length !== features || features === 0) {
      throw new ShapeError(
        `${where}: every place must have as many features as the first, ${features}; place ${t} has ${rows[t].length}.`,
      );
    }
    values.set(rows[t], t * features);
  }
  return { values, time, features };
}

/**
 * Windows over a series, each with the number that follows: what a model that forecasts learns from. Rows are in the order of
 * time: take the first of them to train and the last to test, `data.take(...)`, not a split at random.
 *
 * @example seriesWindows(load, { window: 24 }) // of [time] numbers: features [rows, 24, 1], labels [rows]
 * @param series - [time] or [time, features]
 * @returns a data set of features [rows, window, features] with labels [rows]
 * @throws ArgumentError when a size isn't a positive integer; ShapeError when places have different features; DataError when
 * the series is too short for a row, or has NaN
 */
export function seriesWindows(series: Series, options: SeriesWindowsOptions): Dataset {
  const { window, horizon, stride, targets, featureNames, targetName, name } = optionsOf("seriesWindows", options, {
    window: undefined,
    horizon: 1,
    stride: 1,
    targets: undefined,
    featureNames: undefined,
    targetName: undefined,
    name: "",
  });
  for (const [option, value] of Object.entries({ window, horizon, stride })) {
    checkCount(`seriesWindows: ${option}`, value);
  }
  const { values, time, features } = seriesPlaces("seriesWindows", series);
  if (targets && targets.length !== time) {
    throw new ShapeError(`seriesWindows: targets must be ${time} numbers, one for each place, got ${targets.length}.`);
  }
  if (featureNames && featureNames.length !== features) {
    throw new ShapeError(`seriesWindows: featureNames must be ${features} names, got ${featureNames.length}.`);
  }
  const rows = Math.floor((time - window - horizon) / stride) + 1;
  if (!(rows >= 1)) {
    throw new DataError(
      `seriesWindows: ${time} places are too few for a window of ${window} and the number ${horizon} after it. Take a ` +
        "smaller window.",
    );
  }
  const inputs = new Float64Array(rows * window * features);
  const labels = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    const from = row * stride;
    inputs.set(values.subarray(from * features, (from + window) * features), row * window * features);
    const at = from + window - 1 + horizon;
    labels[row] = targets ? targets[at] : values[at * features];
  }
  const ago = (t: number) => (t === window - 1 ? "now" : `${window - 1 - t} ago`);
  return Dataset.from({
    name,
    features: inputs,
    labels,
    shape: [window, features],
    ...(featureNames && {
      featureNames: Array.from({ length: window * features }, (_, i) => {
        return `${featureNames[i % features]}, ${ago(Math.floor(i / features))}`;
      }),
    }),
    ...(targetName !== undefined && { targetName }),
  });
}
