import { ArgumentError } from "../core/errors.js";
import { optionsOf } from "../core/options.js";
import { shown } from "../core/shown.js";
import type { Language } from "../language/index.js";
import { comparisonPage } from "./comparison-page.js";
import { legible } from "./legible.js";
import { fits, LIMITS } from "./limits.js";
import { type Page, writePage } from "./page.js";
import type { ReportChart, ReportOptions } from "./report.js";
import { reproductionPage } from "./reproduction-page.js";
import type { ReportSubject } from "./run.js";
import { runPage } from "./run-page.js";
import { searchPage } from "./search-page.js";

const KINDS: readonly string[] = ["run", "comparison", "search", "reproduction"] satisfies Kind[];
type Kind = NonNullable<ReportSubject["kind"]>;

async function pageOf(subject: ReportSubject, language: Language, limits = LIMITS[0]): Promise<Page> {
  if (typeof subject?.name !== "string") {
    throw new ArgumentError("report: needs a run with a name, such as describeRun(trainer, ...) gives.");
  }
  const { kind = "run" } = subject;
  if (KINDS.includes(kind)) {
    const shown = legible(subject);
    if (shown.kind === "comparison") return comparisonPage(shown, language, limits);
    if (shown.kind === "search") return searchPage(shown, language, limits);
    if (shown.kind === "reproduction") return reproductionPage(shown, language, limits);
    return runPage(shown, language, limits);
  }
  throw new ArgumentError(`report: kind must be "run", "comparison", "search" or "reproduction", got ${shown(kind)}.`);
}

/** See `report`. */
export async function writeReport(subject: ReportSubject, options: ReportOptions = {}): Promise<string> {
  const { language } = optionsOf("report", options, { language: "en" });
  let page = "";
  for (const limits of LIMITS) {
    page = await writePage(await pageOf(subject, language, limits), language);
    if (fits(page)) break;
  }
  return page;
}

/** See `reportCharts`. */
export async function chartsOf(subject: ReportSubject, options: ReportOptions = {}): Promise<ReportChart[]> {
  const { language } = optionsOf("reportCharts", options, { language: "en" });
  const { sections } = await pageOf(subject, language);
  return sections.flatMap(({ blocks }) =>
    blocks.flatMap((block) =>
      Array.isArray(block) ? block.map(({ name, title, specification }) => ({ name, title, specification })) : [],
    ),
  );
}

export { sampleActivation } from "./activation-samples.js";
export { describeRun } from "./describe/describe.js";
export { recorderOf } from "./describe/gradients.js";
export { modelOf } from "./describe/model.js";
export { searchOf } from "./describe/sweep.js";
