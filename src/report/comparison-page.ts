import { type HeatMapCell, heatMap, learningCurves, type ScoreBar, scoreBars } from "../charts/index.js";
import { scoreIn } from "../charts/learning-curves.js";
import { type Language, numbersIn, textsIn } from "../language/index.js";
import type { Evidence } from "./evidence.js";
import type { Limits } from "./limits.js";
import { html, type Markup } from "./markup.js";
import type { Page } from "./page.js";
import type { ComparedRun, Comparison, PartName } from "./run.js";
import { type Figure, sectionOf } from "./section.js";
import { firstRows } from "./table.js";

const MOST_BARS = 24;
const MOST_CURVES = 8;
const MOST_CELLS = 100;

/** Runs of one configuration that differ in their seeds. */
interface Group {
  name: string;
  runs: ComparedRun[];
  /** Over the runs that have a score; the deviation is that of the numbers themselves, divided by their count. */
  mean: number;
  deviation: number;
  finished: number;
}

/** The page of several runs: a comparison, a grid, a sweep. */
export function comparisonPage(comparison: Comparison, language: Language, limits: Limits): Page {
  const { page } = textsIn(language);
  const numbers = numbersIn(language);
  const varied = variedSettings(comparison.runs);
  const groups = groupsOf(comparison, varied);
  const best = groups.find(({ mean }) => Number.isFinite(mean));
  const failed = comparison.runs.filter((run) => !Number.isFinite(run.scores[comparison.score])).length;
  const isOneSet = new Set(comparison.runs.map(({ data }) => data)).size <= 1;
  const first = !isOneSet
    ? html`<p class="sentence">${page.otherData}</p>`
    : best
      ? html`<p class="value">${numbers.score(comparison.score, best.mean)}</p><p class="label">${labelOf(comparison, language)}</p><p class="sentence">${page.bestOf(
          {
            best: best.name,
            settings: numbers.count(groups.length),
            runs: numbers.count(comparison.runs.length),
          },
        )}</p>`
      : html`<p class="sentence">${page.noneFinished}</p>`;
  return {
    title: comparison.name,
    over: page.comparisonReport,
    about: varied.length > 0 ? page.varies(varied.join(", ")) : undefined,
    first: [first],
    evidence: evidenceOf(comparison, groups, failed, language),
    sections: [
      ...sectionOf("results", page.results, page.comparisonIntro, [
        figuresOf(comparison, groups, varied, language),
        groupTable(comparison, groups, limits, language),
      ]),
      ...sectionOf("runs", page.allRuns, undefined, [runTable(comparison, varied, limits, language)]),
      ...sectionOf("settings", page.settings, undefined, [
        comparison.command ? html`<pre tabindex="0"><code>${comparison.command}</code></pre>` : undefined,
      ]),
    ],
  };
}

/** Names what is compared, and on which rows. */
function labelOf({ score, part }: Comparison, language: Language): string {
  const { page, scores, parts } = textsIn(language);
  const best = page.bestScore(scores[score] ?? score);
  return part ? page.scoreOn(best, page.onPart(parts[part], part)) : best;
}

/** Settings that aren't the same in all runs. */
function variedSettings(runs: readonly ComparedRun[]): string[] {
  const names = [...new Set(runs.flatMap(({ configuration }) => Object.keys(configuration)))];
  return names.filter((name) => new Set(runs.map(({ configuration }) => JSON.stringify(configuration[name]))).size > 1);
}

/** Digits of a setting that is a number, such as a rate that was drawn: more say nothing. */
const DIGITS = 6;

function settingText(value: unknown): string {
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(Number(value.toPrecision(DIGITS))) : (JSON.stringify(value) ?? "–");
}

/** More settings than this don't fit into a name. */
const MOST_NAMED = 3;

/** Groups of runs, the best first; those without a score last. */
function groupsOf({ runs, score, better }: Comparison, varied: readonly string[]): Group[] {
  const byConfiguration = new Map<string, ComparedRun[]>();
  for (const run of runs) {
    const settings = varied.map((name) => `${name} ${settingText(run.configuration[name])}`);
    const key = varied.length > 0 ? settings.join(", ") : run.name;
    byConfiguration.set(key, [...(byConfiguration.get(key) ?? []), run]);
  }
  const groups = [...byConfiguration].map(([key, members]): Group => {
    const values = members.map(({ scores }) => scores[score]).filter(Number.isFinite);
    const mean = values.reduce((a, b) => a + b, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    return {
      name: members.length === 1 && varied.length > MOST_NAMED ? members[0].name : key,
      runs: members,
      mean,
      deviation,
      finished: values.length,
    };
  });
  const sign = better === "higher" ? -1 : 1;
  const rank = ({ mean }: Group) => (Number.isFinite(mean) ? sign * mean : Number.POSITIVE_INFINITY);
  return groups.sort((a, b) => rank(a) - rank(b) || 0);
}

function evidenceOf(
  { score, runs }: Comparison,
  groups: readonly Group[],
  failed: number,
  language: Language,
): Evidence[] {
  const { page } = textsIn(language);
  const numbers = numbersIn(language);
  const write = (value: number) => numbers.score(score, value);
  const [best, second] = groups.filter(({ mean }) => Number.isFinite(mean));
  const found: Evidence[] = [];
  const isOneSet = new Set(runs.map(({ data }) => data)).size <= 1;
  if (best && second && isOneSet) found.push(lead(best, second, write, language));
  if (best && best.finished > 1) {
    found.push({
      tone: "good",
      text: page.overSeeds({ seeds: numbers.count(best.finished), deviation: write(best.deviation) }),
    });
  }
  if (failed > 0) found.push({ tone: "warning", text: page.failed(numbers.count(failed)) });
  return found;
}

/** Whether the best is better than the next by more than chance explains: two standard errors of the difference. */
function lead(best: Group, second: Group, write: (value: number) => string, language: Language): Evidence {
  const { page } = textsIn(language);
  if (write(best.mean) === write(second.mean)) return { tone: "note", text: page.tied(second.name) };
  const difference = Math.abs(best.mean - second.mean);
  const about = { difference: write(difference), second: second.name };
  if (best.finished < 2 || second.finished < 2) return { tone: "warning", text: page.oneSeed(about) };
  const errorOf = ({ deviation, finished }: Group) => deviation / Math.sqrt(finished - 1);
  const error = Math.hypot(errorOf(best), errorOf(second));
  return difference > 2 * error
    ? { tone: "good", text: page.clearlyBest(about) }
    : { tone: "warning", text: page.hardlyBest(about) };
}

function figuresOf(
  comparison: Comparison,
  groups: readonly Group[],
  varied: readonly string[],
  language: Language,
): Figure[] {
  const { page, scores, parts } = textsIn(language);
  const { score, better } = comparison;
  const name = scores[score] ?? score;
  const finished = groups.filter(({ mean }) => Number.isFinite(mean));
  if (finished.length === 0) return [];
  const bars: ScoreBar[] = finished.slice(0, MOST_BARS).map(({ name, mean, deviation }) => ({ name, mean, deviation }));
  const withHistory = groups.flatMap(({ name, runs: [run] }) => (run.history ? [[name, run.history] as const] : []));
  // As learningCurves draws several runs: by their validation part where all have one.
  const isValidated = withHistory.every(([, { epochs }]) => epochs.some(({ validation }) => validation));
  const part = withHistory.length > 1 ? (isValidated ? "validation" : "train") : undefined;
  const grid = varied.length === 2 ? cellsOf(groups, varied) : [];
  return [
    {
      name: "scores",
      title: page.scoresOf(name),
      specification: scoreBars(bars, { score, language }),
      caption: page.barsCaption,
    },
    ...(isGrid(grid)
      ? [
          {
            name: "grid",
            title: page.gridOf({ rows: varied[0], columns: varied[1] }),
            specification: heatMap(grid, { score, better, language, rows: varied[0], columns: varied[1] }),
            caption: page.gridCaption,
          },
        ]
      : []),
    ...(withHistory.length > 0
      ? curvesOf(withHistory.slice(0, MOST_CURVES), score).map((each) => ({
          name: `learning-curves-${each}`,
          title: page.byEpoch(scores[each] ?? each),
          specification: learningCurves(Object.fromEntries(withHistory.slice(0, MOST_CURVES)), {
            score: each,
            language,
          }),
          ...(part && { caption: page.curvesOf(parts[part]) }),
        }))
      : []),
  ];
}

/** Loss, and the score of the comparison where the epochs have it. */
function curvesOf(runs: readonly (readonly [string, NonNullable<ComparedRun["history"]>])[], score: string): string[] {
  const has = (name: string) =>
    runs.some(([, { epochs }]) =>
      epochs.some((record) => [record, record.validation].some((scores) => scoreIn(scores, name) !== undefined)),
    );
  return [...new Set(["loss", score])].filter(has);
}

/** Share of the pairs of two settings that a grid has been tried of at the least: where they were drawn, few were. */
const LEAST_TRIED = 0.75;

/** Whether nearly every pair of two settings was tried, if only to diverge. */
function isGrid(cells: readonly HeatMapCell[]): boolean {
  const count = (pick: (cell: HeatMapCell) => string) => new Set(cells.map(pick)).size;
  const pairs = count(({ row }) => row) * count(({ column }) => column);
  return cells.length > 3 && pairs <= MOST_CELLS && cells.length >= LEAST_TRIED * pairs;
}

const cellsOf = (groups: readonly Group[], [rows, columns]: readonly string[]): HeatMapCell[] => {
  const cells = groups.map(({ runs: [{ configuration }], mean }) => ({
    row: settingText(configuration[rows]),
    column: settingText(configuration[columns]),
    value: mean,
  }));
  const order = (a: string, b: string) => Number(a) - Number(b) || a.localeCompare(b);
  return cells.sort((a, b) => order(a.row, b.row) || order(a.column, b.column));
};

function groupTable({ score }: Comparison, groups: readonly Group[], limits: Limits, language: Language): Markup {
  const { page, scores } = textsIn(language);
  const numbers = numbersIn(language);
  const hasSeeds = groups.some(({ runs }) => runs.length > 1);
  const shown = groups.slice(0, limits.runs);
  const write = numbers.column(shown.map(({ mean }) => mean));
  return firstRows(
    { title: page.scoresOf(scores[score] ?? score), shown: shown.length, total: groups.length },
    language,
    [
      { title: page.setting },
      { title: scores[score] ?? score, isNumber: true },
      ...(hasSeeds
        ? [
            { title: page.deviation, isNumber: true },
            { title: page.seeds, isNumber: true },
          ]
        : []),
    ],
    shown.map(({ name, mean, deviation, runs, finished }) => [
      name,
      Number.isFinite(mean) ? write(mean) : page.states.diverged,
      ...(hasSeeds
        ? [
            finished > 1 ? write(deviation) : "",
            finished < runs.length
              ? `${numbers.count(finished)} / ${numbers.count(runs.length)}`
              : numbers.count(finished),
          ]
        : []),
    ]),
  );
}

/** A column of scores: of the part that is compared, or of another one. */
interface ScoreColumn {
  score: string;
  part: PartName | undefined;
  of(run: ComparedRun): number | undefined;
}

const MOST_SCORES = 3;

/** Scores of the part that is compared, the deciding one first; of other parts that one alone. */
function scoreColumns({ runs, score, part }: Comparison): ScoreColumn[] {
  const names = [...new Set([score, ...runs.flatMap((run) => Object.keys(run.scores))])].slice(0, MOST_SCORES);
  const others = (["train", "validation", "test"] as const).filter((other) =>
    runs.some((run) => run.others?.[other]?.[score] !== undefined),
  );
  return [
    ...names.map((name): ScoreColumn => ({ score: name, part, of: ({ scores }) => scores[name] })),
    ...others.map((other): ScoreColumn => ({ score, part: other, of: ({ others }) => others?.[other]?.[score] })),
  ];
}

function runTable(comparison: Comparison, varied: readonly string[], limits: Limits, language: Language): Markup {
  const { page, scores, parts } = textsIn(language);
  const numbers = numbersIn(language);
  const { runs, score, better } = comparison;
  const sign = better === "higher" ? -1 : 1;
  const rank = (run: ComparedRun) =>
    Number.isFinite(run.scores[score]) ? sign * run.scores[score] : Number.POSITIVE_INFINITY;
  const shown = [...runs].sort((a, b) => rank(a) - rank(b) || 0).slice(0, limits.runs);
  const columns = scoreColumns(comparison).map(({ score, part, of }) => {
    const name = scores[score] ?? score;
    const values = shown.map(of).map((value) => (Number.isFinite(value) ? value : undefined));
    return { title: part ? `${name}, ${parts[part]}` : name, texts: values.map(numbers.column(values)) };
  });
  const hasSeeds = shown.some(({ seed }) => seed !== undefined);
  return firstRows(
    { title: page.allRuns, shown: shown.length, total: runs.length },
    language,
    [
      { title: page.runName },
      ...varied.map((title) => ({ title })),
      ...(hasSeeds ? [{ title: page.seed, isNumber: true }] : []),
      ...columns.map(({ title }) => ({ title, isNumber: true })),
      { title: page.epochs, isNumber: true },
      { title: page.time, isNumber: true },
      { title: page.state },
    ],
    shown.map((run, i) => [
      run.href ? html`<a href="${run.href}">${run.name}</a>` : run.name,
      ...varied.map((name) => settingText(run.configuration[name])),
      ...(hasSeeds ? [run.seed === undefined ? "" : String(run.seed)] : []),
      ...columns.map(({ texts }) => texts[i]),
      run.history ? numbers.count(run.history.epochs.length) : "",
      run.seconds === undefined ? "" : page.seconds(numbers.stopwatch(run.seconds)),
      page.states[run.state ?? "done"],
    ]),
  );
}
