import { numbersIn, textsIn } from "../language/index.js";
import { light } from "./palette.js";
import { type ChartSpecification, chart, checkChart, rowsOf } from "./specification.js";
import type { TrialChartOptions } from "./trial-history.js";
import { areLogarithmic, bestTrial, type ChartTrial, rangeOf, type ValuedTrial, valuedTrials } from "./trials.js";

/** A trial with its values of all settings. */
export interface ParallelTrial extends ChartTrial {
  /** By the settings' names: numbers, or the texts of choices. */
  settings: Readonly<Record<string, number | string>>;
}

/** A setting that was searched. */
export interface SearchedSetting {
  name: string;
  /** Whether its numbers stand on a logarithmic scale; by default where they seem to be drawn evenly there. */
  isLogarithmic?: boolean;
  /** Its values in their order, where it is one of these. */
  choices?: readonly string[];
}

/** Share of the trials whose lines are strong. */
const STRONG = 0.1;
/** Lines that are drawn; of more the weak ones would be an area. */
const MOST_LINES = 150;

/** Numbers of a setting that are labelled one by one. */
const FEW = 5;

/** An axis of the picture. */
interface Axis {
  name: string;
  /** From 0, at the bottom, to 1. */
  placeOf(trial: ValuedTrial<ParallelTrial>): number;
  labels: readonly { place: number; text: string }[];
}

/**
 * Parallel coordinates of a search: an axis for each setting and one for the objective, the better the higher, and a line
 * for each trial. The best tenth is strong, the best of all strongest.
 *
 * @param settings - in the order of the axes
 * @throws DataError when no trial has a finite value
 * @throws ArgumentError when the language is unknown
 */
export function parallelCoordinates(
  trials: readonly ParallelTrial[],
  settings: readonly SearchedSetting[],
  options: TrialChartOptions = {},
): ChartSpecification {
  checkChart("parallelCoordinates", options, { score: true, better: true });
  const { score = "loss", better = "lower", language = "en" } = options;
  const { chart: texts, scores } = textsIn(language);
  const numbers = numbersIn(language);
  const valued = valuedTrials("parallelCoordinates", trials);
  const best = bestTrial(valued, better);
  const scoreName = scores[score] ?? score;
  const axes: Axis[] = [
    ...settings.map((setting) => settingAxis(setting, valued, numbers.short)),
    numberAxisOf(scoreName, valued, ({ value }) => value, numbers.short, { isTurned: better === "lower" }),
  ];
  const sign = better === "higher" ? 1 : -1;
  const isDone = ({ state = "done" }: ChartTrial) => Number(state === "done");
  const ranked = valued.toSorted((a, b) => isDone(b) - isDone(a) || sign * (b.value - a.value));
  const strong = Math.max(1, Math.round(STRONG * ranked.length));
  const kindOf = (rank: number): keyof typeof LINES =>
    ranked[rank] === best ? "best" : rank < strong ? "good" : "other";
  const names = { best: texts.bestTrial, good: texts.bestTenth, other: texts.otherTrials };
  const stride = Math.ceil(ranked.length / MOST_LINES);
  const drawn = ranked
    .map((trial, rank) => ({ trial, kind: kindOf(rank), rank }))
    .filter(({ kind, rank }) => kind !== "other" || rank % stride === 0)
    .reverse(); // the best on top
  const rows = drawn.flatMap(({ trial, kind, rank }) =>
    axes.map((axis) => ({
      axis: axis.name,
      place: axis.placeOf(trial),
      line: rank,
      kind: names[kind],
      width: LINES[kind].width,
    })),
  );
  const kinds = (["best", "good", "other"] as const).filter((kind) => drawn.some((each) => each.kind === kind));
  const y = { field: "place", type: "quantitative", scale: { domain: [0, 1], nice: false }, axis: null };
  const labels = axes.flatMap(({ name, labels }) => labels.map((label) => ({ axis: name, ...label })));
  const text = (look: object) => ({
    data: rowsOf(labels),
    mark: { type: "text", align: "left", dx: 5, ...look },
    encoding: { y, text: { field: "text" } },
  });
  const body = {
    encoding: {
      x: {
        field: "axis",
        type: "nominal",
        sort: null,
        title: null,
        scale: { type: "point", domain: axes.map(({ name }) => name), padding: 0.25 },
        axis: {
          orient: "bottom",
          labelAngle: 0,
          labelColor: light.ink,
          labelOverlap: false,
          domain: false,
          ticks: false,
          grid: true,
          gridColor: light.axis,
        },
      },
    },
    layer: [
      {
        data: rowsOf(rows),
        mark: { type: "line", strokeJoin: "round" },
        encoding: {
          y,
          detail: { field: "line" },
          color: {
            field: "kind",
            scale: {
              domain: kinds.map((kind) => names[kind]),
              range: kinds.map((kind) => LINES[kind].colour),
            },
            legend: {},
          },
          strokeWidth: { field: "width", type: "quantitative", scale: null },
        },
      },
      text({ stroke: light.paper, strokeWidth: 3, strokeJoin: "round" }),
      text({ color: light.soft }),
    ],
  };
  const write = (value: number | string) => (typeof value === "number" ? numbers.short(value) : value);
  const description = texts.parallel({
    score: scoreName,
    trials: numbers.count(valued.length),
    settings: settings.map(({ name }) => name).join(", "),
    best: settings.map(({ name }) => `${name} ${write(best.settings[name])}`).join(", "),
  });
  const width = options.width ?? Math.max(340, 130 * axes.length);
  return chart(body, { ...options, width, height: options.height ?? 230, description });
}

const LINES = {
  best: { colour: light.series[1], width: 3 },
  good: { colour: light.series[0], width: 1.5 },
  other: { colour: light.axis, width: 0.8 },
} as const;

function settingAxis(
  { name, isLogarithmic, choices }: SearchedSetting,
  trials: readonly ValuedTrial<ParallelTrial>[],
  write: (value: number) => string,
): Axis {
  const isNumber = !choices && trials.every(({ settings }) => typeof settings[name] === "number");
  if (isNumber) return numberAxisOf(name, trials, ({ settings }) => settings[name] as number, write, { isLogarithmic });
  const all = choices ?? [...new Set(trials.map(({ settings }) => String(settings[name])))];
  const placeOf = (choice: string) => (all.length === 1 ? 0.5 : all.indexOf(choice) / (all.length - 1));
  return {
    name,
    placeOf: ({ settings }) => placeOf(String(settings[name])),
    labels: all.map((text) => ({ place: placeOf(text), text })),
  };
}

function numberAxisOf(
  name: string,
  trials: readonly ValuedTrial<ParallelTrial>[],
  numberOf: (trial: ValuedTrial<ParallelTrial>) => number,
  write: (value: number) => string,
  { isLogarithmic, isTurned = false }: { isLogarithmic?: boolean; isTurned?: boolean },
): Axis {
  const values = trials.map(numberOf);
  const [least, greatest] = rangeOf(values);
  const isLog = least > 0 && (isLogarithmic ?? areLogarithmic(values));
  const scaled = (value: number) => (isLog ? Math.log(value) : value);
  const width = scaled(greatest) - scaled(least);
  const placeOf = (value: number) => {
    const share = width === 0 ? 0.5 : (scaled(value) - scaled(least)) / width;
    return isTurned ? 1 - share : share;
  };
  const middle = isLog ? Math.sqrt(least * greatest) : (least + greatest) / 2;
  const distinct = new Set(values);
  const labelled = distinct.size <= FEW ? distinct : new Set([least, middle, greatest]);
  return {
    name,
    placeOf: (trial) => placeOf(numberOf(trial)),
    labels: [...labelled].map((value) => ({ place: placeOf(value), text: write(value) })),
  };
}
