import {
  calibrationChart,
  confusionMatrixChart,
  decisionSurfaceChart,
  precisionRecallChart,
  predictionChart,
  residualChart,
  rocChart,
} from "../../charts/index.js";
import { type Language, numbersIn, textsIn } from "../../language/index.js";
import { confusionMatrix } from "../../metrics/index.js";
import type { Assessment, ClassAssessment, LabelAssessment, ValueAssessment } from "../assessment.js";
import { html, type Markup } from "../markup.js";
import type { PartName, Run } from "../run.js";
import { type Figure, type Section, sectionOf } from "../section.js";
import { table } from "../table.js";
import { cellId, type ShownRows } from "./mistakes.js";

/** Section on the model's quality: tables of scores, and charts of them. */
export function resultsOf(
  run: Run,
  assessment: Assessment | undefined,
  shown: ShownRows,
  language: Language,
): Section[] {
  const { page } = textsIn(language);
  const tables = { classes: classTable, labels: labelTable, values: valueTable };
  const figures = { classes: classFigures, labels: () => [], values: valueFigures };
  return sectionOf("results", page.results, page.resultsIntro, [
    assessment && figures[assessment.task](assessment as never, shown, language),
    run.surface && [surfaceFigure(run.surface, language)],
    sideBySide([assessment && tables[assessment.task](assessment as never, language), partsTable(run, language)]),
  ]);
}

function sideBySide(tables: readonly (Markup | undefined)[]): Markup | undefined {
  const shown = tables.filter((each) => each !== undefined);
  return shown.length > 1 ? html`<div class="figures">${shown}</div>` : shown[0];
}

function classFigures({ predictions }: ClassAssessment, shown: ShownRows, language: Language): Figure[] {
  const { page } = textsIn(language);
  const { truth, predicted, classNames, probabilities } = predictions;
  const options = { language, classNames };
  const href = (row: number, column: number) =>
    shown.cells.has(cellId(row, column)) ? `#${cellId(row, column)}` : undefined;
  const present = new Set(Array.from(truth));
  return [
    {
      name: "confusion-matrix",
      title: page.confusionMatrix,
      specification: confusionMatrixChart(confusionMatrix(truth, predicted, classNames.length), classNames, {
        language,
        width: Math.min(320, 90 * classNames.length),
        href,
      }),
      caption: shown.cells.size > 0 ? page.confusionLinked : page.confusionCaption,
    },
    ...(probabilities
      ? [
          ...(present.size > 1
            ? [
                {
                  name: "roc",
                  title: page.rocCurve,
                  specification: rocChart(truth, probabilities, options),
                  caption: page.rocCaption,
                },
                {
                  name: "precision-recall",
                  title: page.precisionRecall,
                  specification: precisionRecallChart(truth, probabilities, options),
                  caption: page.precisionRecallCaption,
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
        caption: page.predictedCaption,
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

const surfaceFigure = (surface: NonNullable<Run["surface"]>, language: Language): Figure => ({
  name: "decision-surface",
  title: textsIn(language).page.decisionSurface,
  specification: decisionSurfaceChart(surface, { language }),
  caption: textsIn(language).page.surfaceCaption,
});

function classTable({ report }: ClassAssessment, language: Language): Markup {
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
  return table(
    page.perClass,
    [chart.class, chart.precision, chart.recall, "F1", chart.rows].map((title, i) => ({ title, isNumber: i > 0 })),
    [
      ...report.classes.map((scores) => row(scores.name, scores)),
      row(page.macroMean, report.macro),
      row(page.weightedMean, report.weighted),
    ],
  );
}

function labelTable({ labels }: LabelAssessment, language: Language): Markup {
  const { page, chart } = textsIn(language);
  const numbers = numbersIn(language);
  return table(
    page.perLabel,
    [page.label, chart.precision, chart.recall, "F1", chart.rows].map((title, i) => ({ title, isNumber: i > 0 })),
    labels.map(({ name, precision, recall, f1, support }) => [
      name,
      ...[precision, recall, f1].map((value) => numbers.fixed(value, 3)),
      numbers.count(support),
    ]),
  );
}

function valueTable({ targets }: ValueAssessment, language: Language): Markup | undefined {
  if (targets.length < 2) return undefined;
  const { page } = textsIn(language);
  const numbers = numbersIn(language);
  return table(
    page.perTarget,
    [page.target, "R²", page.rmse, page.mae].map((title, i) => ({ title, isNumber: i > 0 })),
    targets.map(({ name, r2, rmse, mae }) => [name, numbers.fixed(r2, 3), numbers.short(rmse), numbers.short(mae)]),
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
