import { checkOptions, type OptionNames } from "../core/options.js";
import { type Language, textsIn } from "../language/index.js";
import { light } from "./palette.js";

/**
 * A chart as plain JSON: a Vega-Lite specification (version 6, https://vega.github.io/vega-lite), with its data, its look
 * and, in `description`, its text alternative. `drawChart` makes an SVG of it; Vega's own tools open it unchanged.
 */
export interface ChartSpecification {
  readonly $schema: string;
  /** Text alternative: the picture in words and numbers. */
  readonly description: string;
  readonly [property: string]: unknown;
}

/** Width of a plot where none is asked for, in pixels. */
export const DEFAULT_WIDTH = 340;

/** Options of every chart. */
export interface ChartOptions {
  /** Of all words and numbers; "en". */
  language?: Language;
  /** Of the plot without its axes, in pixels. */
  width?: number;
  /** Of the plot, in pixels. */
  height?: number;
}

/** Names of a chart's own options, without those of every chart. */
type Own<T extends ChartOptions> = OptionNames<Omit<T, keyof ChartOptions>>;

/** @throws ArgumentError on an option that a chart doesn't take */
export function checkChart<T extends ChartOptions>(name: string, options: T, own: Own<T>): void {
  checkOptions<object>(name, options, { ...own, language: true, width: true, height: true });
}

const SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json";
const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

/** Thin spaces and a true minus sign; decimal comma where the language has one. */
const locale: Record<Language, object> = {
  en: { decimal: ".", thousands: ",", grouping: [3], currency: ["", ""], minus: "−" },
  es: { decimal: ",", thousands: ".", grouping: [3], currency: ["", " €"], percent: " %", minus: "−" },
};

/** Pixels; what is longer is cut. */
const MOST_LABEL = 180;

const label = { labelColor: light.soft, labelFont: FONT, labelFontSize: 11, labelFontWeight: "normal" };
const title = { titleColor: light.soft, titleFont: FONT, titleFontSize: 11, titleFontWeight: "normal" };

const look = (language: Language) => ({
  aria: false, // but for marks that are given a description
  background: "transparent",
  font: FONT,
  locale: { number: locale[language] },
  padding: 2,
  view: { stroke: null },
  axis: {
    ...label,
    ...title,
    domainColor: light.axis,
    tickColor: light.axis,
    gridColor: light.grid,
    labelPadding: 5,
    titlePadding: 8,
    tickSize: 4,
    labelLimit: MOST_LABEL,
  },
  axisX: { grid: false, labelFlush: false, labelOverlap: "greedy" },
  axisY: { domain: false, ticks: false },
  legend: {
    ...label,
    labelColor: light.ink,
    title: null,
    orient: "top",
    direction: "horizontal",
    offset: 6,
    symbolBaseStrokeColor: light.soft,
    symbolBaseFillColor: light.soft,
    symbolStrokeWidth: 2.5,
    symbolSize: 90,
    columnPadding: 14,
    labelLimit: 150,
  },
  title: { font: FONT, fontSize: 11, fontWeight: "normal", color: light.soft, offset: 6 },
  text: { font: FONT, fontSize: 11, fill: light.ink },
  range: { category: light.series },
});

interface Frame extends ChartOptions {
  description: string;
  /** Of the vertical axis. It stands level above it: turned text is hard to read. */
  vertical?: string;
}

/** Puts a chart together. @param body - its data, marks and encodings */
export function chart(
  body: Record<string, unknown>,
  { language = "en", width = DEFAULT_WIDTH, height = 210, description, vertical }: Frame,
): ChartSpecification {
  textsIn(language); // refuses one that there is no table of
  const title = vertical && { text: vertical, anchor: "start", frame: "group" };
  return { $schema: SCHEMA, description, width, height, ...(title && { title }), ...body, config: look(language) };
}

/** The table that a chart draws: a row an object. */
export const rowsOf = (values: readonly object[]) => ({ values });
