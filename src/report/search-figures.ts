import {
  heatMap,
  importanceChart,
  learningCurves,
  parallelCoordinates,
  paretoChart,
  sliceChart,
  trialHistory,
} from "../charts/index.js";
import { type Language, numbersIn, textsIn } from "../language/index.js";
import type { Limits } from "./limits.js";
import type { Search, SearchTrial } from "./run.js";
import { type Figure, type Section, sectionOf } from "./section.js";
import { settingImportances } from "./setting-importance.js";
import { pairCells } from "./setting-pairs.js";

const MOST_SLICES = 9;
const MOST_AXES = 8;
const MOST_CURVES = 6;
/** Settings whose pairs are drawn. */
const PAIRED = 3;
/** Fewer trials than this are drawn where a page is short of room. */
const FEW = 200;

/** The chapters of pictures of a search. @param order - its trials, the best first */
export function searchSections(
  search: Search,
  order: readonly SearchTrial[],
  limits: Limits,
  language: Language,
): Section[] {
  const { search: texts, page } = textsIn(language);
  const [{ score, better }] = search.objectives;
  if (!order[0]?.values) return [];
  const importances = settingImportances(search.trials, search.settings, better);
  const settings =
    importances.length > 0
      ? importances.map(({ name }) => search.settings.find((setting) => setting.name === name)!)
      : search.settings;
  const stride = Math.ceil(search.trials.length / limits.trials);
  const drawn = search.trials.filter((trial, i) => i % stride === 0 || trial === order[0]);
  const points = drawn.map((trial) => ({ ...trial, value: trial.values?.[0] }));
  const options = { score, better, language };
  return [
    ...sectionOf("results", page.results, texts.intro, [
      [
        {
          name: "history",
          title: texts.history(textsIn(language).scores[score] ?? score),
          specification: trialHistory(points, options),
          caption: texts.historyCaption,
        },
        ...(importances.length > 0
          ? [
              {
                name: "importance",
                title: texts.importance,
                specification: importanceChart(importances, { measure: texts.importanceMeasure, language }),
                caption: texts.importanceCaption,
              },
            ]
          : []),
        ...frontFigures(search, drawn, language),
        ...curves(search, order, language),
      ],
      settings.length > 1
        ? [
            {
              name: "parallel-coordinates",
              title: texts.parallel,
              specification: parallelCoordinates(points, settings.slice(0, MOST_AXES), options),
              caption: texts.parallelCaption,
              isWide: true,
            },
          ]
        : undefined,
    ]),
    ...sectionOf("slices", texts.slices, importances.length > 0 ? texts.slicesIntro : undefined, [
      settings.slice(0, MOST_SLICES).map(({ name, ...setting }) => ({
        name: `slice-${name}`,
        title: texts.sliceOf(name),
        specification: sliceChart(
          points.flatMap((trial) => (name in trial.settings ? [{ ...trial, setting: trial.settings[name] }] : [])),
          { ...options, ...setting, setting: name },
        ),
      })),
    ]),
    ...sectionOf("pairs", texts.pairs, texts.pairsIntro, [
      pairs(search, settings.slice(0, limits.trials < FEW ? 2 : PAIRED), language),
    ]),
  ];
}

function pairs({ trials, objectives }: Search, settings: Search["settings"], language: Language): Figure[] {
  const { page } = textsIn(language);
  const { short } = numbersIn(language);
  const [{ score, better }] = objectives;
  return settings.flatMap((rows, i) =>
    settings.slice(i + 1).flatMap((columns): Figure[] => {
      const cells = pairCells(trials, [rows, columns], better, short);
      if (cells.length === 0) return [];
      const names = { rows: rows.name, columns: columns.name };
      return [
        {
          name: `pair-${rows.name}-${columns.name}`,
          title: page.gridOf(names),
          specification: heatMap(cells, { score, better, language, ...names }),
        },
      ];
    }),
  );
}

/** The first objective against each other one. */
function frontFigures({ objectives }: Search, trials: readonly SearchTrial[], language: Language): Figure[] {
  const { search: texts, scores, page } = textsIn(language);
  const [first, ...others] = objectives;
  const done = trials.filter(({ state = "done", values }) => state === "done" && values);
  return others.map((other, i) => ({
    name: `front-${other.score}`,
    title:
      others.length === 1
        ? texts.front
        : page.gridOf({ rows: scores[first.score] ?? first.score, columns: scores[other.score] ?? other.score }),
    specification: paretoChart(
      done.map(({ number, values }) => ({ x: values![i + 1], y: values![0], name: `${texts.trial} ${number}` })),
      { x: other, y: first },
      { language },
    ),
    caption: texts.frontCaption,
  }));
}

/** The first objective by epoch, of the best trials. */
function curves({ objectives }: Search, order: readonly SearchTrial[], language: Language): Figure[] {
  const { search: texts, scores } = textsIn(language);
  const [{ score }] = objectives;
  const followed = order.filter(({ course = [] }) => course.length > 1).slice(0, MOST_CURVES);
  if (followed.length === 0) return [];
  const histories = followed.map(({ number, course = [] }) => [
    `${texts.trial} ${number}`,
    { epochs: course.map(({ epoch, value }) => ({ epoch, [score]: value })) },
  ]);
  return [
    {
      name: "learning-curves",
      title: texts.curves(scores[score] ?? score),
      specification: learningCurves(Object.fromEntries(histories), { score, language }),
      caption: texts.curvesCaption,
    },
  ];
}
