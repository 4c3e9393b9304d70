import { ArgumentError } from "../core/errors.js";
import { numbersIn, textsIn } from "../language/index.js";
import { light } from "./palette.js";
import { type ChartOptions, type ChartSpecification, chart, checkChart, rowsOf } from "./specification.js";
import { faintStrengthOf, IS_STRONG, strengthOf } from "./strength.js";
import { widthOf } from "./text-width.js";

/** Options of `confusionMatrixChart`. */
export interface ConfusionMatrixOptions extends ChartOptions {
  /** Where a cell that holds rows leads when it is chosen: "#rows-3-5". */
  href?: (truth: number, predicted: number) => string | undefined;
  /** [classes], all rows of each true class, where the matrix is a part of a larger one: shares are of these. */
  totals?: readonly number[];
}

/** Cells of a matrix in which each says its classes and rows; of more cells only those that lead somewhere do. */
const MOST_NAMED = 150;

/** A smaller cell has no room for its count. */
const LEAST_CELL_WITH_COUNT = 19;

/**
 * Confusion matrix as a picture: a line for each true class, a column for each predicted one. What is right is blue, what
 * is mistaken orange, the stronger the greater its share of the true class's rows. Empty cells aren't drawn.
 *
 * @param matrix - [classes, classes], rows: truth, from `confusionMatrix`
 * @param classNames - [classes]
 * @throws ArgumentError when the matrix isn't square with a name for each class
 */
export function confusionMatrixChart(
  matrix: readonly (readonly number[])[],
  classNames: readonly string[],
  options: ConfusionMatrixOptions = {},
): ChartSpecification {
  checkChart("confusionMatrixChart", options, { href: true, totals: true });
  const classes = classNames.length;
  if (classes === 0 || matrix.length !== classes || matrix.some((counts) => counts.length !== classes)) {
    throw new ArgumentError(
      `confusionMatrixChart: ${classes} names for a matrix of ${matrix.length} rows. ` +
        "Pass the matrix that confusionMatrix() made and one name for each of its classes.",
    );
  }
  const { language = "en", width = 300, href, totals } = options;
  const texts = textsIn(language).chart;
  const numbers = numbersIn(language);
  const cell = Math.max(5, Math.min(64, width / classes));
  const isSmall = matrix.reduce((n, counts) => n + counts.filter((rows) => rows > 0).length, 0) <= MOST_NAMED;
  const cells = matrix.flatMap((counts, truth) => {
    const total = totals?.[truth] ?? counts.reduce((a, b) => a + b, 0);
    return counts.flatMap((rows, predicted) => {
      if (rows === 0) return [];
      const share = rows / total;
      const leads = href?.(truth, predicted);
      const strength = truth === predicted ? strengthOf(share) : faintStrengthOf(share);
      return {
        truth,
        predicted,
        rows,
        share,
        // Cells that look alike are drawn as one where there are many.
        strength: isSmall ? strength : Number(strength.toFixed(2)),
        kind: truth === predicted ? "right" : "wrong",
        text: texts.confusionCell({
          truth: classNames[truth],
          predicted: classNames[predicted],
          rows: numbers.count(rows),
          share: numbers.percent(share),
        }),
        isNamed: isSmall || leads !== undefined,
        ...(leads !== undefined && { href: leads }),
      };
    });
  });
  const labels = `datum.value < ${classes} ? ${JSON.stringify(classNames)}[datum.value] : ''`;
  const longest = Math.max(...classNames.map((name) => widthOf(name, 11)));
  const every = Math.max(1, Math.ceil(14 / cell));
  const axis = {
    labelExpr: every > 1 ? `datum.value % ${every} ? '' : (${labels})` : labels,
    domain: false,
    ticks: false,
    grid: false,
    labelOverlap: false,
    labelColor: light.ink,
    values: classNames.map((_, label) => label),
  };
  const domain = classNames.map((_, label) => label);
  const position = {
    y: {
      field: "truth",
      type: "ordinal",
      scale: { domain, padding: 0, ...(!isSmall && { paddingInner: 0.08 }) },
      title: texts.truth,
      axis,
    },
    x: {
      field: "predicted",
      type: "ordinal",
      scale: { domain, padding: 0, ...(!isSmall && { paddingInner: 0.08 }) },
      title: texts.predicted,
      axis: { ...axis, orient: "top", labelAngle: longest > cell - 4 ? -90 : 0 },
    },
  };
  const hasCounts = cell >= LEAST_CELL_WITH_COUNT;
  const look = {
    color: {
      field: "kind",
      type: "nominal",
      scale: { domain: ["right", "wrong"], range: [light.series[0], light.series[1]] },
      legend: null,
    },
    fillOpacity: { field: "strength", type: "quantitative", scale: null },
  };
  const outline = { stroke: light.paper, strokeWidth: cell > 12 ? 1.5 : 0.5 };
  const body = {
    data: rowsOf(cells),
    encoding: position,
    layer: [
      ...(cells.some(({ isNamed }) => !isNamed)
        ? [{ transform: [{ filter: "!datum.isNamed" }], mark: { type: "rect", aria: false }, encoding: look }]
        : []),
      {
        transform: [{ filter: "datum.isNamed" }],
        mark: { type: "rect", cornerRadius: cell > 12 ? 2 : 0, ...outline },
        encoding: {
          ...look,
          description: { field: "text" },
          ...(href && { href: { field: "href" } }),
        },
      },
      ...(hasCounts
        ? [
            {
              mark: { type: "text", fontSize: cell > 34 ? 13 : 11 },
              encoding: {
                text: { field: "rows", format: "d" },
                color: {
                  condition: { test: IS_STRONG, value: light.paper },
                  value: light.ink,
                },
              },
            },
          ]
        : []),
    ],
  };
  return chart(body, {
    ...options,
    width: cell * classes,
    height: cell * classes,
    description: describe(cells, classNames, language),
  });
}

function describe(
  cells: readonly { truth: number; predicted: number; rows: number; share: number }[],
  classNames: readonly string[],
  language: NonNullable<ChartOptions["language"]>,
): string {
  const texts = textsIn(language).chart;
  const numbers = numbersIn(language);
  const total = cells.reduce((sum, { rows }) => sum + rows, 0);
  const right = cells.reduce((sum, { truth, predicted, rows }) => sum + (truth === predicted ? rows : 0), 0);
  const mistakes = cells.filter(({ truth, predicted }) => truth !== predicted).sort((a, b) => b.rows - a.rows);
  return texts.confusion({
    classes: numbers.count(classNames.length),
    rows: numbers.count(total),
    correct: numbers.count(right),
    ...(mistakes.length > 0 && {
      worst: texts.confusionCell({
        truth: classNames[mistakes[0].truth],
        predicted: classNames[mistakes[0].predicted],
        rows: numbers.count(mistakes[0].rows),
        share: numbers.percent(mistakes[0].share),
      }),
    }),
  });
}
