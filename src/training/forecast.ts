import { ArgumentError, DataError, ShapeError } from "../core/errors.js";
import { checkArgument, checkCount, optionsOf } from "../core/options.js";
import { formatShape } from "../core/shape.js";
import { type Series, seriesPlaces } from "../data/sequences/windows.js";
import { Trainer } from "./trainer.js";

/** Options of `forecast`. */
export interface ForecastOptions {
  /** Places after the last of the series; 1. */
  steps?: number;
  /** Places from a window's last one to the number that the model predicts, as of `seriesWindows`; 1. */
  horizon?: number;
  /** The feature that is predicted, by its number: it is what is fed back; 0. */
  target?: number;
  /**
   * Features of places after the last, [places, features], for series of several: what isn't predicted must be known of every place
   * that a window reaches. Their target isn't read.
   */
  known?: readonly ArrayLike<number>[];
  /** A prediction as the model takes it among its features, where targets and features are scaled otherwise; as it is. */
  toFeature?: (prediction: number) => number;
}

/**
 * Numbers that follow a series, place after place, by a model of windows over it: what is predicted for a place is fed back into the
 * windows that reach it. So errors add up, and far places are less certain than a test on windows says.
 *
 * @example await forecast(trainer, load, { steps: 24 }) // trained on seriesWindows(load, { window: 48 })
 * @param series - [time] or [time, features], in the units that the model was trained in; its last places are the first window
 * @returns [steps], in the units of the labels
 * @throws ShapeError when the model isn't one of windows, or the series has other features; DataError when the series is shorter than
 * a window, or features of later places aren't known; ArgumentError when an option is out of range
 */
export async function forecast(trainer: Trainer, series: Series, options: ForecastOptions = {}): Promise<Float64Array> {
  const { steps, horizon, target, known, toFeature } = optionsOf("forecast", options, {
    steps: 1,
    horizon: 1,
    target: 0,
    known: [],
    toFeature: (prediction: number) => prediction,
  });
  checkArgument("forecast", "a Trainer", trainer, trainer instanceof Trainer);
  checkCount("forecast: steps", steps);
  checkCount("forecast: horizon", horizon);
  checkArgument("forecast", "toFeature as a function", toFeature, typeof toFeature === "function");
  const { input, output, inputs } = trainer.model;
  if (
    inputs.length !== 1 ||
    inputs[0].dtype === "u32" ||
    input.length !== 2 ||
    output.length !== 1 ||
    output[0] !== 1
  ) {
    throw new ShapeError(
      `forecast: the model must take windows [window, features] and put out one number, as one that is trained on seriesWindows() ` +
        `does; it takes ${formatShape(input)} and puts out ${formatShape(output)}.`,
    );
  }
  const [window, features] = input;
  if (!(Number.isInteger(target) && target >= 0 && target < features)) {
    throw new ArgumentError(`forecast: target must be the number of a feature, 0 to ${features - 1}, got ${target}.`);
  }
  const before = seriesPlaces("forecast", series);
  const after = known.length > 0 ? seriesPlaces("forecast: known", known) : { values: [], time: 0, features };
  for (const given of [before, after]) {
    if (given.features === features) continue;
    throw new ShapeError(
      `forecast: the model takes ${features} features of each place, the series has ${given.features}.`,
    );
  }
  const least = window + horizon - 1;
  if (before.time < least) {
    throw new DataError(
      `forecast: the first windows take ${least} places, the series has ${before.time}. Give more of it.`,
    );
  }
  const fedBack = Math.max(0, steps - horizon);
  if (features > 1 && after.time < fedBack) {
    throw new DataError(
      `forecast: windows reach over ${fedBack} places after the series, whose ${features - 1} other features aren't predicted. Give ` +
        `them as known, [${fedBack}, ${features}], or take ${horizon} steps, or train on the target alone.`,
    );
  }
  const places = Array.from({ length: least + fedBack }, (_, t) => {
    const from = t < least ? before : after;
    const at = (t < least ? before.time - least + t : t - least) * features;
    return Array.from({ length: features }, (_, i) => from.values[at + i] ?? 0);
  });
  const predicted = new Float64Array(steps);
  for (let step = 0; step < steps; step++) {
    const seen = Float32Array.from(places.slice(step, step + window).flat());
    const { values } = await trainer.predict(seen, { probabilities: true });
    predicted[step] = values[0];
    if (least + step < places.length) places[least + step][target] = toFeature(predicted[step]);
  }
  return predicted;
}
