import {
  calibrationChart,
  confusionMatrixChart,
  decisionSurfaceChart,
  forecastChart,
  precisionRecallChart,
  predictionChart,
  residualChart,
  rocChart,
} from "../../charts/index.js";
import { MOST_DOTS } from "../../charts/regression.js";
import { MOST_CURVES } from "../../charts/threshold-curves.js";
import { type Language, numbersIn, textsIn } from "../../language/index.js";
import { confusionMatrix } from "../../metrics/index.js";
import type { Assessment, ClassAssessment, LabelAssessment, ValueAssessment } from "../assessment.js";
import { chartNames, type Limits } from "../limits.js";
import { html, type Markup } from "../markup.js";
import type { PartName, Run, RunSeries } from "../run.js";
import { type Figure, type Section, sectionOf } from "../section.js";
import { type Cell, type Column, table } from "../table.js";
import { cellId, type ShownRows } from "./mistakes.js";

/** Section on the model's quality: tables of scores, and charts of them. */
export function resultsOf(
  run: Run,
  assessment: Assessment | undefined,
  { shown, limits }: { shown: ShownRows; limits: Limits },
  language: Language,
): Section[] {
  const { page } = textsIn(language);
  const tables = { classes: classTable, labels: labelTable, values: valueTable };
  const figures = { classes: classFigures, labels: () => [], values: valueFigures };
  return sectionOf("results", page.results, page.resultsIntro, [
    assessment && figures[assessment.task](assessment as never, shown, language),
    run.surface && [surfaceFigure(run.surface, language)],
    assessment?.task === "values" && run.series ? [forecastFigure(run.series, assessment, language)] : undefined,
    sideBySide([
      assessment && tables[assessment.task](assessment as never, limits, language),
      partsTable(run, language),
    ]),
  ]);
}

function sideBySide(tables: readonly (Markup | undefined)[]): Markup | undefined {
  const shown = tables.filter((each) => each !== undefined);
  return shown.length > 1 ? html`<div class="figures">${shown}</div>` : shown[0];
}

/** Classes of a drawn matrix: the most that can be read. */
const MOST_DRAWN = 30;

/** The classes with the most mistakes, in their order; all where they are few enough to be drawn. */
function drawnClasses(matrix: readonly (readonly number[])[]): number[] {
  const labels = matrix.map((_, label) => label);
  if (matrix.length <= MOST_DRAWN) return labels;
  const mistakes = labels.map((label) =>
    labels.reduce((sum, other) => sum + (other === label ? 0 : matrix[label][other] + matrix[other][label]), 0),
  );
  return labels
    .toSorted((a, b) => mistakes[b] - mistakes[a])
    .slice(0, MOST_DRAWN)
    .sort((a, b) => a - b);
}

function matrixFigure({ predictions }: ClassAssessment, shown: ShownRows, language: Language): Figure {
  const { page } = textsIn(language);
  const { count } = numbersIn(language);
  const { truth, predicted, classNames } = predictions;
  const matrix = confusionMatrix(truth, predicted, classNames.length);
  const drawn = drawnClasses(matrix);
  const specification = confusionMatrixChart(
    drawn.map((label) => drawn.map((other) => matrix[label][other])),
    chartNames(drawn.map((label) => classNames[label])),
    {
      language,
      width: Math.min(320, 90 * drawn.length),
      totals: drawn.map((label) => matrix[label].reduce((a, b) => a + b, 0)),
      href: (row, column) => {
        const id = cellId(drawn[row], drawn[column]);
        return shown.cells.has(id) ? `#${id}` : undefined;
      },
    },
  );
  const caption = shown.cells.size > 0 ? page.confusionLinked : page.confusionCaption;
  const some = page.mostMistaken({ shown: count(drawn.length), total: count(classNames.length) });
  return {
    name: "confusion-matrix",
    title: page.confusionMatrix,
    specification,
    caption: drawn.length < classNames.length ? `${caption} ${some}` : caption,
  };
}

function classFigures(assessment: ClassAssessment, shown: ShownRows, language: Language): Figure[] {
  const { page } = textsIn(language);
  const { truth, classNames, probabilities } = assessment.predictions;
  const options = { language, classNames: chartNames(classNames) };
  const present = new Set(Array.from(truth));
  const hasFew = probabilities !== undefined && present.size > MOST_CURVES;
  const captioned = (caption: string) =>
    hasFew ? `${caption} ${page.weakestCurves(numbersIn(language).count(MOST_CURVES))}` : caption;
  return [
    matrixFigure(assessment, shown, language),
    ...(probabilities
      ? [
          ...(present.size > 1
            ? [
                {
                  name: "roc",
                  title: page.rocCurve,
                  specification: rocChart(truth, probabilities, options),
                  caption: captioned(page.rocCaption),
                },
                {
                  name: "precision-recall",
                  title: page.precisionRecall,
                  specification: precisionRecallChart(truth, probabilities, options),
                  caption: captioned(page.precisionRecallCaption),
                },
              ]
            : []),
          {
            name: "calibration",
            title: page.calibrationTitle,
            specification: calibrationChart(truth, probabilities, { language }),
            caption: page.calibrationCaption,
          },
        ]
      : []),
  ];
}

function valueFigures({ predictions }: ValueAssessment, _: ShownRows, language: Language): Figure[] {
  const { page } = textsIn(language);
  return predictions.targets.slice(0, 3).flatMap(({ name, truth, predicted }, i) => {
    const suffix = i === 0 ? "" : `-${i + 1}`;
    const options = { language, target: name };
    return [
      {
        name: `predicted-against-true${suffix}`,
        title: page.predictedAgainstTrue,
        specification: predictionChart(truth, predicted, options),
        caption: truth.length > MOST_DOTS ? page.predictedSquares : page.predictedCaption,
      },
      {
        name: `residuals${suffix}`,
        title: page.residuals,
        specification: residualChart(truth, predicted, options),
        caption: page.residualsCaption,
      },
    ];
  });
}

function forecastFigure({ first, next }: RunSeries, { predictions }: ValueAssessment, language: Language): Figure {
  const { page } = textsIn(language);
  const [{ name, truth, predicted }] = predictions.targets;
  return {
    name: "forecast",
    title: page.forecast,
    specification: forecastChart(truth, predicted, { language, target: name, first, next }),
    caption: page.forecastCaption,
  };
}

const surfaceFigure = (surface: NonNullable<Run["surface"]>, language: Language): Figure => ({
  name: "decision-surface",
  title: textsIn(language).page.decisionSurface,
  specification: decisionSurfaceChart(surface, { language }),
  caption: textsIn(language).page.surfaceCaption,
});

/** The rows with the lowest scores, in their order. */
function lowest<T>(rows: readonly T[], most: number, score: (row: T) => number): readonly T[] {
  if (rows.length <= most) return rows;
  const kept = new Set(rows.toSorted((a, b) => score(a) - score(b)).slice(0, most));
  return rows.filter((row) => kept.has(row));
}

/** Caption of a table that may hold some rows only. */
function partOf(title: string, shown: number, total: number, language: Language): string {
  const { count } = numbersIn(language);
  return shown < total ? textsIn(language).page.lowestOf({ title, shown: count(shown), total: count(total) }) : title;
}

function classTable({ report }: ClassAssessment, limits: Limits, language: Language): Markup {
  const { page, chart } = textsIn(language);
  const numbers = numbersIn(language);
  const score = (value: number) => numbers.fixed(value, 3);
  const row = (name: string, { precision, recall, f1, support }: (typeof report)["macro"]) => [
    name,
    score(precision),
    score(recall),
    score(f1),
    numbers.count(support),
  ];
  const shown = lowest(report.classes, limits.classes, ({ f1 }) => f1);
  return titled(
    partOf(page.perClass, shown.length, report.classes.length, language),
    shown.length < report.classes.length,
    [chart.class, chart.precision, chart.recall, "F1", chart.rows].map((title, i) => ({ title, isNumber: i > 0 })),
    [
      ...shown.map((scores) => row(scores.name, scores)),
      row(page.macroMean, report.macro),
      row(page.weightedMean, report.weighted),
    ],
  );
}

/** A table whose caption is seen where it says that rows are left out. */
const titled = (caption: string, isSeen: boolean, ...rest: [columns: Column[], rows: Cell[][]]): Markup => {
  const all = table(caption, ...rest);
  return isSeen ? html`<div><h3>${caption}</h3>${all}</div>` : all;
};

function labelTable({ labels }: LabelAssessment, limits: Limits, language: Language): Markup {
  const { page, chart } = textsIn(language);
  const numbers = numbersIn(language);
  const shown = lowest(labels, limits.classes, ({ f1 }) => f1);
  return titled(
    partOf(page.perLabel, shown.length, labels.length, language),
    shown.length < labels.length,
    [page.label, chart.precision, chart.recall, "F1", chart.rows].map((title, i) => ({ title, isNumber: i > 0 })),
    shown.map(({ name, precision, recall, f1, support }) => [
      name,
      ...[precision, recall, f1].map((value) => numbers.fixed(value, 3)),
      numbers.count(support),
    ]),
  );
}

function valueTable({ targets }: ValueAssessment, limits: Limits, language: Language): Markup | undefined {
  if (targets.length < 2) return undefined;
  const { page } = textsIn(language);
  const numbers = numbersIn(language);
  const shown = lowest(targets, limits.classes, ({ r2 }) => r2);
  return titled(
    partOf(page.perTarget, shown.length, targets.length, language),
    shown.length < targets.length,
    [page.target, "R²", page.rmse, page.mae].map((title, i) => ({ title, isNumber: i > 0 })),
    shown.map(({ name, r2, rmse, mae }) => [name, numbers.fixed(r2, 3), numbers.short(rmse), numbers.short(mae)]),
  );
}

/** The same scores of each part beside each other. */
function partsTable({ scores = {}, data }: Run, language: Language): Markup | undefined {
  const texts = textsIn(language);
  const numbers = numbersIn(language);
  const parts = (["train", "validation", "test"] as const).filter((part) => scores[part]);
  if (parts.length === 0) return undefined;
  const names = [...new Set(parts.flatMap((part) => Object.keys(scores[part]!)))];
  const value = (part: PartName, name: string) => scores[part]![name];
  const writers = names.map((name) => numbers.column(parts.map((part) => value(part, name))));
  return table(
    texts.page.scoresByPart,
    [
      { title: texts.chart.part },
      { title: texts.chart.rows, isNumber: true },
      ...names.map((name) => ({ title: texts.scores[name] ?? name, isNumber: true })),
    ],
    parts.map((part) => [
      texts.parts[part],
      data?.rows[part] === undefined ? "" : numbers.count(data.rows[part]),
      ...names.map((name, i) => writers[i](value(part, name))),
    ]),
  );
}
