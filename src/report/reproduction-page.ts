import { scoreBars } from "../charts/index.js";
import { type Language, numbersIn, textsIn } from "../language/index.js";
import type { Evidence } from "./evidence.js";
import type { Limits } from "./limits.js";
import { html, type Markup } from "./markup.js";
import type { Page } from "./page.js";
import type { ReproducedRow, Reproduction } from "./run.js";
import { type Figure, sectionOf } from "./section.js";
import { firstRows } from "./table.js";

/** The page of published experiments done again: the published figure beside ours, row by row. */
export function reproductionPage(reproduction: Reproduction, language: Language, limits: Limits): Page {
  const { page } = textsIn(language);
  const numbers = numbersIn(language);
  const { rows } = reproduction;
  const drawn = rows.filter(
    ({ published, mean }) => published !== undefined && mean !== undefined && Number.isFinite(mean),
  );
  const compared = drawn.filter(({ reached }) => reached !== null);
  const reached = compared.filter((row) => row.reached ?? isReached(row));
  return {
    title: reproduction.name,
    over: page.reproductionReport,
    first: [
      html`<p class="value">${numbers.count(reached.length)} / ${numbers.count(compared.length)}</p><p class="label">${page.reachedLabel}</p><p class="sentence">${page.reachedOf(
        {
          reached: numbers.count(reached.length),
          compared: numbers.count(compared.length),
          rows: numbers.count(rows.length),
        },
      )}</p>`,
    ],
    evidence: evidenceOf(rows, compared.length, language),
    sections: [
      ...sectionOf("results", page.results, page.reproductionIntro, [
        figuresOf(drawn, language),
        reproducedTable(rows, limits, language),
      ]),
      ...sectionOf("settings", page.settings, undefined, [
        reproduction.command ? html`<pre tabindex="0"><code>${reproduction.command}</code></pre>` : undefined,
      ]),
    ],
  };
}

/** At least as good as what was published, within two standard errors of ours. */
export function isReached({
  published,
  mean,
  deviation = 0,
  seeds = 1,
  better = "higher",
}: Pick<ReproducedRow, "published" | "mean" | "deviation" | "seeds" | "better">): boolean {
  const allowance = (2 * deviation) / Math.sqrt(seeds);
  return better === "higher" ? mean! >= published! - allowance : mean! <= published! + allowance;
}

function evidenceOf(rows: readonly ReproducedRow[], compared: number, language: Language): Evidence[] {
  const { page } = textsIn(language);
  const numbers = numbersIn(language);
  const seeds = rows.map((row) => row.seeds ?? 0).filter((each) => each > 0);
  const found: Evidence[] = [];
  if (seeds.length > 0) {
    const least = Math.min(...seeds);
    found.push({ tone: least > 1 ? "good" : "note", text: page.seedsEach(numbers.count(least)) });
  }
  const left = rows.length - compared;
  if (left > 0) found.push({ tone: "note", text: page.notCompared(numbers.count(left)) });
  const chosen = rows.filter(({ note }) => note).length;
  if (chosen > 0) found.push({ tone: "note", text: page.chosenWhere(numbers.count(chosen)) });
  return found;
}

const MOST_BARS = 30;
/** Bars of all pictures. */
const MOST_DRAWN = 210;

/**
 * Rows that share an axis: of one report and score. Errors have the units of their data, so that they are compared within
 * an experiment alone.
 */
const axisOf = ({ id, group = "", score = "accuracy", better }: ReproducedRow) =>
  JSON.stringify([group, score, better === "lower" ? id.split(".")[0] : ""]);

/**
 * Pictures for each report and score, as many as it takes: what is measured in unlike units isn't drawn on one axis. A
 * figure by itself is read in the table, unless there is no other.
 */
function figuresOf(all: readonly ReproducedRow[], language: Language): Figure[] {
  const { page, scores } = textsIn(language);
  const { count } = numbersIn(language);
  const rows = all.slice(0, MOST_DRAWN);
  const drawn = page.firstOf({ title: page.publishedAndOurs(""), shown: count(rows.length), total: count(all.length) });
  const caption = rows.length < all.length ? `${page.publishedCaption} ${drawn}.` : page.publishedCaption;
  const byScore = new Map<string, ReproducedRow[]>();
  for (const row of rows) {
    const key = axisOf(row);
    byScore.set(key, [...(byScore.get(key) ?? []), row]);
  }
  const several = [...byScore].filter(([, members]) => members.length > 1);
  return (several.length > 0 ? several : [...byScore])
    .flatMap(([key, members]) => {
      const [group, score] = JSON.parse(key) as [string, string];
      const pieces = Math.ceil(members.length / MOST_BARS);
      const each = Math.ceil(members.length / pieces);
      const name = scores[score] ?? score;
      const title = group ? `${group}: ${name}` : page.publishedAndOurs(name);
      return Array.from({ length: pieces }, (_, i) => ({
        title: pieces > 1 ? `${title} (${i + 1}/${pieces})` : title,
        score,
        members: members.slice(i * each, (i + 1) * each),
      }));
    })
    .map(({ title, score, members }, i) => ({
      name: `published-${i + 1}`,
      title,
      specification: scoreBars(
        members.map(({ id, mean, deviation, published }) => ({ name: id, mean: mean!, deviation, published })),
        { score, language },
      ),
      ...(i === 0 && { caption }),
    }));
}

function reproducedTable(rows: readonly ReproducedRow[], limits: Limits, language: Language): Markup {
  const { page, chart } = textsIn(language);
  const numbers = numbersIn(language);
  const value = (number: number | undefined) =>
    number === undefined || Number.isNaN(number) ? "" : numbers.digits(number, 4);
  const shown = rows.slice(0, limits.experiments);
  return firstRows(
    { title: page.publishedAndOurs(""), shown: shown.length, total: rows.length },
    language,
    [
      { title: page.rowId },
      { title: page.item, isPhrase: true },
      { title: chart.published, isNumber: true },
      { title: page.ours, isNumber: true },
      { title: page.verdict },
      { title: page.deviation, isNumber: true },
      { title: page.seeds, isNumber: true },
      { title: page.time, isNumber: true },
      { title: page.note, isPhrase: shown.some(({ note }) => note) },
    ],
    shown.map(({ id, item, published, mean, deviation, seeds, seconds, verdict, note = "" }) => [
      id,
      item,
      value(published),
      value(mean),
      page.verdicts[verdict] ?? verdict,
      deviation === undefined || seeds === 1 ? "" : numbers.digits(deviation, 2),
      seeds === undefined ? "" : numbers.count(seeds),
      seconds === undefined ? "" : page.seconds(numbers.stopwatch(seconds)),
      note,
    ]),
  );
}
