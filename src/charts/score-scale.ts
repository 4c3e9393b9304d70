import { numbersIn, textsIn } from "../language/index.js";
import { light } from "./palette.js";
import { type ChartOptions, type ChartSpecification, chart, checkChart, rowsOf } from "./specification.js";

/** A score, how sure it is, and what it is to be held against. */
export interface ScoreOnScale {
  /** The score, at most 1. */
  value: number;
  /** 95 % confidence interval. */
  low: number;
  /** The upper end of its interval. */
  high: number;
  /** Score without a model: of the most frequent class, or of the mean. */
  baseline: number;
}

/** Options of `scoreScale`. */
export interface ScoreScaleOptions extends ChartOptions {
  /** Name of the score: "accuracy". */
  score?: string;
}

/**
 * A score on a scale up to 1, with its confidence interval and what comes without a model.
 *
 * @throws ArgumentError when the language is unknown
 */
export function scoreScale(shown: ScoreOnScale, options: ScoreScaleOptions = {}): ChartSpecification {
  checkChart("scoreScale", options, { score: true });
  const { language = "en", score = "accuracy", width = 330 } = options;
  const { chart: texts, scores } = textsIn(language);
  const numbers = numbersIn(language);
  const { value, low, high, baseline } = shown;
  const from = Math.min(0, low, baseline);
  const x = {
    type: "quantitative",
    title: null,
    scale: { domain: [from, 1], nice: false },
    axis: { format: score === "accuracy" ? "~%" : "~g", tickCount: 5, domain: false, ticks: false, offset: -6 },
  };
  const label = { type: "text", baseline: "bottom", dy: -13, color: light.soft };
  const body = {
    data: rowsOf([{ from, to: 1, value, low, high, baseline, text: texts.withoutModel }]),
    layer: [
      {
        mark: { type: "bar", color: light.grid, height: 8, cornerRadius: 4 },
        encoding: { x: { field: "from", ...x }, x2: { field: "to" } },
      },
      {
        mark: { type: "bar", color: light.series[0], height: 8, cornerRadius: 4, opacity: 0.35 },
        encoding: { x: { field: "low", ...x }, x2: { field: "high" } },
      },
      {
        mark: { type: "tick", color: light.soft, thickness: 2, height: 20 },
        encoding: { x: { field: "baseline", ...x } },
      },
      {
        mark: { ...label, align: baseline > 0.8 ? "right" : "center" },
        encoding: { x: { field: "baseline", ...x }, text: { field: "text" } },
      },
      {
        mark: {
          type: "point",
          filled: true,
          size: 130,
          opacity: 1,
          color: light.series[0],
          stroke: light.paper,
          strokeWidth: 2,
        },
        encoding: { x: { field: "value", ...x } },
      },
    ],
  };
  const description = texts.scale({
    score: scores[score] ?? score,
    value: numbers.short(value),
    low: numbers.short(low),
    high: numbers.short(high),
    baseline: numbers.short(baseline),
  });
  return chart(body, { ...options, width, height: 36, description });
}
