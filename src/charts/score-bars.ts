import { DataError } from "../core/errors.js";
import { numbersIn, textsIn } from "../language/index.js";
import { deviationLines, nameAxis } from "./named-bars.js";
import { light } from "./palette.js";
import { type ChartOptions, type ChartSpecification, chart, checkChart, rowsOf } from "./specification.js";

/** A score of one setting: the mean of its seeds or folds. */
export interface ScoreBar {
  name: string;
  /** Over the seeds or folds. */
  mean: number;
  /** Standard deviation over seeds or folds. */
  deviation?: number;
  /** A figure to compare with, marked by a stroke. */
  published?: number;
}

/** Options of `scoreBars`. */
export interface ScoreBarsOptions extends ChartOptions {
  /** Name of the score: "accuracy". */
  score?: string;
}

/** Bars of less than this share of their length apart look alike: dots on a narrower scale tell them apart. */
const LEAST_DIFFERENCE = 0.25;

/**
 * Scores side by side, with their deviations: bars from 0, or, where all lie close together, dots on a scale of
 * their own.
 *
 * @param bars - in the order in which they are drawn, from the top
 * @throws DataError when there are none or a mean isn't finite
 * @throws ArgumentError when the language is unknown
 */
export function scoreBars(bars: readonly ScoreBar[], options: ScoreBarsOptions = {}): ChartSpecification {
  checkChart("scoreBars", options, { score: true });
  const bad = bars.find(({ mean }) => !Number.isFinite(mean));
  if (bars.length === 0 || bad) {
    throw new DataError(
      bad
        ? `scoreBars: the mean of ${JSON.stringify(bad.name)} is ${bad.mean}. Leave out what diverged.`
        : "scoreBars: there are no scores. Pass at least one.",
    );
  }
  const { score = "accuracy", language = "en", width = 300 } = options;
  const { chart: texts, scores } = textsIn(language);
  const numbers = numbersIn(language);
  const scoreName = scores[score] ?? score;
  const rows = bars.map(({ name, mean, deviation = 0, published }) => ({
    name,
    mean,
    published,
    low: mean - deviation,
    high: mean + deviation,
    text: texts.bar({
      name,
      mean: numbers.short(mean),
      ...(deviation > 0 && { deviation: numbers.short(deviation) }),
      ...(published !== undefined && { published: numbers.short(published) }),
    }),
  }));
  const ends = rows.flatMap(({ low, high, published = high }) => [low, high, published]);
  const [least, greatest] = [Math.min(...ends), Math.max(...ends)];
  const isClose = least > 0 && (greatest - least) / greatest < LEAST_DIFFERENCE;
  const x = {
    type: "quantitative",
    title: scoreName,
    scale: { zero: !isClose, nice: true, ...(isClose && { padding: 12 }) },
    axis: { grid: true, tickCount: 5, domain: false, ticks: false },
  };
  const body = {
    data: rowsOf(rows),
    encoding: {
      y: nameAxis,
    },
    layer: [
      {
        mark: isClose
          ? { type: "point", filled: true, size: 70, color: light.series[0], opacity: 1 }
          : { type: "bar", color: light.series[0], cornerRadiusEnd: 2 },
        encoding: { x: { field: "mean", ...x }, description: { field: "text" } },
      },
      deviationLines(x),
      ...(rows.some((row) => row.published !== undefined) ? [publishedMarks(x, texts.published)] : []),
    ],
  };
  const description = texts.bars({ score: scoreName, bars: rows.map(({ text }) => text).join("; ") });
  return chart(body, { ...options, width, height: Math.max(40, 24 * bars.length), description });
}

const publishedMarks = (x: object, name: string) => ({
  transform: [{ filter: "isValid(datum.published)" }],
  mark: { type: "tick", thickness: 3, height: { band: 0.9 } },
  encoding: {
    x: { field: "published", ...x },
    color: { datum: name, scale: { range: [light.series[1]] }, legend: { symbolType: "square" } },
  },
});
