import { ArgumentError } from "../core/errors.js";
import { textsIn } from "../language/index.js";
import { light } from "./palette.js";
import { type ChartOptions, type ChartSpecification, chart, checkChart, rowsOf } from "./specification.js";

/** An activation and its derivative at some places, as `sampleActivation` gives them. */
export interface ActivationCurve {
  name: string;
  /** [n], ascending */
  x: ArrayLike<number>;
  /** [n] */
  y: ArrayLike<number>;
  /** [n] */
  derivative: ArrayLike<number>;
}

/**
 * Curves of activations, solid, and of their derivatives, dashed.
 *
 * @throws ArgumentError when there are none, or a curve's lists differ in length
 */
export function activationChart(curves: readonly ActivationCurve[], options: ChartOptions = {}): ChartSpecification {
  checkChart("activationChart", options, {});
  const { language = "en", width = 300, height = 200 } = options;
  const uneven = curves.find(({ x, y, derivative }) => x.length !== y.length || x.length !== derivative.length);
  if (curves.length === 0 || uneven) {
    throw new ArgumentError(
      uneven
        ? `activationChart: ${uneven.name} has ${uneven.x.length} x, ${uneven.y.length} y and ` +
            `${uneven.derivative.length} derivatives. Pass one of each.`
        : "activationChart: there are no curves. Pass at least one.",
    );
  }
  const texts = textsIn(language).chart;
  const kinds = [texts.activation, texts.derivative];
  const points = curves.flatMap(({ name, x, y, derivative }) =>
    kinds.flatMap((kind, i) => Array.from(x, (at, j) => ({ name, kind, x: at, y: i === 0 ? y[j] : derivative[j] }))),
  );
  const names = curves.map(({ name }) => name);
  const body = {
    data: rowsOf(points.filter(({ y }) => Number.isFinite(y))),
    mark: { type: "line", strokeWidth: 2 },
    encoding: {
      x: { field: "x", type: "quantitative", title: texts.input, axis: { grid: true }, scale: { nice: false } },
      y: { field: "y", type: "quantitative", title: null },
      color: {
        field: "name",
        type: "nominal",
        sort: null,
        scale: { domain: names, range: names.map((_, i) => light.series[i % light.series.length]) },
      },
      strokeDash: {
        field: "kind",
        type: "nominal",
        sort: null,
        scale: {
          domain: kinds,
          range: [
            [1, 0],
            [4, 3],
          ],
        },
      },
    },
  };
  return chart(body, {
    ...options,
    width,
    height,
    vertical: texts.output,
    description: texts.activations(names.join(", ")),
  });
}
