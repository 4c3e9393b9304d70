import { DataError } from "../core/errors.js";
import { numbersIn, textsIn } from "../language/index.js";
import { light } from "./palette.js";
import { type ChartOptions, type ChartSpecification, chart, checkChart, rowsOf } from "./specification.js";
import { MOST_TOLD, numberAxis, spansMagnitudes } from "./trials.js";

/** A trial by two objectives. */
export interface ParetoPoint {
  /** Value of the objective that goes to the right. */
  x: number;
  /** Value of the objective that goes upwards. */
  y: number;
  /** Its name among others: "trial 12". */
  name?: string;
}

/** An objective as an axis. */
export interface ParetoAxis {
  /** Name of the score: "accuracy". */
  score: string;
  /** Which way it gets better; "lower". */
  better?: "higher" | "lower";
}

/**
 * Pareto front of two objectives: a dot for each trial, and as a line those that none is better than in both.
 *
 * @param axes - of x and of y
 * @throws DataError when no point has two finite values
 * @throws ArgumentError when the language is unknown
 */
export function paretoChart(
  points: readonly ParetoPoint[],
  axes: { x: ParetoAxis; y: ParetoAxis },
  options: ChartOptions = {},
): ChartSpecification {
  checkChart("paretoChart", options, {});
  const { language = "en" } = options;
  const { chart: texts, scores } = textsIn(language);
  const numbers = numbersIn(language);
  const finite = points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y));
  if (finite.length === 0) throw new DataError("paretoChart: no point has two finite values. Pass at least one.");
  const front = frontOf(finite, axes);
  const nameOf = ({ score }: ParetoAxis) => scores[score] ?? score;
  const told = finite.length <= MOST_TOLD;
  const rowOf = ({ x, y, name }: ParetoPoint) => ({
    x,
    y,
    ...(told && {
      text: `${name ? `${name}: ` : ""}${nameOf(axes.x)} ${numbers.short(x)}, ${nameOf(axes.y)} ${numbers.short(y)}`,
    }),
  });
  const onFront = new Set(front);
  const [xs, ys] = [finite.map(({ x }) => x), finite.map(({ y }) => y)];
  const isLogarithmic = spansMagnitudes(xs);
  const titled = (axis: ParetoAxis, isLog: boolean) =>
    isLog ? `${nameOf(axis)} (${texts.logarithmic})` : nameOf(axis);
  const encoding = {
    x: { field: "x", type: "quantitative", title: titled(axes.x, isLogarithmic), ...numberAxis(xs) },
    y: { field: "y", type: "quantitative", title: null, ...numberAxis(ys) },
  };
  const description = told ? { description: { field: "text" } } : {};
  const body = {
    encoding,
    layer: [
      {
        data: rowsOf(finite.filter((point) => !onFront.has(point)).map(rowOf)),
        mark: { type: "point", filled: true, color: light.series[0], size: 30, opacity: 0.55 },
        encoding: description,
      },
      {
        data: rowsOf(front.map(rowOf)),
        mark: { type: "line", color: light.series[1], strokeWidth: 1.5, interpolate: "linear" },
      },
      {
        data: rowsOf(front.map(rowOf)),
        mark: { type: "point", filled: true, color: light.series[1], size: 60, opacity: 1 },
        encoding: description,
      },
    ],
  };
  return chart(body, {
    ...options,
    description: texts.pareto({
      x: nameOf(axes.x),
      y: nameOf(axes.y),
      trials: numbers.count(finite.length),
      front: front.map(({ x, y }) => `${numbers.short(x)}, ${numbers.short(y)}`),
    }),
    vertical: titled(axes.y, spansMagnitudes(ys)),
  });
}

/** Points that none is better than in both, from the left. */
function frontOf(points: readonly ParetoPoint[], axes: { x: ParetoAxis; y: ParetoAxis }): ParetoPoint[] {
  const lossOf = ({ better = "lower" }: ParetoAxis, value: number) => (better === "lower" ? value : -value);
  const losses = points.map((point) => ({ point, x: lossOf(axes.x, point.x), y: lossOf(axes.y, point.y) }));
  losses.sort((a, b) => a.x - b.x || a.y - b.y);
  let least = Number.POSITIVE_INFINITY;
  const front = losses.filter(({ y }) => {
    if (y >= least) return false;
    least = y;
    return true;
  });
  return front.map(({ point }) => point).sort((a, b) => a.x - b.x);
}
