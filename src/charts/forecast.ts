import { DataError } from "../core/errors.js";
import { numbersIn, textsIn } from "../language/index.js";
import { regressionReport } from "../metrics/index.js";
import { light } from "./palette.js";
import { type ChartOptions, type ChartSpecification, chart, checkChart, rowsOf } from "./specification.js";

/** Options of `forecastChart`. */
export interface ForecastChartOptions extends ChartOptions {
  /** Of the predicted quantity, with its unit: "load (MW)". */
  target?: string;
  /** Numbers that were predicted for the places after the last, [steps]. */
  next?: ArrayLike<number>;
  /** Place of the first number in the series, counted from 1; 1. */
  first?: number;
}

/** Places that are drawn: of more the last ones. */
export const MOST_PLACES = 200;

/**
 * A series and what was predicted of it, place by place, with what is predicted to follow it.
 *
 * @param truth - [time]
 * @param predicted - [time]
 * @throws ArgumentError or DataError as `regressionReport`; DataError when a number of `next` isn't finite
 */
export function forecastChart(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  options: ForecastChartOptions = {},
): ChartSpecification {
  checkChart("forecastChart", options, { target: true, next: true, first: true });
  const { language = "en", target = "", next = [], first = 1, width = 540, height = 210 } = options;
  const texts = textsIn(language).chart;
  const numbers = numbersIn(language);
  const { rmse } = regressionReport(truth, predicted);
  if (!Array.from(next).every(Number.isFinite)) {
    throw new DataError("forecastChart: next has numbers that aren't finite. Give what forecast() gives.");
  }
  const from = Math.max(0, truth.length - MOST_PLACES);
  const line = (name: string, values: ArrayLike<number>, start: number, skipped = 0) =>
    Array.from(values, (y, i) => ({ x: start + i, y, line: name })).slice(skipped);
  // A line begins where the one that it goes on from ends.
  const following = next.length > 0 ? [truth[truth.length - 1], ...Array.from(next)] : [];
  const lines = [
    { name: texts.trueValue(target), color: light.soft, dash: [1, 0] },
    { name: texts.predictedValue(target), color: light.series[0], dash: [1, 0] },
    ...(next.length > 0 ? [{ name: texts.following, color: light.series[1], dash: [5, 3] }] : []),
  ];
  const names = lines.map(({ name }) => name);
  const points = [
    ...line(names[0], truth, first, from),
    ...line(names[1], predicted, first, from),
    ...line(names[2], following, first + truth.length - 1),
  ];
  const scaleOf = (range: readonly unknown[]) => ({ field: "line", type: "nominal", scale: { domain: names, range } });
  const body = {
    data: rowsOf(points),
    mark: { type: "line", strokeWidth: 1.5, strokeJoin: "round", ...(truth.length === 1 && { point: true }) },
    encoding: {
      x: {
        field: "x",
        type: "quantitative",
        title: texts.place,
        scale: { nice: false, zero: false },
        axis: { tickMinStep: 1, tickCount: 6, format: "d" },
      },
      y: { field: "y", type: "quantitative", title: null, scale: { zero: false }, axis: { tickCount: 5 } },
      color: { ...scaleOf(lines.map(({ color }) => color)), legend: { symbolType: "stroke" } },
      strokeDash: scaleOf(lines.map(({ dash }) => dash)),
    },
  };
  const description = texts.forecast({
    places: numbers.count(truth.length - from),
    rmse: numbers.short(rmse),
    ...(next.length > 0 && {
      next: {
        steps: numbers.count(next.length),
        from: numbers.short(next[0]),
        to: numbers.short(next[next.length - 1]),
      },
    }),
  });
  return chart(body, { ...options, width, height, description });
}
