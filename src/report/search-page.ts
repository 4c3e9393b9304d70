import { areLogarithmic } from "../charts/trials.js";
import { type Language, numbersIn, textsIn } from "../language/index.js";
import type { Evidence } from "./evidence.js";
import type { Limits } from "./limits.js";
import { html, type Markup } from "./markup.js";
import type { Page } from "./page.js";
import type { Search, SearchTrial } from "./run.js";
import { searchSections } from "./search-figures.js";
import { frontOf, ranked } from "./search-order.js";
import { sectionOf } from "./section.js";
import { firstRows } from "./table.js";

/** The page of a search for the best settings. */
export function searchPage(search: Search, language: Language, limits: Limits): Page {
  const { page, search: texts } = textsIn(language);
  const { settings, trials } = search;
  const order = ranked(trials, search.objectives[0].better);
  return {
    title: search.name,
    over: texts.report,
    about: settings.length > 0 ? page.varies(settings.map(({ name }) => name).join(", ")) : undefined,
    first: [firstOf(search, order, language)],
    evidence: evidenceOf(search, order, language),
    sections: [
      ...searchSections(search, order, limits, language),
      ...sectionOf("trials", texts.trials, undefined, [trialTable(search, order, limits, language)]),
      ...sectionOf("settings", page.settings, undefined, [
        search.command ? html`<pre tabindex="0"><code>${search.command}</code></pre>` : undefined,
      ]),
    ],
  };
}

const settingsOf = ({ settings }: SearchTrial, write: (value: number | string) => string) =>
  Object.entries(settings)
    .map(([name, value]) => `${name} ${write(value)}`)
    .join(", ");

function firstOf({ objectives, trials }: Search, [best]: readonly SearchTrial[], language: Language): Markup {
  const { page, scores, parts, search: texts } = textsIn(language);
  const numbers = numbersIn(language);
  const write = (value: number | string) => (typeof value === "number" ? numbers.short(value) : value);
  if (!best?.values) return html`<p class="sentence">${page.noneFinished}</p>`;
  if (objectives.length > 1) {
    const front = frontOf(trials, objectives).length;
    const sentence = texts.frontOf({
      front: numbers.count(front),
      trials: numbers.count(trials.length),
      objectives: objectives.map(({ score }) => scores[score] ?? score).join(", "),
    });
    return html`<p class="value">${numbers.count(front)}</p><p class="label">${texts.frontLabel}</p><p class="sentence">${sentence}</p>`;
  }
  const [{ score, part }] = objectives;
  const label = page.bestScore(scores[score] ?? score);
  const sentence = texts.bestOf({
    trial: String(best.number),
    trials: numbers.count(trials.length),
    settings: settingsOf(best, write),
  });
  return html`<p class="value">${numbers.score(score, best.values[0])}</p><p class="label">${
    part ? page.scoreOn(label, page.onPart(parts[part], part)) : label
  }</p><p class="sentence">${sentence}</p>`;
}

/** The last so many trials without a better one say that the search is at its end. */
const SHARE_WITHOUT_BETTER = 0.5;
const SHARE_OF_LATE = 0.15;
/** Trials of which the end can be told at all. */
const LEAST_TRIALS = 12;

function evidenceOf(search: Search, order: readonly SearchTrial[], language: Language): Evidence[] {
  const { search: texts } = textsIn(language);
  const numbers = numbersIn(language);
  const { objectives, trials } = search;
  const count = (kind: SearchTrial["state"]) =>
    trials.filter(({ state = "done", values }) => (values ? state : "diverged") === kind).length;
  const counts = { done: count("done"), pruned: count("pruned"), diverged: count("diverged") };
  const found: Evidence[] = [
    {
      tone: counts.diverged > trials.length / 4 ? "warning" : "note",
      text: texts.counts({
        trials: numbers.count(trials.length),
        done: numbers.count(counts.done),
        pruned: numbers.count(counts.pruned),
        diverged: numbers.count(counts.diverged),
      }),
    },
  ];
  const [best] = order;
  if (!best?.values || counts.done === 0 || objectives.length > 1) return found;
  const place = trials.indexOf(best);
  const after = trials.length - 1 - place;
  if (trials.length >= LEAST_TRIALS && after >= SHARE_WITHOUT_BETTER * trials.length) {
    found.push({ tone: "good", text: texts.nothingBetter(numbers.count(after)) });
  } else if (trials.length >= LEAST_TRIALS && after < SHARE_OF_LATE * trials.length) {
    const about = { trial: String(best.number), trials: numbers.count(trials.length) };
    found.push({ tone: "warning", text: texts.stillBetter(about) });
  }
  for (const { name, value } of atEdges(search, best)) {
    found.push({ tone: "warning", text: texts.atEdge({ setting: name, value: numbers.short(value) }) });
  }
  if (objectives[0].part === "validation") found.push({ tone: "note", text: texts.chosen });
  return found;
}

/** Share of a range that is its edge. */
const EDGE = 0.03;

/** Settings of a trial that lie at an end of what was searched. */
function atEdges({ settings, trials }: Search, best: SearchTrial): { name: string; value: number }[] {
  if (trials.length < LEAST_TRIALS) return [];
  return settings.flatMap(({ name, isLogarithmic, choices }) => {
    const values = trials.map((trial) => trial.settings[name]);
    if (choices || !values.every((value) => typeof value === "number")) return [];
    const isLog = Math.min(...values) > 0 && (isLogarithmic ?? areLogarithmic(values));
    const scaled = (value: number) => (isLog ? Math.log(value) : value);
    const [low, high] = [scaled(Math.min(...values)), scaled(Math.max(...values))];
    const value = best.settings[name] as number;
    const share = (scaled(value) - low) / (high - low);
    // A setting that is 0 at its end is turned off there: nothing lies beyond.
    const isEnd = (share < EDGE && value !== 0) || share > 1 - EDGE;
    return isEnd && new Set(values).size > 2 ? [{ name, value }] : [];
  });
}

function trialTable(search: Search, order: readonly SearchTrial[], limits: Limits, language: Language): Markup {
  const { page, scores, parts, chart, search: texts } = textsIn(language);
  const numbers = numbersIn(language);
  const shown = order.slice(0, limits.runs);
  const columns = search.objectives.map(({ score, part }, i) => {
    const values = shown.map(({ values }) => values?.[i]);
    const name = scores[score] ?? score;
    return { title: part ? `${name}, ${parts[part]}` : name, texts: values.map(numbers.column(values)) };
  });
  const hasCourse = shown.some(({ course }) => course);
  return firstRows(
    { title: texts.trials, shown: shown.length, total: order.length },
    language,
    [
      { title: texts.trial, isNumber: true },
      ...search.settings.map(({ name, choices }) => ({ title: name, isNumber: !choices })),
      ...columns.map(({ title }) => ({ title, isNumber: true })),
      ...(hasCourse ? [{ title: page.epochs, isNumber: true }] : []),
      { title: page.time, isNumber: true },
      { title: page.state },
    ],
    shown.map(({ number, settings, values, state = "done", course, seconds }, i) => [
      String(number),
      ...search.settings.map(({ name }) => {
        const value = settings[name];
        return typeof value === "number" ? numbers.digits(value, 4) : (value ?? "");
      }),
      ...columns.map(({ texts }) => texts[i]),
      ...(hasCourse ? [course ? numbers.count(course.length) : ""] : []),
      seconds === undefined ? "" : page.seconds(numbers.stopwatch(seconds)),
      chart.trialStates[values ? state : "diverged"],
    ]),
  );
}
