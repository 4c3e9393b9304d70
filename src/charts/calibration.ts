import { ArgumentError } from "../core/errors.js";
import { numbersIn, textsIn } from "../language/index.js";
import { argmaxRows, calibrationCurve, wilsonInterval } from "../metrics/index.js";
import { light } from "./palette.js";
import { type ChartOptions, type ChartSpecification, chart, checkChart, rowsOf } from "./specification.js";

/** Options of `calibrationChart`. */
export interface CalibrationChartOptions extends ChartOptions {
  /** 10. */
  bins?: number;
}

/**
 * Yes or no, and the probability that was given to it, of each row: as they are where a row has one probability; of
 * several classes whether the likeliest is right, and its probability.
 */
export function confidences(truth: ArrayLike<number>, probabilities: ArrayLike<number>) {
  if (truth.length === probabilities.length) return { came: truth, given: probabilities };
  const classes = truth.length === 0 ? 0 : probabilities.length / truth.length;
  if (!Number.isInteger(classes) || classes < 2) {
    throw new ArgumentError(
      `calibrationChart: ${probabilities.length} probabilities for ${truth.length} rows. ` +
        "Pass one a row, or one for each class.",
    );
  }
  const likeliest = argmaxRows(Float32Array.from(probabilities), classes);
  return {
    came: Array.from(likeliest, (label, row) => Number(label === truth[row])),
    given: Array.from(likeliest, (label, row) => probabilities[row * classes + label]),
  };
}

/** Expected calibration error: Σ rows of the bin / rows · |observed - predicted|, in [0, 1] (Guo et al., 2017). */
export function calibrationError({ predicted, observed, rows }: ReturnType<typeof calibrationCurve>): number {
  const total = rows.reduce((a, b) => a + b, 0);
  return predicted.reduce((sum, given, bin) => sum + (rows[bin] / total) * Math.abs(given - observed[bin]), 0);
}

/**
 * Reliability diagram: how often what was given a probability came true, in bins, with 95 % confidence intervals; larger
 * dots stand for more rows. Of several classes it is the likeliest one's probability against how often that is right.
 *
 * @param truth - [rows], class indices; 0 and 1 where a row has one probability
 * @param probabilities - [rows], of yes, or [rows, classes], row-major
 * @throws ArgumentError or DataError as `calibrationCurve`
 */
export function calibrationChart(
  truth: ArrayLike<number>,
  probabilities: ArrayLike<number>,
  options: CalibrationChartOptions = {},
): ChartSpecification {
  checkChart("calibrationChart", options, { bins: true });
  const { language = "en", bins = 10, width = 260, height = 260 } = options;
  const texts = textsIn(language).chart;
  const numbers = numbersIn(language);
  const { came, given } = confidences(truth, probabilities);
  const curve = calibrationCurve(came, given, { bins });
  const points = curve.predicted.map((predicted, bin) => ({
    given: predicted,
    observed: curve.observed[bin],
    rows: curve.rows[bin],
    ...wilsonInterval(Math.round(curve.observed[bin] * curve.rows[bin]), curve.rows[bin]),
    text: texts.calibrationBin({
      given: numbers.percent(predicted),
      observed: numbers.percent(curve.observed[bin]),
      rows: numbers.count(curve.rows[bin]),
    }),
  }));
  const most = Math.max(...curve.rows);
  const unit = { domain: [0, 1], nice: false };
  const axis = { format: "~%", tickCount: 5 };
  const body = {
    data: rowsOf(points),
    encoding: {
      x: { field: "given", type: "quantitative", title: texts.given, scale: unit, axis },
      y: { field: "observed", type: "quantitative", title: null, scale: unit, axis },
    },
    layer: [
      {
        data: rowsOf([
          { given: 0, observed: 0 },
          { given: 1, observed: 1 },
        ]),
        mark: { type: "line", color: light.axis, strokeWidth: 1, strokeDash: [3, 3] },
      },
      {
        mark: { type: "rule", color: light.series[0], strokeWidth: 1.5, opacity: 0.5 },
        encoding: { y: { field: "low", type: "quantitative" }, y2: { field: "high" } },
      },
      {
        mark: { type: "circle", color: light.series[0], opacity: 1, stroke: light.paper, strokeWidth: 1.5 },
        encoding: {
          size: { field: "rows", type: "quantitative", scale: { domain: [0, most], range: [20, 260] }, legend: null },
          description: { field: "text" },
        },
      },
    ],
  };
  const description = texts.calibration({
    error: numbers.percent(calibrationError(curve)),
    bins: numbers.count(points.length),
  });
  return chart(body, { ...options, width, height, description, vertical: texts.observed });
}
