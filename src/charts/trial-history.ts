import { numbersIn, textsIn } from "../language/index.js";
import { light } from "./palette.js";
import { type ChartOptions, type ChartSpecification, chart, checkChart, rowsOf } from "./specification.js";
import { bestTrial, type ChartTrial, MOST_TOLD, numberAxis, rangeOf, spansMagnitudes, valuedTrials } from "./trials.js";

/** Options of charts of a search's trials. */
export interface TrialChartOptions extends ChartOptions {
  /** Name of the objective; "loss". */
  score?: string;
  /** Which way it gets better; "lower". */
  better?: "higher" | "lower";
}

/**
 * History of a search: the objective of each trial in their order, and the best so far as a line. Trials that were pruned
 * are hollow; those that diverged stand as crosses at the edge of the worse.
 *
 * @throws DataError when no trial has a finite value
 * @throws ArgumentError when the language is unknown
 */
export function trialHistory(trials: readonly ChartTrial[], options: TrialChartOptions = {}): ChartSpecification {
  checkChart("trialHistory", options, { score: true, better: true });
  const { score = "loss", better = "lower", language = "en" } = options;
  const { chart: texts, scores } = textsIn(language);
  const numbers = numbersIn(language);
  const valued = valuedTrials("trialHistory", trials);
  const best = bestTrial(valued, better);
  const values = valued.map(({ value }) => value);
  const [least, greatest] = rangeOf(values);
  const { scale, axis } = numberAxis(values);
  const told = trials.length <= MOST_TOLD;
  const rows = trials.map(({ number, value, state = "done" }) => {
    const isLost = !Number.isFinite(value);
    return {
      number,
      value: isLost ? (better === "lower" ? greatest : least) : value,
      kind: isLost ? "lost" : state === "done" ? "done" : "pruned",
      ...(told && {
        text: texts.trial({ number: numbers.count(number), value: isLost ? undefined : numbers.short(value!) }),
      }),
    };
  });
  const sign = better === "higher" ? 1 : -1;
  const line: { number: number; value: number }[] = [];
  for (const { number, value, state = "done" } of valued) {
    const last = line.at(-1);
    if (state === "done" && (!last || sign * value > sign * last.value)) line.push({ number, value });
  }
  if (line.length > 0) line.push({ number: rows.at(-1)!.number, value: line.at(-1)!.value });
  const scoreName = scores[score] ?? score;
  const body = {
    encoding: {
      x: {
        field: "number",
        type: "quantitative",
        title: texts.trialNumber,
        scale: { nice: false, zero: false, padding: 8 },
        axis: { tickMinStep: 1, tickCount: 6, format: "d" },
      },
      y: { field: "value", type: "quantitative", title: null, scale, axis },
    },
    layer: [
      {
        data: rowsOf(line),
        mark: { type: "line", interpolate: "step-after", color: light.series[1], strokeWidth: 2 },
      },
      {
        data: rowsOf(rows.filter(({ kind }) => kind !== "lost")),
        mark: { type: "point", size: 34, strokeWidth: 1.5, opacity: 1, stroke: light.series[0] },
        encoding: {
          fill: {
            field: "kind",
            scale: { domain: ["done", "pruned"], range: [light.series[0], light.paper] },
            legend: null,
          },
          ...(told && { description: { field: "text" } }),
        },
      },
      {
        data: rowsOf(rows.filter(({ kind }) => kind === "lost")),
        mark: { type: "point", shape: CROSS, size: 34, strokeWidth: 1.5, opacity: 1, stroke: light.soft },
        encoding: told ? { description: { field: "text" } } : {},
      },
    ],
  };
  const description = texts.trialHistory({
    score: scoreName,
    trials: numbers.count(trials.length),
    best: { number: numbers.count(best.number), value: numbers.short(best.value) },
  });
  const vertical = spansMagnitudes(values) ? `${scoreName} (${texts.logarithmic})` : scoreName;
  return chart(body, { ...options, description, vertical });
}

/** A cross, as a path around (0, 0). */
const CROSS = "M-.7,-.7L.7,.7M.7,-.7L-.7,.7";
