import { DataError } from "../core/errors.js";
import { numbersIn, textsIn } from "../language/index.js";
import { deviationLines, nameAxis } from "./named-bars.js";
import { light } from "./palette.js";
import { type ChartOptions, type ChartSpecification, chart, checkChart, rowsOf } from "./specification.js";

/** The importance of a setting or a feature. */
export interface ImportanceBar {
  name: string;
  /** On any scale, such as that of `permutationImportance`. */
  importance: number;
  /** Standard deviation over repeats. */
  deviation?: number;
}

/** Options of `importanceChart`. */
export interface ImportanceChartOptions extends ChartOptions {
  /** Title of the axis; "importance". */
  measure?: string;
}

/**
 * Bars of how important settings or features are, the most important first: what `permutationImportance` gives, too.
 *
 * @throws DataError when there are none, or an importance isn't finite
 * @throws ArgumentError when the language is unknown
 */
export function importanceChart(
  importances: readonly ImportanceBar[],
  options: ImportanceChartOptions = {},
): ChartSpecification {
  checkChart("importanceChart", options, { measure: true });
  const bad = importances.find(({ importance }) => !Number.isFinite(importance));
  if (importances.length === 0 || bad) {
    throw new DataError(
      bad
        ? `importanceChart: the importance of ${JSON.stringify(bad.name)} is ${bad.importance}. Leave it out.`
        : "importanceChart: there are no importances. Pass at least one.",
    );
  }
  const { language = "en", width = 260 } = options;
  const { chart: texts } = textsIn(language);
  const { measure = texts.importance } = options;
  const numbers = numbersIn(language);
  const rows = importances
    .toSorted((a, b) => b.importance - a.importance)
    .map(({ name, importance, deviation = 0 }) => ({
      name,
      importance,
      low: importance - deviation,
      high: importance + deviation,
      label: numbers.short(importance),
      text: texts.bar({
        name,
        mean: numbers.short(importance),
        ...(deviation > 0 && { deviation: numbers.short(deviation) }),
      }),
    }));
  const x = {
    type: "quantitative",
    title: measure,
    axis: { grid: true, tickCount: 4, domain: false, ticks: false },
  };
  const body = {
    data: rowsOf(rows),
    encoding: {
      y: nameAxis,
    },
    layer: [
      {
        mark: { type: "bar", color: light.series[0], cornerRadiusEnd: 2 },
        encoding: { x: { field: "importance", ...x }, description: { field: "text" } },
      },
      deviationLines(x),
      {
        mark: { type: "text", align: "left", dx: 6, color: light.soft },
        encoding: { x: { field: "high", ...x }, text: { field: "label" } },
      },
    ],
  };
  const description = texts.bars({ score: measure, bars: rows.map(({ text }) => text).join("; ") });
  return chart(body, { ...options, width, height: Math.max(40, 28 * rows.length), description });
}
