/**
 * Limits on what a page shows of data that have more: rows, classes, runs. A page that comes out too large is written again
 * with smaller ones.
 */
export interface Limits {
  /** Cells of the tables of mistakes. */
  cells: number;
  /** Rows of a table of classes, labels or targets: those with the worst scores. */
  classes: number;
  /** Rows of a table of runs or settings. */
  runs: number;
  /** Trials of a search that are drawn. */
  trials: number;
  /** Rows of a table of published experiments. */
  experiments: number;
}

const FULL: Limits = { cells: 700, classes: 60, runs: 60, trials: 700, experiments: 160 };

/** From the largest to the smallest. */
export const LIMITS: readonly Limits[] = [1, 0.5, 0.25, 0.1].map((share) => ({
  cells: Math.round(FULL.cells * share),
  classes: Math.round(FULL.classes * share),
  runs: Math.round(FULL.runs * share),
  trials: Math.round(FULL.trials * share),
  experiments: Math.round(FULL.experiments * share),
}));

/** Bytes of a page without its images. */
const MOST_BYTES = 150_000;

/** Whether a page's text, images aside, is within its budget. */
export const fits = (page: string): boolean =>
  new TextEncoder().encode(page.replace(/data:image\/png;base64,[^"]*/g, "")).length <= MOST_BYTES;

/** Letters of a name of a class, a column, a run; longer ones lose their middle. */
const MOST_LETTERS = 40;

/** Letters of a name beside a chart's axis. */
const MOST_BESIDE_AXIS = 22;

/** Names as a chart has room for them; those that differ still do. */
export const chartNames = (names: readonly string[]): string[] => shortNames(names, MOST_BESIDE_AXIS);

/** Names as a page has room for them; those that differ still do. */
export function shortNames(names: readonly string[], letters = MOST_LETTERS): string[] {
  const seen = new Set<string>();
  return names.map((name) => {
    const cut = shortName(name, letters);
    let own = cut;
    for (let n = 2; seen.has(own) && cut !== name; n++) own = `${cut} (${n})`;
    seen.add(own);
    return own;
  });
}

/** A name as a page has room for it. */
export function shortName(name: string, letters = MOST_LETTERS): string {
  if (name.length <= letters) return name;
  const end = Math.floor(letters / 3);
  return `${name.slice(0, letters - end - 1)}…${name.slice(-end)}`;
}
