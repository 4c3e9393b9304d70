import { gradientNormChart, learningCurves } from "../../charts/index.js";
import { scoreIn } from "../../charts/learning-curves.js";
import { type Language, numbersIn, textsIn } from "../../language/index.js";
import { bestEpoch } from "../best-epoch.js";
import { html, type Markup } from "../markup.js";
import type { Run, RunHistory } from "../run.js";
import { type Figure, type Section, sectionOf } from "../section.js";
import { table } from "../table.js";

/** Fields of an epoch's record that are no scores. */
const NOT_SCORES = new Set(["epoch", "validation", "learningRate", "seconds", "step"]);
const MOST_SCORES = 3;
const MOST_EPOCHS = 12;

/** Section on the course of the training. */
export function trainingOf({ history }: Run, language: Language): Section[] {
  const { page } = textsIn(language);
  if (!history || history.epochs.length === 0) return [];
  return sectionOf("training", page.training, page.trainingIntro, [
    curves(history, language),
    epochTable(history, language),
  ]);
}

/** Scores that some epoch has as a finite number. */
function scoresOf({ epochs }: RunHistory): string[] {
  const names = new Set(epochs.flatMap((record) => [record, record.validation ?? {}].flatMap(Object.keys)));
  return [...names].filter(
    (name) =>
      !NOT_SCORES.has(name) &&
      epochs.some((record) => [record, record.validation].some((scores) => scoreIn(scores, name) !== undefined)),
  );
}

function curves(history: RunHistory, language: Language): Figure[] {
  const texts = textsIn(language);
  const best = bestEpoch(history);
  const drawn = scoresOf(history).slice(0, MOST_SCORES);
  const rates = new Set(history.epochs.flatMap((record) => scoreIn(record, "learningRate") ?? []));
  const norms = history.gradientNorms;
  const hasNorms = norms && Object.values(norms.layers).some((values) => values.some((norm) => norm > 0));
  return [
    ...drawn.map((score) => ({
      name: `learning-curves-${score}`,
      title: texts.page.byEpoch(texts.scores[score] ?? score),
      specification: learningCurves(history, { score, best, language }),
      ...(score === drawn[0] && { caption: texts.page.curvesCaption }),
    })),
    ...(rates.size > 1
      ? [
          {
            name: "learning-rate",
            title: texts.page.byEpoch(texts.scores.learningRate),
            specification: learningCurves(history, { score: "learningRate", language }),
          },
        ]
      : []),
    ...(hasNorms
      ? [
          {
            name: "gradient-norms",
            title: texts.page.gradientNorms,
            specification: gradientNormChart(norms, { language }),
            caption: texts.page.gradientCaption,
          },
        ]
      : []),
  ];
}

/** Some of the epochs: the first, the last, the best, and evenly spaced ones between. */
function epochTable(history: RunHistory, language: Language): Markup {
  const texts = textsIn(language);
  const { epochs } = history;
  const best = bestEpoch(history);
  const names = scoresOf(history).slice(0, MOST_SCORES);
  const every = Math.max(1, Math.ceil(epochs.length / MOST_EPOCHS));
  const shown = epochs.filter(
    (record, i) => i === 0 || i === epochs.length - 1 || record.epoch === best || (i + 1) % every === 0,
  );
  const parts = (["train", "validation"] as const).filter(
    (part) => part === "train" || epochs.some(({ validation }) => validation),
  );
  const { count, column } = numbersIn(language);
  const columns = parts.flatMap((part) =>
    names.map((name) => ({ part, name, write: column(shown.map((record) => scoreOfEpoch({ part, name }, record))) })),
  );
  return html`<details><summary>${texts.page.epochTable}</summary>${table(
    texts.page.epochTable,
    [
      { title: texts.chart.epoch, isNumber: true },
      ...columns.map(({ part, name }) => ({
        title: `${texts.scores[name] ?? name}, ${texts.parts[part]}`,
        isNumber: true,
      })),
    ],
    shown.map((record) => [
      record.epoch === best ? `★ ${count(record.epoch)}` : count(record.epoch),
      ...columns.map((column) => column.write(scoreOfEpoch(column, record))),
    ]),
  )}</details>`;
}

const scoreOfEpoch = (
  { part, name }: { part: "train" | "validation"; name: string },
  record: RunHistory["epochs"][number],
) => scoreIn(part === "train" ? record : record.validation, name);
