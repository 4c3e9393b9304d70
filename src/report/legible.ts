import { chartNames, shortName, shortNames } from "./limits.js";
import type { Comparison, Predictions, ReportSubject, Reproduction, Run, Search } from "./run.js";

/** A subject with its names as a page has room for them: of classes, labels, columns, targets, runs. */
export function legible(subject: ReportSubject): ReportSubject {
  if (subject.kind === "comparison") return legibleRuns(subject);
  if (subject.kind === "reproduction") return legibleRows(subject);
  if (subject.kind === "search") return legibleSearch(subject);
  return legibleRun(subject);
}

/** Choices and names of settings. */
function legibleSearch(search: Search): Search {
  const names = chartNames(search.settings.map(({ name }) => name));
  const texts = new Map(
    search.settings.map(({ name, choices }) => {
      const own = search.trials.map(({ settings }) => settings[name]).filter((value) => typeof value === "string");
      const all = [...new Set([...(choices ?? []), ...own])];
      const short = chartNames(all);
      return [name, new Map(all.map((text, i) => [text, short[i]]))] as const;
    }),
  );
  const textOf = (name: string, value: string | number) =>
    typeof value === "string" ? (texts.get(name)?.get(value) ?? value) : value;
  return {
    ...search,
    settings: search.settings.map(({ name, choices, ...rest }, i) => ({
      ...rest,
      name: names[i],
      ...(choices && { choices: choices.map((choice) => String(textOf(name, choice))) }),
    })),
    trials: search.trials.map((trial) => ({
      ...trial,
      settings: Object.fromEntries(
        search.settings.flatMap(({ name }, i) =>
          name in trial.settings ? [[names[i], textOf(name, trial.settings[name])]] : [],
        ),
      ),
    })),
  };
}

function legibleRun(run: Run): Run {
  const { data, predictions } = run;
  return {
    ...run,
    ...(data && {
      data: {
        ...data,
        ...(data.target !== undefined && { target: shortName(data.target) }),
        ...(data.classNames && { classNames: shortNames(data.classNames) }),
        ...(data.samples && {
          samples: data.samples.map((sample) =>
            sample.label === undefined ? sample : { ...sample, label: shortName(sample.label) },
          ),
        }),
      },
    }),
    ...(predictions && { predictions: legiblePredictions(predictions) }),
  };
}

function legiblePredictions(predictions: Predictions): Predictions {
  if (predictions.task === "classes") return { ...predictions, classNames: shortNames(predictions.classNames) };
  if (predictions.task === "labels") return { ...predictions, labelNames: shortNames(predictions.labelNames) };
  const names = shortNames(predictions.targets.map(({ name }) => name));
  return { ...predictions, targets: predictions.targets.map((target, i) => ({ ...target, name: names[i] })) };
}

function legibleRuns(comparison: Comparison): Comparison {
  const names = shortNames(comparison.runs.map(({ name }) => name));
  return { ...comparison, runs: comparison.runs.map((run, i) => ({ ...run, name: names[i] })) };
}

/** Longer descriptions are sentences of a text, not a table's. */
const MOST_LETTERS = 200;
const cut = (text: string) => (text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS - 1)}…` : text);

const legibleRows = (reproduction: Reproduction): Reproduction => ({
  ...reproduction,
  rows: reproduction.rows.map((row) => ({
    ...row,
    item: cut(row.item),
    ...(row.note !== undefined && { note: cut(row.note) }),
  })),
});
