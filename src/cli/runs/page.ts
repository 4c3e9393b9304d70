import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ArgumentError } from "../../index.js";
import { atomicWrite } from "../../node/atomic-write.js";
import { makeFolder } from "../../node/make-folder.js";
import { drawChart, type Language, type ReportSubject, report, reportCharts } from "../../report/index.js";
import type { Rasteriser } from "./rasterise.js";

/** Stands in every page that is written here. */
const GENERATOR = '<meta name="generator" content="neuromotor">';

/** Names of a page and of the folder of its charts. */
export const PAGE = "report.html";
export const CHARTS = "charts";

export interface PageOptions {
  language: Language;
  /** Draws the charts, too. */
  rasteriser?: Rasteriser;
}

/** Options of a command's pages. @throws ArgumentError when it was asked for what it can't do */
export async function pageOptions({
  language,
  png = false,
}: {
  language: Language;
  png?: boolean;
}): Promise<PageOptions> {
  return { language, ...(png && { rasteriser: await (await import("./rasterise.js")).openRasteriser() }) };
}

/** Options of a page are of no use where none is written. @throws ArgumentError */
export function requirePage(asked: { language?: Language; png?: boolean }, isWritten: boolean, remedy: string): void {
  if (isWritten) return;
  for (const name of ["language", "png"] as const) {
    if (asked[name] !== undefined)
      throw new ArgumentError(`--${name} is for the report, which is written with ${remedy}.`);
  }
}

/**
 * Finds out, before any work, whether a report can be written into a folder: in place of a report, of nothing else.
 *
 * @throws ArgumentError when there is another file of its name
 */
export async function checkPage(folder: string): Promise<void> {
  const path = join(folder, PAGE);
  const text = await readFile(path, "utf8").catch(() => GENERATOR); // there is none, or the writing will say why not
  if (text.includes(GENERATOR)) return;
  throw new ArgumentError(`${path} isn't neuromotor's, and would be overwritten. Give another folder.`);
}

/**
 * Writes a report into a folder, in place of one that is there.
 *
 * @returns the page's path
 * @throws Error naming the folder when it can't be written
 */
export async function writePage(
  subject: ReportSubject,
  folder: string,
  { language, rasteriser }: PageOptions,
): Promise<string> {
  const path = join(folder, PAGE);
  const page = await report(subject, { language });
  try {
    await makeFolder(folder);
    await atomicWrite(path, page);
    if (!rasteriser) return path;
    await makeFolder(join(folder, CHARTS));
    for (const { name, specification } of await reportCharts(subject, { language })) {
      await atomicWrite(join(folder, CHARTS, `${name}.png`), rasteriser(await drawChart(specification)));
    }
    return path;
  } catch (cause) {
    throw new Error(`${path}: the report can't be written (${(cause as Error).message}).`, { cause });
  }
}
