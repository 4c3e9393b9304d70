import { numbersIn, textsIn } from "../language/index.js";
import { regressionReport } from "../metrics/index.js";
import { light } from "./palette.js";
import { type ChartOptions, type ChartSpecification, chart, checkChart, rowsOf } from "./specification.js";

/** Options of `predictionChart` and `residualChart`. */
export interface RegressionChartOptions extends ChartOptions {
  /** Of the predicted quantity, with its unit: "price (€)". */
  target?: string;
}

/** More rows than this would cover each other: they are counted in squares instead. */
export const MOST_DOTS = 1500;
const SQUARES = 36;

/**
 * Predicted against true values, a dot for each row; where there are many, how many lie in each square. What lies on the
 * diagonal is right.
 *
 * @param truth - [rows]
 * @param predicted - [rows]
 * @throws ArgumentError or DataError as `regressionReport`
 */
export function predictionChart(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  options: RegressionChartOptions = {},
): ChartSpecification {
  checkChart("predictionChart", options, { target: true });
  const { language = "en", target = "", width = 260, height = 260 } = options;
  const texts = textsIn(language).chart;
  const numbers = numbersIn(language);
  const { r2, rmse } = regressionReport(truth, predicted);
  const points = Array.from(truth, (x, row) => ({ x, y: predicted[row] }));
  const both = rangeOf([...points.map(({ x }) => x), ...points.map(({ y }) => y)]);
  const scale = { domain: both, nice: true, zero: false };
  const body = {
    encoding: {
      x: { field: "x", type: "quantitative", title: texts.trueValue(target), scale, axis: { tickCount: 5 } },
      y: { field: "y", type: "quantitative", title: null, scale, axis: { tickCount: 5 } },
    },
    layer: [
      ...dots(points, { x: both, y: both }),
      {
        data: rowsOf(both.map((value) => ({ x: value, y: value }))),
        mark: { type: "line", color: light.soft, strokeWidth: 1, strokeDash: [3, 3] },
      },
    ],
  };
  const description = texts.predictedAgainstTrue({
    rows: numbers.count(points.length),
    r2: numbers.fixed(r2, 3),
    rmse: numbers.short(rmse),
  });
  return chart(body, { ...options, width, height, description, vertical: texts.predictedValue(target) });
}

/**
 * Residuals, predicted minus true, against the predicted values: a band of the same width around zero, without a bend,
 * where the model has found what there is to find.
 *
 * @param truth - [rows]
 * @param predicted - [rows]
 * @throws ArgumentError or DataError as `regressionReport`
 */
export function residualChart(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  options: RegressionChartOptions = {},
): ChartSpecification {
  checkChart("residualChart", options, { target: true });
  const { language = "en", target = "", width = 260, height = 260 } = options;
  const texts = textsIn(language).chart;
  const numbers = numbersIn(language);
  regressionReport(truth, predicted); // checks both
  const points = Array.from(predicted, (x, row) => ({ x, y: x - truth[row] }));
  const x = rangeOf(points.map((point) => point.x));
  const y = rangeOf([0, ...points.map((point) => point.y)]);
  const mean = points.reduce((sum, point) => sum + point.y, 0) / points.length;
  const variance = points.reduce((sum, point) => sum + (point.y - mean) ** 2, 0) / points.length;
  const body = {
    encoding: {
      x: {
        field: "x",
        type: "quantitative",
        title: texts.predictedValue(target),
        scale: { domain: x, nice: true, zero: false },
        axis: { tickCount: 5 },
      },
      y: {
        field: "y",
        type: "quantitative",
        title: null,
        scale: { domain: y, nice: true },
        axis: { tickCount: 5 },
      },
    },
    layer: [
      ...dots(points, { x, y }),
      {
        data: rowsOf([{ y: 0 }]),
        mark: { type: "rule", color: light.soft, strokeDash: [3, 3] },
        encoding: { x: null },
      },
    ],
  };
  const description = texts.residuals({
    rows: numbers.count(points.length),
    mean: numbers.short(mean),
    deviation: numbers.short(Math.sqrt(variance)),
    largest: numbers.short(points.reduce((most, point) => Math.max(most, Math.abs(point.y)), 0)),
  });
  return chart(body, { ...options, width, height, description, vertical: texts.residual });
}

/** Least and greatest; one apart where they are the same. */
function rangeOf(values: readonly number[]): [number, number] {
  const least = values.reduce((a, b) => Math.min(a, b));
  const greatest = values.reduce((a, b) => Math.max(a, b));
  return least === greatest ? [least - 0.5, greatest + 0.5] : [least, greatest];
}

function dots(points: readonly { x: number; y: number }[], range: Record<"x" | "y", readonly [number, number]>) {
  if (points.length <= MOST_DOTS) {
    return [{ data: rowsOf(points), mark: { type: "circle", size: 26, color: light.series[0], opacity: 0.55 } }];
  }
  const squares = countSquares(points, range);
  const most = squares.reduce((a, { rows }) => Math.max(a, rows), 0);
  return [
    {
      data: rowsOf(squares.map((square) => ({ ...square, strength: 0.12 + 0.88 * Math.sqrt(square.rows / most) }))),
      mark: { type: "rect", color: light.series[0] },
      encoding: {
        x2: { field: "x2" },
        y2: { field: "y2" },
        fillOpacity: { field: "strength", type: "quantitative", scale: null },
      },
    },
  ];
}

/** Numbers of points in the squares that aren't empty. */
function countSquares(
  points: readonly { x: number; y: number }[],
  { x, y }: Record<"x" | "y", readonly [number, number]>,
) {
  const counts = new Map<number, number>();
  const place = (value: number, [from, to]: readonly [number, number]) =>
    Math.min(SQUARES - 1, Math.floor(((value - from) / (to - from)) * SQUARES));
  for (const point of points) {
    const key = place(point.x, x) * SQUARES + place(point.y, y);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  const edge = (index: number, [from, to]: readonly [number, number]) => from + ((to - from) * index) / SQUARES;
  return [...counts].map(([key, rows]) => {
    const [column, row] = [Math.floor(key / SQUARES), key % SQUARES];
    return { x: edge(column, x), x2: edge(column + 1, x), y: edge(row, y), y2: edge(row + 1, y), rows };
  });
}
