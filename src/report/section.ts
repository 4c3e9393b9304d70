import type { ChartSpecification } from "../charts/index.js";
import type { Markup } from "./markup.js";

/** A chart with its place in the page. */
export interface Figure {
  /** Of its file, where it is written as one: "confusion-matrix". */
  name: string;
  title: string;
  specification: ChartSpecification;
  /** Explanation of the chart: how to read it, or what it shows. */
  caption?: string;
  /** Whether it takes a row of the page by itself. */
  isWide?: boolean;
}

/** A chapter of the page: its parts from the top, charts in rows as wide as the page allows. */
export interface Section {
  id: string;
  title: string;
  /** Introduction, in a sentence or two. */
  intro?: string;
  blocks: readonly (Markup | readonly Figure[])[];
}

/** Without parts that have nothing to show. */
export const sectionOf = (
  id: string,
  title: string,
  intro: string | undefined,
  blocks: readonly (Markup | readonly Figure[] | undefined)[],
): Section[] => {
  const shown = blocks.filter((block) => block !== undefined && (!Array.isArray(block) || block.length > 0));
  return shown.length === 0 ? [] : [{ id, title, intro, blocks: shown as Section["blocks"] }];
};
