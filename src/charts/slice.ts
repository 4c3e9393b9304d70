import { numbersIn, textsIn } from "../language/index.js";
import { light } from "./palette.js";
import { type ChartSpecification, chart, checkChart, rowsOf } from "./specification.js";
import type { TrialChartOptions } from "./trial-history.js";
import {
  areLogarithmic,
  bestTrial,
  type ChartTrial,
  MOST_TOLD,
  numberAxis,
  spansMagnitudes,
  valuedTrials,
} from "./trials.js";

/** A trial with its value of one setting. */
export interface SliceTrial extends ChartTrial {
  /** A number, or the text of a choice. */
  setting: number | string;
}

/** Options of `sliceChart`. */
export interface SliceChartOptions extends TrialChartOptions {
  /** Name of the setting. */
  setting?: string;
  /** Whether the setting's numbers are drawn on a logarithmic scale; by default where they seem to be
   * drawn evenly there. */
  isLogarithmic?: boolean;
  /** Choices in their order, where the setting is one of these. */
  choices?: readonly string[];
}

/** Width of a strip of dots of one choice, in parts of its room: beside each other they can be told apart. */
const STRIP = 0.6;

/**
 * A slice of a search: the objective of each trial against one of its settings. Trials that were pruned are hollow, the
 * best is framed; those that diverged aren't drawn.
 *
 * @throws DataError when no trial has a finite value
 * @throws ArgumentError when the language is unknown
 */
export function sliceChart(trials: readonly SliceTrial[], options: SliceChartOptions = {}): ChartSpecification {
  checkChart("sliceChart", options, {
    score: true,
    better: true,
    setting: true,
    isLogarithmic: "switch",
    choices: true,
  });
  const { score = "loss", better = "lower", language = "en", setting = "", width = 260 } = options;
  const { chart: texts, scores } = textsIn(language);
  const numbers = numbersIn(language);
  const valued = valuedTrials("sliceChart", trials);
  const best = bestTrial(valued, better);
  const values = valued.map(({ value }) => value);
  const scoreName = scores[score] ?? score;
  const write = (value: number | string) => (typeof value === "number" ? numbers.short(value) : value);
  const told = valued.length <= MOST_TOLD;
  const rows = valued.map((trial) => ({
    x: trial.setting,
    y: trial.value,
    isDone: (trial.state ?? "done") === "done",
    isBest: trial === best,
    place: placeOf(trial.number),
    ...(told && {
      text: `${setting} ${write(trial.setting)}: ${numbers.short(trial.value)}`.trim(),
    }),
  }));
  const isNumber = valued.every((trial) => typeof trial.setting === "number") && !options.choices;
  const settings = isNumber ? valued.map((trial) => trial.setting as number) : [];
  const choices = options.choices ?? [...new Set(valued.map((trial) => String(trial.setting)))];
  const x = isNumber
    ? {
        field: "x",
        type: "quantitative",
        title: setting || null,
        ...numberAxis(settings, options.isLogarithmic ?? areLogarithmic(settings)),
      }
    : {
        field: "x",
        type: "nominal",
        sort: null,
        title: setting || null,
        scale: { domain: choices },
        axis: { labelAngle: 0, labelLimit: Math.max(30, width / choices.length - 4), labelOverlap: false },
      };
  const dots = {
    x,
    y: { field: "y", type: "quantitative", title: null, ...numberAxis(values) },
    ...(!isNumber && { xOffset: { field: "place", type: "quantitative", scale: { domain: [-1 / STRIP, 1 / STRIP] } } }),
  };
  const body = {
    data: rowsOf(rows),
    encoding: dots,
    layer: [
      {
        transform: [{ filter: "datum.isDone" }],
        mark: { type: "point", filled: true, color: light.series[0], size: 34, opacity: 0.75 },
        encoding: told ? { description: { field: "text" } } : {},
      },
      ...(rows.every(({ isDone }) => isDone)
        ? []
        : [
            {
              transform: [{ filter: "!datum.isDone" }],
              mark: {
                type: "point",
                stroke: light.series[0],
                fill: light.paper,
                size: 30,
                strokeWidth: 1.2,
                opacity: 1,
              },
              encoding: told ? { description: { field: "text" } } : {},
            },
          ]),
      {
        transform: [{ filter: "datum.isBest" }],
        mark: { type: "point", stroke: light.ink, fill: light.series[1], size: 70, strokeWidth: 1.5, opacity: 1 },
      },
    ],
  };
  const description = texts.slice({
    score: scoreName,
    setting,
    trials: numbers.count(valued.length),
    best: { setting: write(best.setting), value: numbers.short(best.value) },
  });
  const vertical = spansMagnitudes(values) ? `${scoreName} (${texts.logarithmic})` : scoreName;
  return chart(body, { ...options, width, height: options.height ?? 180, description, vertical });
}

/** Places between -1 and 1 that spread evenly, whichever numbers come: the golden ratio's multiples. */
const placeOf = (number: number) => 2 * ((number * 0.618034) % 1) - 1;
