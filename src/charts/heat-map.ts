import { DataError } from "../core/errors.js";
import { numbersIn, textsIn } from "../language/index.js";
import { light } from "./palette.js";
import { type ChartOptions, type ChartSpecification, chart, checkChart, rowsOf } from "./specification.js";
import { IS_STRONG, strengthOf } from "./strength.js";
import { widthOf } from "./text-width.js";

/** A cell of a grid of settings. */
export interface HeatMapCell {
  row: string;
  column: string;
  /** NaN for a run that diverged: its cell is left empty. */
  value: number;
}

/** Options of `heatMap`. */
export interface HeatMapOptions extends ChartOptions {
  /** Name of the score: "accuracy". */
  score?: string;
  /** Direction in which the score gets better; "higher". */
  better?: "higher" | "lower";
  /** Titles of the two axes: "optimizer", "learning rate". */
  rows?: string;
  columns?: string;
}

/**
 * Heat map of a grid: a score for each pair of settings, the stronger the better, the best one framed (all
 * that are equally good).
 *
 * @param cells - in any order; rows and columns come in the order of their first cells
 * @throws DataError when no cell has a finite value
 * @throws ArgumentError when the language is unknown
 */
export function heatMap(cells: readonly HeatMapCell[], options: HeatMapOptions = {}): ChartSpecification {
  checkChart("heatMap", options, { score: true, better: true, rows: true, columns: true });
  const { score = "accuracy", better = "higher", language = "en", rows = "", columns = "" } = options;
  const { chart: texts, scores } = textsIn(language);
  const numbers = numbersIn(language);
  const finite = cells.filter(({ value }) => Number.isFinite(value));
  if (finite.length === 0) throw new DataError("heatMap: no cell has a finite value. Pass at least one.");
  const sign = better === "higher" ? 1 : -1;
  const ranked = finite.toSorted((a, b) => sign * (b.value - a.value));
  const [best, worst] = [ranked[0], ranked.at(-1)!];
  const write = numbers.column(finite.map(({ value }) => value));
  const table = finite.map((cell) => {
    const share = (cell.value - worst.value) / (best.value - worst.value || 1);
    return {
      ...cell,
      strength: strengthOf(share ** 1.5),
      text: write(cell.value),
      isBest: cell.value === best.value,
      label: `${cell.row}, ${cell.column}: ${numbers.short(cell.value)}`,
    };
  });
  const names = (pick: (cell: HeatMapCell) => string) => [...new Set(cells.map(pick))];
  const [rowNames, columnNames] = [names((cell) => cell.row), names((cell) => cell.column)];
  const cell = options.width
    ? options.width / columnNames.length
    : Math.max(60, Math.min(70, 420 / columnNames.length));
  const isTight = columnNames.some((name) => widthOf(name, 11) > cell);
  const lines = Math.max(...columnNames.map((name) => name.split(" ").length));
  const axis = { domain: false, ticks: false, grid: false, labelColor: light.ink, labelOverlap: false };
  const body = {
    data: rowsOf(table),
    encoding: {
      y: {
        field: "row",
        type: "nominal",
        sort: null,
        title: rows || null,
        scale: { domain: rowNames },
        axis,
      },
      x: {
        field: "column",
        type: "nominal",
        sort: null,
        title: columns || null,
        scale: { domain: columnNames },
        axis: {
          ...axis,
          orient: "top",
          labelAngle: 0,
          // Words below each other; the first line stands where the last one would.
          ...(isTight && {
            labelExpr: "split(datum.label, ' ')",
            labelLimit: cell,
            labelLineHeight: 13,
            labelPadding: 5 + 13 * (lines - 1),
          }),
        },
      },
    },
    layer: [
      {
        mark: { type: "rect", color: light.series[0], cornerRadius: 2, strokeWidth: 2 },
        encoding: {
          fillOpacity: { field: "strength", type: "quantitative", scale: null },
          stroke: { value: light.paper },
          description: { field: "label" },
        },
      },
      {
        transform: [{ filter: "datum.isBest" }],
        mark: { type: "rect", filled: false, stroke: light.ink, strokeWidth: 2, cornerRadius: 2 },
      },
      {
        mark: { type: "text", fontSize: 12 },
        encoding: {
          text: { field: "text" },
          color: { condition: { test: IS_STRONG, value: light.paper }, value: light.ink },
        },
      },
    ],
  };
  const place = ({ row, column, value }: HeatMapCell) => `${row}, ${column} (${numbers.short(value)})`;
  const description = texts.grid({ score: scores[score] ?? score, best: place(best), worst: place(worst) });
  const width = cell * columnNames.length;
  return chart(body, { ...options, width, height: options.height ?? 38 * rowNames.length, description });
}
