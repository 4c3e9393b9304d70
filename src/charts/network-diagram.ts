import { ArgumentError } from "../core/errors.js";
import { numbersIn, textsIn } from "../language/index.js";
import { light } from "./palette.js";
import { type ChartOptions, type ChartSpecification, chart, checkChart, rowsOf } from "./specification.js";
import { widthOf } from "./text-width.js";

/** A layer as a diagram shows it. */
export interface DiagramLayer {
  name: string;
  /** Shape of the layer's output for one sample: [64], [28, 28, 8]. */
  output: readonly number[];
  /** Below its name: an activation, a kind. */
  note?: string;
  /** [inputs, units], row-major: how strong the lines from the layer before are. */
  weights?: ArrayLike<number>;
}

const MOST_UNITS = 9;
const GAP = 88;
/** Lines of one strength are one path. */
const STRENGTHS = 10;

interface Edge {
  x: number;
  y: number;
  x2: number;
  y2: number;
  /** From 0 to 1, and which sign the weight has. */
  strength?: number;
  sign?: string;
}

interface Unit {
  x: number;
  y: number;
  /** Number of the unit in the layer; none for the dots that stand for those between. */
  unit?: number;
}

/**
 * Diagram of a network: a column of units for each layer, lines for the weights between them, blue above 0 and orange
 * below, the stronger the larger. Of many units the first and the last are drawn; a layer that puts out more than a list
 * of numbers is a box.
 *
 * @param layers - the input first; at least two
 * @throws ArgumentError when there are fewer, or weights don't fit the layers beside them
 */
export function networkDiagram(layers: readonly DiagramLayer[], options: ChartOptions = {}): ChartSpecification {
  checkChart("networkDiagram", options, {});
  if (layers.length < 2) throw new ArgumentError("networkDiagram: needs the input and at least one layer.");
  const { language = "en" } = options;
  const texts = textsIn(language).chart;
  const columns = layers.map((layer, x) => unitsOf(layer, x));
  const edges: Edge[] = layers.flatMap((layer, x) =>
    x === 0 ? [] : edgesOf(layers[x - 1], layer, columns[x - 1], columns[x], x, [texts.positive, texts.negative]),
  );
  const units = columns.flat();
  const boxes = layers.flatMap((layer, x) => (layer.output.length > 1 ? [{ x, from: -0.32, to: 0.32 }] : []));
  const isSigned = edges.some(({ strength }) => strength !== undefined);
  const place = {
    x: { field: "x", type: "quantitative", scale: { domain: [-0.4, layers.length - 0.6], nice: false }, axis: null },
    y: { field: "y", type: "quantitative", scale: { domain: [-0.5, 0.5], nice: false }, axis: null },
  };
  const bottom = { datum: -0.5, type: "quantitative", axis: null };
  const label = { type: "text", align: "center", baseline: "top" };
  const body = {
    layer: [
      {
        data: rowsOf(edges),
        mark: { type: "rule", strokeWidth: isSigned ? 1.2 : 0.7, color: light.axis },
        encoding: {
          ...place,
          x2: { field: "x2" },
          y2: { field: "y2" },
          ...(isSigned && {
            color: {
              field: "sign",
              type: "nominal",
              scale: { domain: [texts.positive, texts.negative], range: light.series.slice(0, 2) },
              legend: { symbolType: "stroke" },
            },
            strokeOpacity: { field: "strength", type: "quantitative", scale: null },
          }),
        },
      },
      {
        data: rowsOf(boxes),
        mark: { type: "rect", color: light.paper, stroke: light.soft, strokeWidth: 1.5, cornerRadius: 3, width: 26 },
        encoding: { x: place.x, y: { ...place.y, field: "from" }, y2: { field: "to" } },
      },
      {
        data: rowsOf(units.filter(({ unit }) => unit !== undefined)),
        mark: {
          type: "point",
          filled: true,
          fill: light.paper,
          stroke: light.soft,
          strokeWidth: 1.5,
          size: 150,
          opacity: 1,
        },
        encoding: place,
      },
      {
        data: rowsOf(units.filter(({ unit }) => unit === undefined)),
        mark: { type: "text", text: "⋮", fontSize: 16, color: light.soft },
        encoding: place,
      },
      {
        data: rowsOf(layers.map(({ name }, x) => ({ x, name: shorten(name) }))),
        mark: { ...label, dy: 6 },
        encoding: { x: place.x, y: bottom, text: { field: "name" } },
      },
      {
        data: rowsOf(layers.map(({ output }, x) => ({ x, size: output.join(" × ") }))),
        mark: { ...label, dy: 22, color: light.soft },
        encoding: { x: place.x, y: bottom, text: { field: "size" } },
      },
      {
        data: rowsOf(layers.map(({ note = "" }, x) => ({ x, note: shorten(note) }))),
        mark: { ...label, dy: 38, color: light.soft },
        encoding: { x: place.x, y: bottom, text: { field: "note" } },
      },
    ],
  };
  const numbers = numbersIn(language);
  const layerTexts = layers.map(({ name, output }) =>
    texts.networkLayer({ name, units: output.map(numbers.count).join(" × ") }),
  );
  const width = options.width ?? GAP * layers.length;
  return chart(body, {
    ...options,
    width,
    height: options.height ?? 210,
    description: texts.network(layerTexts.join(", ")),
  });
}

/** As much of a name as there is room for. */
function shorten(name: string): string {
  if (widthOf(name, 11) <= GAP - 8) return name;
  let end = name.length;
  while (widthOf(`${name.slice(0, end)}…`, 11) > GAP - 8) end--;
  return `${name.slice(0, end)}…`;
}

/** Where the units of a layer are drawn, from the top. */
function unitsOf({ output }: DiagramLayer, x: number): Unit[] {
  if (output.length !== 1) return [];
  const [count] = output;
  const drawn: (number | undefined)[] =
    count <= MOST_UNITS
      ? Array.from({ length: count }, (_, unit) => unit)
      : [...Array.from({ length: MOST_UNITS - 2 }, (_, unit) => unit), undefined, count - 1];
  const gap = Math.min(0.16, 0.92 / drawn.length);
  return drawn.map((unit, i) => ({ x, y: ((drawn.length - 1) / 2 - i) * gap, ...(unit !== undefined && { unit }) }));
}

/** Lines from every unit that is drawn to every unit of the next layer; from and to a box a single one. */
function edgesOf(
  before: DiagramLayer,
  layer: DiagramLayer,
  from: readonly Unit[],
  to: readonly Unit[],
  x: number,
  signs: readonly [string, string],
): Edge[] {
  const { weights } = layer;
  const [inputs] = before.output;
  const [units] = layer.output;
  const isWeighted = weights !== undefined && before.output.length === 1 && layer.output.length === 1;
  if (isWeighted && weights.length !== inputs * units) {
    throw new ArgumentError(
      `networkDiagram: ${layer.name} has ${weights.length} weights, but ${inputs} inputs and ${units} units. ` +
        "Pass weights [inputs, units].",
    );
  }
  let largest = 0;
  if (isWeighted) for (let i = 0; i < weights.length; i++) largest = Math.max(largest, Math.abs(weights[i]));
  const ends = (units: readonly Unit[], x: number): readonly Unit[] => (units.length > 0 ? units : [{ x, y: 0 }]);
  return ends(from, x - 1).flatMap((a) =>
    ends(to, x).flatMap((b) => {
      const isDrawn = (a.unit !== undefined || from.length === 0) && (b.unit !== undefined || to.length === 0);
      if (!isDrawn) return [];
      const line = { x: a.x, y: a.y, x2: b.x, y2: b.y };
      if (!isWeighted) return [line];
      const weight = weights[a.unit! * units + b.unit!];
      const level = Math.round((STRENGTHS * Math.abs(weight)) / (largest || 1));
      const strength = 0.06 + (0.94 * level) / STRENGTHS;
      return [{ ...line, strength, sign: signs[weight < 0 ? 1 : 0] }];
    }),
  );
}
