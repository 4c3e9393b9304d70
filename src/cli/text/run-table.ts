import { noBetterThan } from "../runs/chance.js";
import type { RunMetrics } from "../runs/run.js";
import { alignRight } from "./align.js";
import { score, seconds } from "./numbers.js";
import { bar } from "./picture.js";

/** A line of a table of runs: one run, or runs that differ in their seed alone. */
export interface RunRow {
  /** Settings that differ from the other lines, a cell for each heading. */
  labels: readonly string[];
  /** undefined for a run that diverged. */
  runs: readonly (RunMetrics | undefined)[];
}

type Measure = "accuracy" | "r2";
const NAMES: Record<Measure, string> = { accuracy: "accuracy", r2: "R²" };
const MEASURES = Object.keys(NAMES) as Measure[];

const meanOf = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Less than four decimals show. */
const LEAST_SHOWN = 5e-5;

/** "0.9533", or "0.9533 ± 0.0040" of several; the deviation is that of the numbers themselves (divided by their count). */
function scoreText(values: readonly number[]): string {
  const mean = meanOf(values);
  if (values.length === 1) return score(mean);
  const deviation = Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
  return `${score(mean)} ± ${deviation < LEAST_SHOWN ? "0.0000" : score(deviation)}`;
}

/**
 * The row that is best by its validation part, never by rows held out.
 *
 * @returns its place and what it was chosen by; undefined where not all rows that ended have such a part
 */
export function bestRow(rows: readonly RunRow[]): { place: number; by: string } | undefined {
  for (const measure of MEASURES) {
    const scores = rows.map(({ runs }) => {
      const found = runs.map((run) => run?.validation?.[measure]);
      return found.every((value) => value !== undefined) ? meanOf(found) : undefined;
    });
    const best = scores.reduce<number>((a, value, i) => ((value ?? -Infinity) > (scores[a] ?? -Infinity) ? i : a), 0);
    const isComplete = rows.every(({ runs }, i) => scores[i] !== undefined || runs.includes(undefined));
    if (isComplete && scores[best] !== undefined) return { place: best, by: `validation ${NAMES[measure]}` };
  }
  return undefined;
}

/** A column of numbers: undefined where a run has none. */
interface Column {
  heading: string;
  pick(run: RunMetrics): number | undefined;
  /** @param values - of one or more runs */
  write(values: readonly number[]): string;
}

function columnsFor(runs: readonly RunMetrics[]): Column[] {
  const parts = [...new Set(runs.map(({ evaluatedOn }) => evaluatedOn))];
  const hasValidation = runs.some(({ validation }) => validation !== null);
  const columns: Column[] = [];
  for (const measure of MEASURES.filter((each) => runs.some((run) => run[each] !== undefined))) {
    const name = NAMES[measure];
    if (hasValidation) {
      columns.push({ heading: `validation ${name}`, pick: (run) => run.validation?.[measure], write: scoreText });
    }
    for (const part of parts) {
      const pick = (run: RunMetrics) => (run.evaluatedOn === part ? run[measure] : undefined);
      columns.push({ heading: `${part} ${name}`, pick, write: scoreText });
    }
  }
  return [
    ...columns,
    { heading: "loss", pick: (run) => run.loss, write: scoreText },
    { heading: "epochs", pick: (run) => run.epochs, write: (values) => String(Math.round(meanOf(values))) },
    { heading: "time", pick: (run) => run.seconds, write: (values) => seconds(meanOf(values)) },
  ];
}

/** Columns of a bar. */
const BAR = 12;

/** The score that runs are told apart by, from 0 to 1, as a bar. */
function barOf(runs: readonly RunMetrics[]): string {
  for (const measure of MEASURES) {
    const values = runs.map((run) => run.validation?.[measure] ?? run[measure]);
    if (values.length > 0 && values.every((value) => value !== undefined)) return bar(meanOf(values), BAR);
  }
  return "";
}

/** Runs side by side, the best marked by a star. */
export function formatRuns(headings: readonly string[], rows: readonly RunRow[]): string {
  const best = bestRow(rows);
  const columns = columnsFor(rows.flatMap(({ runs }) => runs).filter((run) => run !== undefined));
  const lines = rows.map(({ labels, runs }, place) => {
    const ended = runs.filter((run) => run !== undefined);
    const numbers = columns.map(({ pick, write }) => {
      const values = ended.map(pick).filter((value) => value !== undefined);
      return values.length > 0 ? write(values) : "-";
    });
    return [...labels, ...numbers, barOf(ended), noteOf(runs), place === best?.place ? "*" : ""];
  });
  const table = alignRight([[...headings, ...columns.map(({ heading }) => heading), "", "", ""], ...lines]);
  const text = table.replace(/ +$/gm, "");
  return best ? `${text}\n* best ${best.by}` : text;
}

/** Ends of trainings that learned nothing: "diverged", "2 of 3 at chance". */
function noteOf(runs: RunRow["runs"]): string {
  const counts = {
    diverged: runs.filter((run) => run === undefined).length,
    "at chance": runs.filter((run) => run && noBetterThan(run)).length,
  };
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([end, count]) => (count === runs.length ? end : `${count} of ${runs.length} ${end}`))
    .join(", ");
}
