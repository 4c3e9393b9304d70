import { type Language, numbersIn, textsIn } from "../../language/index.js";
import type { Assessment, ClassAssessment, ValueAssessment } from "../assessment.js";
import { dataColumns, MOST_COLUMNS } from "../data-columns.js";
import { type Picture, rangeOf, samplePicture } from "../images.js";
import type { Limits } from "../limits.js";
import { html, type Markup } from "../markup.js";
import type { ClassPredictions, Run, Sample, ValuePredictions } from "../run.js";
import { type Section, sectionOf } from "../section.js";
import { table } from "../table.js";

/** Anchor of a cell of the confusion matrix in the page. */
export const cellId = (truth: number, predicted: number): string => `cell-${truth}-${predicted}`;

/** Rows that the page shows: for each cell of the confusion matrix some, by their places among the predictions. */
export interface ShownRows {
  cells: ReadonlyMap<string, { truth: number; predicted: number; total: number; places: number[] }>;
  /** The worst of all, the worst first. */
  worst: number[];
}

const MOST_OF_A_CELL = 12;
const MOST_RIGHT = 3;
const MOST_ROWS = 160;
const MOST_WORST = 12;
/** Of so few cells the surest mistakes are the first of each. */
const FEW_CELLS = 2;

/** Probability of the predicted class, if the model gives probabilities. */
export function sureness({ predicted, probabilities, truth }: ClassPredictions): (place: number) => number {
  if (!probabilities) return () => 0;
  const perRow = probabilities.length / truth.length;
  if (perRow === 1) return (place) => (predicted[place] === 1 ? probabilities[place] : 1 - probabilities[place]);
  return (place) => probabilities[place * perRow + predicted[place]];
}

/**
 * Rows worth looking at: the surest mistakes of each cell, and of what is right the least sure; the largest errors of a
 * number. Whoever describes a run keeps these rows' data.
 */
export function rowsToShow(predictions: ClassPredictions | ValuePredictions, mostRows = MOST_ROWS): ShownRows {
  if (predictions.task === "values") return { cells: new Map(), worst: largestErrors(predictions) };
  const { truth, predicted } = predictions;
  const sure = sureness(predictions);
  const all = new Map<string, { truth: number; predicted: number; total: number; places: number[] }>();
  for (let place = 0; place < truth.length; place++) {
    const id = cellId(truth[place], predicted[place]);
    const cell = all.get(id) ?? { truth: truth[place], predicted: predicted[place], total: 0, places: [] };
    cell.total++;
    cell.places.push(place);
    all.set(id, cell);
  }
  const isWrong = (cell: { truth: number; predicted: number }) => cell.truth !== cell.predicted;
  const ordered = [...all].sort(([, a], [, b]) => Number(isWrong(b)) - Number(isWrong(a)) || b.total - a.total);
  let left = mostRows;
  const cells = new Map<string, { truth: number; predicted: number; total: number; places: number[] }>();
  for (const [id, cell] of ordered) {
    const sign = isWrong(cell) ? 1 : -1;
    const most = Math.min(left, isWrong(cell) ? MOST_OF_A_CELL : MOST_RIGHT);
    const places = cell.places.sort((a, b) => sign * (sure(b) - sure(a))).slice(0, most);
    if (places.length > 0) cells.set(id, { ...cell, places });
    left -= places.length;
  }
  const wrong = [...cells.values()].filter(isWrong).flatMap(({ places }) => places);
  return { cells, worst: wrong.sort((a, b) => sure(b) - sure(a)).slice(0, MOST_WORST) };
}

function largestErrors({ targets: [{ truth, predicted }] }: ValuePredictions): number[] {
  const error = (place: number) => Math.abs(predicted[place] - truth[place]);
  return Array.from(truth, (_, place) => place)
    .sort((a, b) => error(b) - error(a))
    .slice(0, MOST_WORST);
}

/** Columns beside those of the data. */
const OWN_COLUMNS = 4;

const mostRowsOf = (data: Run["data"], { cells }: Limits) =>
  data?.image
    ? MOST_ROWS
    : Math.min(MOST_ROWS, Math.floor(cells / (OWN_COLUMNS + Math.min(MOST_COLUMNS, data?.featureNames?.length ?? 0))));

/** Rows of a run that the page can show: those whose data it has, as many as there is room for. Images aren't counted. */
export function shownOf({ predictions, data }: Run, limits: Limits): ShownRows {
  if (!predictions?.samples || predictions.task === "labels") return { cells: new Map(), worst: [] };
  const { cells, worst } = rowsToShow(predictions, mostRowsOf(data, limits));
  const known = new Set(predictions.samples.map(({ place }) => place));
  const has = (place: number) => known.has(place);
  return {
    cells: new Map(
      [...cells].flatMap(([id, cell]) => {
        const places = cell.places.filter(has);
        return places.length > 0 ? [[id, { ...cell, places }] as const] : [];
      }),
    ),
    worst: worst.filter(has),
  };
}

/** Section on the model's mistakes, row by row. */
export async function mistakesOf(
  run: Run,
  assessment: Assessment | undefined,
  shown: ShownRows,
  language: Language,
): Promise<Section[]> {
  const { page } = textsIn(language);
  if (!assessment || assessment.task === "labels") return [];
  if (assessment.task === "values") {
    return sectionOf("mistakes", page.largestErrors, page.largestErrorsIntro, [
      valueRows(run, assessment, shown, language),
    ]);
  }
  const show = await rowsShower(run, assessment, language);
  const wrong = [...shown.cells].filter(([, { truth, predicted }]) => truth !== predicted);
  const right = [...shown.cells]
    .filter(([, { truth, predicted }]) => truth === predicted)
    .sort(([, a], [, b]) => a.truth - b.truth);
  return [
    ...sectionOf("mistakes", page.mistakes, page.mistakesIntro, [
      wrong.length > FEW_CELLS ? html`<h3>${page.surest}</h3>${show(shown.worst, page.surest)}` : undefined,
      cellBlocks(wrong, run, assessment, show, language),
    ]),
    ...sectionOf("barely", page.barely, page.barelyIntro, [cellBlocks(right, run, assessment, show, language)]),
  ];
}

const byPlace = ({ samples = [] }: ClassPredictions | ValuePredictions): ReadonlyMap<number, Sample> =>
  new Map(samples.map((sample) => [sample.place, sample]));

/** @param isNamed - the title above the rows names their classes */
type Show = (places: readonly number[], caption: string, isNamed?: boolean) => Markup;

function cellBlocks(
  cells: readonly (readonly [string, { truth: number; predicted: number; total: number; places: number[] }])[],
  { data }: Run,
  { predictions: { classNames } }: ClassAssessment,
  show: Show,
  language: Language,
): Markup | undefined {
  if (cells.length === 0) return undefined;
  const { page } = textsIn(language);
  const numbers = numbersIn(language);
  const blocks = cells.map(([id, { truth, predicted, total, places }]) => {
    const about = { truth: classNames[truth], predicted: classNames[predicted] };
    const title = truth === predicted ? page.isClass(about.truth) : page.takenFor(about);
    const count = page.someOf({ shown: numbers.count(places.length), total: numbers.count(total) });
    return html`<section class="cell" id="${id}" tabindex="-1"><h3>${title} <small>${count}</small></h3>${show(places, title, true)}</section>`;
  });
  return html`<div class="${data?.image ? "cells" : "cell-tables"}">${blocks}</div>`;
}

/** Shows rows as images where they are such, else as a table. */
async function rowsShower(run: Run, { predictions }: ClassAssessment, language: Language): Promise<Show> {
  const { page } = textsIn(language);
  const numbers = numbersIn(language);
  const { classNames, truth, predicted } = predictions;
  const samples = byPlace(predictions);
  const sure = sureness(predictions);
  const describeRow = (place: number) => ({
    row: samples.get(place)!.row + 1,
    truth: classNames[truth[place]],
    predicted: classNames[predicted[place]],
    sure: predictions.probabilities && numbers.percent(sure(place)),
  });
  if (run.data?.image) {
    const range = rangeOf([...samples.values()]);
    const pictures = new Map<number, Picture>();
    for (const [place, sample] of samples) {
      const picture = await samplePicture(sample, run.data.image, range);
      if (picture) pictures.set(place, picture);
    }
    return (places) =>
      html`<ul class="images">${places.flatMap((place) => {
        const picture = pictures.get(place);
        if (!picture) return [];
        const about = describeRow(place);
        const alt = page.imageOf({ ...about, row: numbers.count(about.row) });
        return html`<li><img src="${picture.url}" width="${picture.width}" height="${picture.height}" alt="${alt}"><span>${about.truth}${about.truth === about.predicted ? "" : html` → <b>${about.predicted}</b>`}</span>${about.sure ? html`<small>${about.sure}</small>` : ""}</li>`;
      })}</ul>`;
  }
  const names = run.data?.featureNames ?? [];
  return (places, caption, isNamed = false) => {
    const own = dataColumns(
      places.map((place) => samples.get(place)!),
      names,
      language,
    );
    return table(
      caption,
      [
        { title: page.row, isNumber: true },
        ...(isNamed ? [] : [{ title: textsIn(language).chart.truth }, { title: textsIn(language).chart.predicted }]),
        ...(predictions.probabilities ? [{ title: page.given, isNumber: true }] : []),
        ...own.columns,
      ],
      places.map((place, i) => {
        const about = describeRow(place);
        return [
          numbers.count(about.row),
          ...(isNamed ? [] : [about.truth, about.predicted]),
          ...(about.sure ? [about.sure] : []),
          ...own.row(i),
        ];
      }),
    );
  };
}

function valueRows({ data }: Run, { predictions }: ValueAssessment, { worst }: ShownRows, language: Language) {
  if (worst.length === 0) return undefined;
  const { page, chart } = textsIn(language);
  const numbers = numbersIn(language);
  const [{ name, truth, predicted }] = predictions.targets;
  const known = byPlace(predictions);
  const samples = worst.map((place) => known.get(place)!);
  const own = dataColumns(samples, data?.featureNames ?? [], language);
  return table(
    page.largestErrors,
    [
      { title: page.row, isNumber: true },
      { title: chart.trueValue(name), isNumber: true },
      { title: chart.predictedValue(name), isNumber: true },
      { title: chart.residual, isNumber: true },
      ...own.columns,
    ],
    worst.map((place, i) => [
      numbers.count(samples[i].row + 1),
      numbers.short(truth[place]),
      numbers.short(predicted[place]),
      numbers.short(predicted[place] - truth[place]),
      ...own.row(i),
    ]),
  );
}
