import { crc32c } from "../core/crc.js";
import { optionsOf } from "../core/options.js";
import { compactSvg } from "./compact-svg.js";
import { colours } from "./palette.js";
import type { ChartSpecification } from "./specification.js";

/** Options of `drawChart`. */
export interface DrawOptions {
  /** On dark paper; else on light. */
  dark?: boolean;
}

/**
 * Draws a chart as SVG, in Node and on a page alike. Vega, which does the work, comes with this package and is loaded
 * with the first chart.
 *
 * @param specification - of any chart function, or a Vega-Lite specification of one's own with its data inside
 * @returns the text of an `<svg>` element whose accessible name is the chart's description
 * @throws Error when the specification isn't valid Vega-Lite
 */
export async function drawChart(specification: ChartSpecification, options: DrawOptions = {}): Promise<string> {
  const { dark } = optionsOf("drawChart", options, { dark: false });
  const { renderSvg } = await import("./vega.js");
  const svg = ownIds(compactSvg(await renderSvg(specification), specification.description));
  return dark ? darken(svg) : svg;
}

/** Ids, of clip paths and gradients, that no other picture of a page has. */
function ownIds(svg: string): string {
  const suffix = crc32c(new TextEncoder().encode(svg)).toString(36);
  return svg.replace(/(id="|url\(#)([\w-]+)/g, (_, before, id) => `${before}${id}-${suffix}`);
}

const darkOf = new Map(colours.map((colour) => [colour.light, colour.dark]));

const darken = (svg: string) => svg.replace(/(?<==")#[0-9a-f]{6}(?=")/g, (colour) => darkOf.get(colour) ?? colour);
