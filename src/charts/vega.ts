import { parse, resetSVGDefIds, textMetrics, View } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile, type TopLevelSpec } from "vega-lite";
import type { ChartSpecification } from "./specification.js";
import { widthOf } from "./text-width.js";

declare module "vega" {
  /* Missing in vega's own types. */

  /** Numbers clip paths and gradients from 0 again. */
  function resetSVGDefIds(): void;
  const textMetrics: {
    /** Whether text is measured by a canvas, which a page has and Node doesn't. */
    canvas(use: boolean): void;
    width(item: { fontSize?: number; text?: unknown }, text?: unknown): number;
  };
}

/** Factor of the room that wide faces take, such as DejaVu Sans, by that of the usual ones. */
const WIDE = 1.14;

/** As Vega writes it. Expressions are interpreted, so that a page whose policy forbids `eval` draws as well. */
export async function renderSvg(specification: ChartSpecification): Promise<string> {
  // The same widths, and so the same picture, in Node and on any page.
  textMetrics.canvas(false);
  resetSVGDefIds();
  textMetrics.width = ({ fontSize = 11, text: own }, text = own) => WIDE * widthOf(String(text ?? ""), fontSize);
  const { spec } = compile(specification as unknown as TopLevelSpec, { logger: silent });
  const view = new View(parse(spec, undefined, { ast: true }), { renderer: "none", expr: expressionInterpreter });
  try {
    return await view.toSVG();
  } finally {
    view.finalize();
  }
}

/** Vega-Lite's advice is for authors of specifications. */
const silent = {
  level: () => silent,
  error: () => silent,
  warn: () => silent,
  info: () => silent,
  debug: () => silent,
};
