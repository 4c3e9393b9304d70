import { count, plural, seconds } from "../text/numbers.js";
import type { Row } from "./row.js";
import type { Reproduced, Verdict } from "./verdict.js";

/** Verdicts in words. */
export const VERDICTS: Readonly<Record<Verdict, string>> = {
  reached: "reached",
  missed: "missed",
  equal: "equal",
  different: "different",
  diverged: "diverged",
  chance: "stayed at chance",
  trained: "trained; failed there",
  done: "done",
  "no data": "no data",
};

const WIDTHS = { name: 52, published: 11, ours: 21, seeds: 7, time: 10 } as const;

/** From here on a single decimal is enough. */
const LARGE = 100;
const USUAL = 4;

type Shown = Pick<Reproduced, "published" | "mean" | "deviation" | "seeds" | "decimals">;

/** A number with the decimals that must be equal, or the usual ones; "-" where there is none. */
const numberText = (value: number | undefined, { mean, published, decimals = USUAL }: Shown): string =>
  value === undefined ? "-" : value.toFixed(Math.abs(mean ?? published ?? 0) < LARGE ? decimals : 1);

/** "0.9736", or "-" where nothing was published in numbers. */
export const publishedText = (figure: Shown): string => numberText(figure.published, figure);

/** "0.9770 ± 0.0005" */
export const oursText = (figure: Shown): string =>
  numberText(figure.mean, figure) +
  (figure.mean === undefined || figure.seeds < 2 ? "" : ` ± ${numberText(figure.deviation, figure)}`);

const cut = (text: string, width: number) =>
  text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);

const line = (name: string, published: string, ours: string, seeds: string, time: string, verdict: string) =>
  (
    cut(name, WIDTHS.name) +
    published.padStart(WIDTHS.published) +
    ours.padStart(WIDTHS.ours) +
    seeds.padStart(WIDTHS.seeds) +
    `${time.padStart(WIDTHS.time)}  ${verdict}`
  ).trimEnd();

export const HEADING = line("", "published", "ours", "seeds", "time", "");

/** The verdict in words: with whether the report's training failed, too. */
export function verdictText({ verdict, there }: Reproduced): string {
  const isAsThere = there && (verdict === "diverged" || verdict === "chance");
  return isAsThere ? `${VERDICTS[verdict]}, as there` : VERDICTS[verdict];
}

/**
 * A row as lines of text: its figures, and what was chosen. A single figure stands on the row's own line.
 *
 * @param before - the row above: what was chosen alike isn't said again
 */
export function formatRow({ experiment, figures, problem }: Row, before?: Row): string {
  const { id, item } = experiment;
  const chosen = experiment.chosen === before?.experiment.chosen ? undefined : experiment.chosen;
  const title = `${id.padEnd(4)} ${item}`;
  const isSingle = figures.length === 1;
  const lines = figures.map((figure) =>
    line(
      isSingle ? `${title}${figure.name && `: ${figure.name}`}` : `       ${figure.name}`,
      publishedText(figure),
      oursText(figure),
      count(figure.seeds),
      seconds(figure.seconds),
      verdictText(figure),
    ),
  );
  const notes = [problem?.replace(/\s*\n\s*/g, " "), chosen && `chosen: ${chosen}`].filter(Boolean);
  return [...(isSingle ? [] : [title]), ...lines, ...notes.map((note) => `       ${note}`)].join("\n");
}

/** Number of rows by verdict. */
export function summary(rows: readonly Row[]): string {
  const counts = new Map<Verdict, number>();
  for (const { verdict } of rows) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return `${plural(rows.length, "row")}: ${[...counts].map(([verdict, n]) => `${n} ${VERDICTS[verdict]}`).join(", ")}`;
}
