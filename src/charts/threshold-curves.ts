import { ArgumentError } from "../core/errors.js";
import { type Language, numbersIn, textsIn } from "../language/index.js";
import { averagePrecision, precisionRecallCurve, rocAuc, rocCurve } from "../metrics/index.js";
import { dashes, light } from "./palette.js";
import { type ChartOptions, type ChartSpecification, chart, checkChart, rowsOf } from "./specification.js";
import { legendColumns } from "./text-width.js";
import { thinCurve } from "./thin.js";

/** Options of `rocChart` and `precisionRecallChart`. */
export interface ThresholdCurveOptions extends ChartOptions {
  /** Of all classes where there are several; of both, no and yes, where there is one score a row. */
  classNames?: readonly string[];
}

/** More curves than colours can't be told apart: beyond six those with the smallest areas are drawn. */
export const MOST_CURVES = light.series.length;

interface Curve {
  name: string;
  area: number;
  points: readonly { x: number; y: number }[];
}

/**
 * ROC curves: the share of a class's rows that are found against the share of the others' that are taken for it, at every
 * threshold. Of two classes the second, as the first one's curve is its mirror image with the same area; of more each
 * against the rest, with its area; beyond six the hardest are drawn.
 *
 * @param truth - [rows], class indices; 0 and 1 where a row has one score
 * @param scores - [rows], larger for yes, or [rows, classes], row-major
 * @throws ArgumentError or DataError as `rocCurve`, and when no class has both rows of its own and others
 */
export function rocChart(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  options: ThresholdCurveOptions = {},
): ChartSpecification {
  checkChart("rocChart", options, { classNames: true });
  const texts = textsIn(options.language ?? "en").chart;
  const isPair = scores.length === 2 * truth.length;
  const own = isPair ? Array.from(truth, (_, row) => scores[2 * row + 1]) : scores;
  const curves = curvesOf("rocChart", truth, own, options, (name, isClass, score) => {
    const { falsePositiveRate, truePositiveRate } = rocCurve(isClass, score);
    const points = falsePositiveRate.map((x, i) => ({ x, y: truePositiveRate[i] }));
    return { name, area: rocAuc(isClass, score), points: thinCurve(points) };
  });
  return curvesChart(curves, options, {
    x: texts.falsePositiveRate,
    y: texts.truePositiveRate,
    diagonal: texts.chance,
    interpolate: "linear",
    describe: texts.roc,
  });
}

/**
 * Precision against recall at every threshold, with the average precision; of several classes as `rocChart`.
 *
 * @param truth - [rows], class indices; 0 and 1 where a row has one score
 * @param scores - [rows], larger for yes, or [rows, classes], row-major
 * @throws ArgumentError or DataError as `precisionRecallCurve`, and when no class has both rows of its own and others
 */
export function precisionRecallChart(
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  options: ThresholdCurveOptions = {},
): ChartSpecification {
  checkChart("precisionRecallChart", options, { classNames: true });
  const texts = textsIn(options.language ?? "en").chart;
  const curves = curvesOf("precisionRecallChart", truth, scores, options, (name, isClass, score) => {
    const { precision, recall } = precisionRecallCurve(isClass, score);
    const points = recall.map((x, i) => ({ x, y: precision[i] })).reverse();
    return { name, area: averagePrecision(isClass, score), points: thinCurve(points) };
  });
  return curvesChart(curves, options, {
    x: texts.recall,
    y: texts.precision,
    interpolate: "step-before",
    describe: texts.precisionRecall,
  });
}

/** A curve for each class that has rows and isn't alone: where they are many, of those with the smallest areas. */
function curvesOf(
  who: string,
  truth: ArrayLike<number>,
  scores: ArrayLike<number>,
  { classNames }: ThresholdCurveOptions,
  curveOf: (name: string, isClass: number[], scores: number[]) => Curve,
): Curve[] {
  const perRow = truth.length === 0 ? 0 : scores.length / truth.length;
  if (!Number.isInteger(perRow) || perRow < 1) {
    throw new ArgumentError(
      `${who}: ${scores.length} scores for ${truth.length} rows. Pass one score a row, or one for each class.`,
    );
  }
  const labels = perRow === 1 ? [1] : Array.from({ length: perRow }, (_, label) => label);
  const curves = labels.flatMap((label) => {
    const isClass = Array.from(truth, (value) => Number(value === label));
    const positives = isClass.reduce((a, b) => a + b, 0);
    if (positives === 0 || positives === truth.length) return [];
    const own = Array.from({ length: truth.length }, (_, row) => scores[perRow === 1 ? row : row * perRow + label]);
    return curveOf(classNames?.[label] ?? String(label), isClass, own);
  });
  if (curves.length === 0) {
    throw new ArgumentError(`${who}: needs rows of at least two classes; all are of one.`);
  }
  return curves;
}

/** The curves that are drawn, in the order of the classes, so that a class has its colour in every picture. */
function chosen(curves: readonly Curve[]): Curve[] {
  const smallest = new Set([...curves].sort((a, b) => a.area - b.area).slice(0, MOST_CURVES));
  return curves.filter((curve) => smallest.has(curve));
}

interface Look {
  x: string;
  y: string;
  diagonal?: string;
  interpolate: string;
  describe: (areas: string) => string;
}

function curvesChart(curves: readonly Curve[], options: ChartOptions, look: Look): ChartSpecification {
  const { language = "en", width = 260, height = 260 } = options;
  const texts = textsIn(language).chart;
  const drawn = chosen(curves);
  const named = drawn.map((curve) => ({ ...curve, line: lineName(curve, language) }));
  const names = named.map(({ line }) => line);
  const unit = { domain: [0, 1], nice: false };
  const scale = { domain: names, range: names.map((_, i) => light.series[i]) };
  const body = {
    layer: [
      ...(look.diagonal === undefined
        ? []
        : [
            {
              data: rowsOf([
                { x: 0, y: 0 },
                { x: 1, y: 1 },
              ]),
              mark: { type: "line", color: light.axis, strokeWidth: 1, strokeDash: [3, 3] },
            },
          ]),
      {
        data: rowsOf(named.flatMap(({ line, points }) => points.map(({ x, y }, i) => ({ x, y, i, line })))),
        mark: { type: "line", strokeWidth: 2, strokeJoin: "round", interpolate: look.interpolate },
        encoding: {
          order: { field: "i" },
          color: {
            field: "line",
            type: "nominal",
            scale,
            legend: { columns: legendColumns(names, width), symbolType: "stroke" },
          },
          strokeDash: {
            field: "line",
            type: "nominal",
            scale: { domain: names, range: names.map((_, i) => dashes[i % 2]) },
          },
        },
      },
    ],
    encoding: {
      x: { field: "x", type: "quantitative", title: look.x, scale: unit, axis: { format: "~%", tickCount: 5 } },
      y: { field: "y", type: "quantitative", title: null, scale: unit, axis: { format: "~%", tickCount: 5 } },
    },
  };
  const rest = curves.length - drawn.length;
  const listed = [...names, ...(rest > 0 ? [texts.others(numbersIn(language).count(rest))] : [])].join("; ");
  return chart(body, { ...options, width, height, vertical: look.y, description: look.describe(listed) });
}

const lineName = ({ name, area }: Curve, language: Language) =>
  textsIn(language).chart.area({ name, area: numbersIn(language).fixed(area, 3) });
