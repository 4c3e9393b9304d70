import { ArgumentError } from "../core/errors.js";
import { numbersIn, textsIn } from "../language/index.js";
import { light } from "./palette.js";
import { type ChartOptions, type ChartSpecification, chart, checkChart, rowsOf } from "./specification.js";

/** One of the two features, and the values of it that the grid has, ascending and evenly spaced. */
export interface SurfaceAxis {
  name: string;
  values: readonly number[];
}

/** Predictions of a model on a grid over two features. */
export interface DecisionSurface {
  x: SurfaceAxis;
  y: SurfaceAxis;
  /** [y, x, classes], probabilities; [y, x] where there is one, of yes, or a predicted number. */
  scores: ArrayLike<number>;
  /** Of the classes; of both, no and yes, where there is one probability. A predicted number has none. */
  classNames?: readonly string[];
  /** Rows of data in front of it. `label` is the class index. */
  points?: readonly { x: number; y: number; label?: number }[];
}

/** Steps of strength: neighbours of one class and one strength are one rectangle, which keeps pictures small. */
const STRENGTHS = 6;
const MOST_POINTS = 400;

/**
 * Decision surface of a model of two features: each place in the colour of the class that it is taken for, the stronger
 * the surer; of a model that predicts a number, the stronger the greater. In front of it rows of data.
 *
 * @throws ArgumentError when the scores aren't a number, or one for each class, at each place of the grid
 */
export function decisionSurfaceChart(surface: DecisionSurface, options: ChartOptions = {}): ChartSpecification {
  checkChart("decisionSurfaceChart", options, {});
  const { x, y, scores, classNames, points = [] } = surface;
  const { language = "en", width = 300, height = 300 } = options;
  const places = x.values.length * y.values.length;
  const perPlace = scores.length / places;
  const isExpected = perPlace === 1 || (classNames !== undefined && perPlace === classNames.length);
  if (x.values.length < 2 || y.values.length < 2 || !isExpected) {
    throw new ArgumentError(
      `decisionSurfaceChart: ${scores.length} scores for a grid of ${y.values.length} x ${x.values.length} ` +
        `and ${classNames?.length ?? "no"} classes. Pass scores [y, x] or [y, x, classes].`,
    );
  }
  const classAt = strengthsOf(scores, perPlace, classNames !== undefined);
  const cells = rectangles(surface, classAt);
  const names = classNames ?? [];
  const colour = {
    type: "nominal",
    scale: {
      domain: names.map((_, label) => label),
      range: names.map((_, i) => light.series[i % light.series.length]),
    },
  };
  const shown = points.filter((_, i) => i % Math.ceil(points.length / MOST_POINTS) === 0);
  const legend = { labelExpr: `${JSON.stringify(names)}[datum.value]`, symbolType: "circle", symbolStrokeWidth: 0 };
  const axis = (of: SurfaceAxis, step: number, title: string | null) => ({
    type: "quantitative",
    title,
    scale: { domain: [of.values[0] - step / 2, of.values.at(-1)! + step / 2], nice: false, zero: false },
    axis: { tickCount: 5 },
  });
  const body = {
    layer: [
      {
        data: rowsOf(cells),
        mark: { type: "rect", ...(names.length === 0 && { color: light.series[0] }) },
        encoding: {
          x: { field: "x", ...axis(x, stepOf(x), x.name) },
          x2: { field: "x2" },
          y: { field: "y", ...axis(y, stepOf(y), null) },
          y2: { field: "y2" },
          fillOpacity: { field: "strength", type: "quantitative", scale: null },
          ...(names.length > 0 && { color: { field: "label", ...colour, legend } }),
        },
      },
      ...(shown.length > 0
        ? [
            {
              data: rowsOf(shown),
              mark: { type: "circle", size: 34, opacity: 1, stroke: light.paper, strokeWidth: 1 },
              encoding: {
                x: { field: "x", type: "quantitative" },
                y: { field: "y", type: "quantitative" },
                color: names.length > 0 ? { field: "label", ...colour, legend } : { value: light.ink },
              },
            },
          ]
        : []),
    ],
  };
  const shares = names.map((name, label) => {
    let held = 0;
    for (let place = 0; place < places; place++) if (classAt(place).label === label) held++;
    return `${name} ${numbersIn(language).percent(held / places)}`;
  });
  const description = textsIn(language).chart.surface({
    x: x.name,
    y: y.name,
    ...(shares.length > 0 && { classes: shares.join(", ") }),
  });
  return chart(body, { ...options, width, height, description, vertical: y.name });
}

const stepOf = ({ values }: SurfaceAxis) => (values.at(-1)! - values[0]) / (values.length - 1);

/** The class at each place, and how strongly it is drawn, in steps from 0 to STRENGTHS - 1. */
function strengthsOf(scores: ArrayLike<number>, perPlace: number, hasClasses: boolean) {
  let [least, greatest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < scores.length; i++) {
    least = Math.min(least, scores[i]);
    greatest = Math.max(greatest, scores[i]);
  }
  const step = (share: number) => Math.max(0, Math.min(STRENGTHS - 1, Math.floor(share * STRENGTHS)));
  return (place: number): { label: number; level: number } => {
    if (!hasClasses) return { label: 0, level: step((scores[place] - least) / (greatest - least || 1)) };
    if (perPlace === 1) {
      const yes = scores[place];
      return { label: Number(yes > 0.5), level: step(Math.abs(2 * yes - 1)) };
    }
    let label = 0;
    for (let each = 1; each < perPlace; each++) {
      if (scores[place * perPlace + each] > scores[place * perPlace + label]) label = each;
    }
    const chance = 1 / perPlace;
    return { label, level: step((scores[place * perPlace + label] - chance) / (1 - chance)) };
  };
}

/** The grid as rectangles, each as wide as class and strength are the same. */
function rectangles({ x, y }: DecisionSurface, at: (place: number) => { label: number; level: number }) {
  const [stepX, stepY] = [stepOf(x), stepOf(y)];
  const columns = x.values.length;
  return y.values.flatMap((value, row) => {
    const line: { x: number; x2: number; y: number; y2: number; label: number; strength: number }[] = [];
    let last: { label: number; level: number } | undefined;
    for (let column = 0; column < columns; column++) {
      const here = at(row * columns + column);
      const right = x.values[column] + stepX / 2;
      if (last?.label === here.label && last.level === here.level) line.at(-1)!.x2 = right;
      else {
        const strength = 0.08 + (0.42 * here.level) / (STRENGTHS - 1);
        line.push({
          x: right - stepX,
          x2: right,
          y: value - stepY / 2,
          y2: value + stepY / 2,
          label: here.label,
          strength,
        });
      }
      last = here;
    }
    return line;
  });
}
