import { DataError } from "../core/errors.js";
import { numbersIn, textsIn } from "../language/index.js";
import { dashes, light } from "./palette.js";
import { type ChartOptions, type ChartSpecification, chart, checkChart, rowsOf } from "./specification.js";
import { thin } from "./thin.js";
import { logarithmicTicks } from "./ticks.js";

/** Norms of the gradients of each layer's parameters, by epoch. */
export interface GradientNorms {
  epochs: readonly number[];
  /** [epochs] of each layer, in the order of the layers. */
  layers: Readonly<Record<string, readonly number[]>>;
}

const MOST_POINTS = 120;

/**
 * Norms of the gradients by layer and epoch, on a logarithmic scale: a layer whose line lies far below the others
 * hardly learns (vanishing gradients), one whose line climbs is about to diverge.
 *
 * @throws DataError when no norm is above 0
 * @throws ArgumentError when the language is unknown
 */
export function gradientNormChart(norms: GradientNorms, options: ChartOptions = {}): ChartSpecification {
  checkChart("gradientNormChart", options, {});
  const { language = "en" } = options;
  const texts = textsIn(language).chart;
  const numbers = numbersIn(language);
  const lines = Object.entries(norms.layers).map(([layer, values]) => ({
    layer,
    points: norms.epochs
      .map((epoch, i) => ({ layer, epoch, norm: values[i] }))
      .filter(({ norm }) => norm > 0 && Number.isFinite(norm)), // 0 has no logarithm
  }));
  const drawn = lines.filter(({ points }) => points.length > 0);
  if (drawn.length === 0) throw new DataError("gradientNormChart: no norm is above 0, so there is nothing to draw.");
  const names = drawn.map(({ layer }) => layer);
  const all = drawn.flatMap(({ points }) => points.map(({ norm }) => norm));
  const body = {
    data: rowsOf(drawn.flatMap(({ points }) => thin(points, MOST_POINTS, ({ norm }) => norm))),
    mark: { type: "line", strokeWidth: 2, ...(norms.epochs.length === 1 && { point: true }) },
    encoding: {
      x: {
        field: "epoch",
        type: "quantitative",
        title: texts.epoch,
        scale: { nice: false, zero: false },
        axis: { format: "d", tickMinStep: 1, tickCount: 6 },
      },
      y: {
        field: "norm",
        type: "quantitative",
        title: null,
        scale: { type: "log", nice: false },
        axis: { values: logarithmicTicks(Math.min(...all), Math.max(...all)), format: "~g" },
      },
      color: {
        field: "layer",
        type: "nominal",
        sort: null,
        scale: { domain: names, range: names.map((_, i) => light.series[i % light.series.length]) },
        legend: { columns: 3 },
      },
      strokeDash: {
        field: "layer",
        type: "nominal",
        sort: null,
        scale: {
          domain: names,
          range: names.map((_, i) => dashes[Math.floor(i / light.series.length) % dashes.length]),
        },
      },
    },
  };
  const last = (points: readonly { norm: number }[]) => numbers.short(points.at(-1)!.norm);
  const description = texts.gradientNorms({
    layers: numbers.count(names.length),
    first: `${names[0]} ${last(drawn[0].points)}`,
    last: `${names.at(-1)} ${last(drawn.at(-1)!.points)}`,
  });
  return chart(body, { ...options, description, vertical: `${texts.gradientNorm} (${texts.logarithmic})` });
}
