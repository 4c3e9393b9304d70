import { DataError } from "../core/errors.js";
import { numbersIn, textsIn } from "../language/index.js";
import { light } from "./palette.js";
import { type ChartOptions, type ChartSpecification, chart, checkChart, rowsOf } from "./specification.js";

/** Numbers of rows of each class in a part of the data. */
export interface ClassCounts {
  train?: readonly number[];
  validation?: readonly number[];
  test?: readonly number[];
}

const PARTS = ["train", "validation", "test"] as const;
const MOST_CLASSES = 25;
/** More bars than this are too small for their rounded ends to be seen. */
const MOST_ROUNDED = 30;

/**
 * Frequency of each class in each part of the data: as shares of the part, so that parts of unlike sizes compare.
 * Of more than 25 classes the most frequent ones are drawn.
 *
 * @param counts - [classes] of each part
 * @param classNames - [classes]
 * @throws DataError when no part has a row
 * @throws ArgumentError when the language is unknown
 */
export function classFrequencyChart(
  counts: ClassCounts,
  classNames: readonly string[],
  options: ChartOptions = {},
): ChartSpecification {
  checkChart("classFrequencyChart", options, {});
  const { language = "en", width = 300 } = options;
  const texts = textsIn(language);
  const numbers = numbersIn(language);
  const totalOf = (part: (typeof PARTS)[number]) => (counts[part] ?? []).reduce((a, b) => a + b, 0);
  const parts = PARTS.filter((part) => totalOf(part) > 0);
  if (parts.length === 0) throw new DataError("classFrequencyChart: there are no rows. Pass the counts of a part.");
  const overall = classNames.map((_, label) => parts.reduce((sum, part) => sum + (counts[part]![label] ?? 0), 0));
  const labels = classNames.map((_, label) => label);
  const drawn = new Set(labels.toSorted((a, b) => overall[b] - overall[a]).slice(0, MOST_CLASSES));
  const rows = labels
    .filter((label) => drawn.has(label))
    .flatMap((label) =>
      parts.map((part) => ({
        class: classNames[label],
        part: texts.parts[part],
        share: (counts[part]![label] ?? 0) / totalOf(part),
        text: `${classNames[label]}, ${texts.parts[part]}: ${numbers.count(counts[part]![label] ?? 0)}`,
      })),
    );
  const names = parts.map((part) => texts.parts[part]);
  const body = {
    data: rowsOf(rows),
    mark: { type: "bar", ...(rows.length <= MOST_ROUNDED && { cornerRadiusEnd: 1.5 }) },
    encoding: {
      y: {
        field: "class",
        type: "nominal",
        sort: null,
        title: null,
        scale: { paddingInner: 0.3, paddingOuter: 0.1 },
        axis: { labelColor: light.ink, grid: false },
      },
      x: {
        field: "share",
        type: "quantitative",
        title: null,
        axis: { format: "~%", tickCount: 4, grid: true, domain: false, ticks: false },
      },
      yOffset: { field: "part", sort: names },
      color: {
        field: "part",
        type: "nominal",
        sort: names,
        scale: { domain: names, range: light.series.slice(0, names.length) },
        legend: names.length > 1 ? { symbolType: "square" } : null,
      },
      description: { field: "text" },
    },
  };
  const extreme = (pick: (a: number, b: number) => boolean) =>
    labels.reduce((found, label) => (pick(overall[label], overall[found]) ? label : found));
  const describeClass = (label: number) =>
    `${classNames[label]} (${numbers.count(overall[label])}, ${numbers.percent(overall[label] / overall.reduce((a, b) => a + b, 0))})`;
  const description = texts.chart.frequencies({
    rarest: describeClass(extreme((a, b) => a < b)),
    commonest: describeClass(extreme((a, b) => a > b)),
  });
  const height = drawn.size * Math.max(14, 9 * parts.length + 5);
  return chart(body, { ...options, width, height, description });
}
