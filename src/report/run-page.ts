import { scoreScale } from "../charts/index.js";
import { type Language, numbersIn, textsIn } from "../language/index.js";
import { type Assessment, assess, headlineOf } from "./assessment.js";
import { evidenceOf } from "./evidence.js";
import type { Limits } from "./limits.js";
import { html, type Markup } from "./markup.js";
import type { Page } from "./page.js";
import type { Run } from "./run.js";
import type { Figure } from "./section.js";
import { attentionOf } from "./sections/attention.js";
import { dataOf } from "./sections/data.js";
import { mistakesOf, shownOf } from "./sections/mistakes.js";
import { modelOf } from "./sections/model.js";
import { resultsOf } from "./sections/results.js";
import { settingsOf } from "./sections/settings.js";
import { textFirst, writingOf } from "./sections/text.js";
import { trainingOf } from "./sections/training.js";

/** The page of a single training. */
export async function runPage(run: Run, language: Language, limits: Limits): Promise<Page> {
  const { page } = textsIn(language);
  const assessment = assess(run);
  const shown = shownOf(run, limits);
  return {
    title: run.name,
    over: [page.runReport, dateOf(run.ended, language)].filter(Boolean).join(" · "),
    about: aboutOf(run, language),
    first: firstOf(run, assessment, language),
    evidence: evidenceOf(run, assessment, language),
    sections: [
      ...resultsOf(run, assessment, { shown, limits }, language),
      ...(await mistakesOf(run, assessment, shown, language)),
      ...writingOf(run, language),
      ...(await attentionOf(run, language)),
      ...trainingOf(run, language),
      ...(await modelOf(run, language)),
      ...(await dataOf(run, language)),
      ...settingsOf(run, language),
    ],
  };
}

export function dateOf(date: string | undefined, language: Language): string {
  const time = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(time)) return "";
  return new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: "UTC" }).format(time);
}

function aboutOf({ data, name, model }: Run, language: Language): string {
  const { page } = textsIn(language);
  const { count } = numbersIn(language);
  if (!data) return model ? page.parametersOf(count(model.parameters)) : "";
  const rows = Object.values(data.rows).reduce((sum, each) => sum + (each ?? 0), 0);
  return [
    ...(data.name === name ? [] : [data.name]),
    ...(data.target ? [page.predicts(data.target)] : []),
    ...(rows > 0
      ? [
          page.rowsAndFeatures({
            rows: count(rows),
            features: data.features === undefined ? undefined : count(data.features),
          }),
        ]
      : []),
    ...(model ? [page.parametersOf(count(model.parameters))] : []),
  ].join(" · ");
}

function firstOf(run: Run, assessment: Assessment | undefined, language: Language): (Markup | Figure)[] {
  const ofText = textFirst(run, language);
  if (ofText) return [ofText];
  if (!assessment) return [html`<p class="sentence">${textsIn(language).page.noPredictions}</p>`];
  const { value, label, sentence, facts } = headlineOf(assessment, language);
  const scale = scaleOf(assessment, language);
  return [
    html`<p class="value">${value}</p><p class="label">${label}</p><p class="sentence">${sentence}</p>`,
    ...(scale ? [scale] : []),
    html`<dl class="facts">${facts.map(({ name, value }) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`)}</dl>`,
  ];
}

function scaleOf(assessment: Assessment, language: Language): Figure | undefined {
  const isValue = assessment.task === "values";
  const shown = isValue
    ? { value: assessment.targets[0].r2, baseline: 0 }
    : { value: assessment.correct / assessment.rows, baseline: assessment.baseline.share };
  const { low, high } = assessment.interval;
  if (![low, high, shown.value].every(Number.isFinite)) return undefined;
  const score = isValue ? "r2" : "accuracy";
  return {
    name: "score",
    title: textsIn(language).scores[score],
    specification: scoreScale({ ...shown, low, high }, { language, score }),
  };
}
