// @module-tag slow
import {
  type Comparison,
  type ReportSubject,
  type Reproduction,
  type Run,
  report,
  type Search,
} from "neuromotor/report";
import { describe, expect, test } from "vitest";

const count = (length: number) => Array.from({ length }, (_, i) => i);
/** Numbers from 0 to 1 that look random. */
const noise = (i: number) => Math.abs(Math.sin(i * 12.9898) * 43758.5453) % 1;

const epochs = (length: number) =>
  count(length).map((i) => ({
    epoch: i + 1,
    loss: 2 / (1 + i / 10) + noise(i) / 50,
    accuracy: 1 - 1 / (2 + i / 3),
    learningRate: 0.01 * (1 - i / length),
    validation: { loss: 2.1 / (1 + i / 10) + noise(i + 7) / 20, accuracy: 1 - 1.1 / (2 + i / 3) + noise(i) / 100 },
  }));

function wideRun(classes: number, columns: number, rows: number, nameOf: (i: number) => string): Run {
  const truth = count(rows).map((i) => (i * 7) % classes);
  const predicted = truth.map((label, i) => (noise(i) < 0.6 ? label : Math.floor(noise(i + 3) * classes)));
  const classNames = count(classes).map(nameOf);
  const cells = (row: number) => count(columns).map((i) => `a text of some length in cell ${row * i}`);
  const counts = classNames.map((_, i) => 20 + (i % 9));
  const probabilities = count(rows).flatMap((i) =>
    count(classes).map((label) => (label === predicted[i] ? 0.5 : 0.5 / (classes - 1))),
  );
  return {
    name: "wide.csv",
    configuration: { layers: [64], optimizer: "adam" },
    data: {
      name: "wide.csv",
      target: nameOf(0),
      rows: { train: rows, test: rows },
      features: columns,
      featureNames: count(columns).map(nameOf),
      classNames,
      frequencies: { train: counts, validation: counts, test: counts },
      samples: count(30).map((row) => ({ row, label: classNames[row % classes], cells: cells(row) })),
    },
    history: { epochs: epochs(500) },
    scores: { train: { accuracy: 0.9, loss: 0.1 }, test: { accuracy: 0.6, loss: 1 } },
    predictions: {
      task: "classes",
      part: "test",
      classNames,
      truth,
      predicted,
      probabilities,
      samples: count(rows).map((place) => ({
        place,
        row: place,
        label: classNames[truth[place]],
        cells: cells(place),
      })),
    },
  };
}

const compared: Comparison = {
  kind: "comparison",
  name: "many",
  score: "accuracy",
  better: "higher",
  part: "test",
  runs: count(96).map((i) => ({
    name: `a run with a rather long name, number ${i} of the grid`,
    configuration: { learningRate: 0.1 / (1 + (i % 8)), optimizer: ["adam", "sgd", "rmsprop"][Math.floor(i / 8) % 3] },
    seed: Math.floor(i / 24),
    scores: { accuracy: 0.9 - noise(i) / 5, loss: 0.3 },
    others: { train: { accuracy: 0.95 }, validation: { accuracy: 0.9 } },
    history: { epochs: epochs(500) },
    seconds: 3,
    href: `run-${i}/report.html`,
  })),
};

const reproduced: Reproduction = {
  kind: "reproduction",
  name: "all reports",
  rows: count(400).map((i) => ({
    id: `A${i}`,
    group: `Report ${i % 5}`,
    item: `${"an experiment of some length ".repeat(3)}${i}`,
    score: "test accuracy",
    published: 0.9,
    mean: 0.9 + noise(i) / 20,
    deviation: 0.01,
    seeds: 3,
    seconds: 100,
    verdict: "reached",
    note: "what was chosen where the report says nothing, in a sentence of its own",
  })),
};

function wideSearch(trials: number, settings: number): Search {
  return {
    kind: "search",
    name: "many",
    objectives: [
      { score: "loss", better: "lower", part: "validation" },
      { score: "parameters", better: "lower" },
    ],
    settings: count(settings).map((i) => ({ name: long(i), ...(i % 3 === 2 && { choices: count(9).map(long) }) })),
    trials: count(trials).map((number) => ({
      number,
      settings: Object.fromEntries(
        count(settings).map((i) => {
          const share = noise(number * settings + i);
          return [long(i), i % 3 === 2 ? long(Math.floor(9 * share)) : share];
        }),
      ),
      ...(number % 7 !== 3 && { values: [noise(number), Math.round(1e5 * noise(number + 5))] }),
      state: number % 7 === 3 ? "diverged" : number % 5 === 2 ? "pruned" : "done",
      course: count(50).map((i) => ({ epoch: i + 1, value: noise(number + i) })),
      seconds: 2,
    })),
  };
}

const long = (i: number) => `a rather long name of the class or column with the number ${i}`;
const subjects: Record<string, () => ReportSubject> = {
  "26 classes with long names, 14 columns": () => wideRun(26, 14, 2000, long),
  "100 classes, 785 columns, 500 epochs": () => wideRun(100, 785, 3000, long),
  "96 runs of 500 epochs": () => compared,
  "400 published figures": () => reproduced,
  "3,000 trials over 12 settings": () => wideSearch(3000, 12),
};

describe("a page of much data has at most 150 kB without images", () => {
  test.each(Object.entries(subjects))("%s", async (_, subject) => {
    const page = await report(subject(), { language: "es" });
    const text = page.replace(/data:image\/png;base64,[^"]*/g, "");
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(150_000);
    expect(Buffer.byteLength(text)).toBeGreaterThan(50_000); // no more is left out than must be
  });
});

test("a page says what it leaves out, and its shares are of all rows", async () => {
  const classes = 40;
  const truth = count(classes * 10).map((i) => i % classes);
  // Of each class one row in ten is taken for the class before it; of the last ten classes none.
  const predicted = truth.map((label, i) => (i < 30 && label > 0 ? label - 1 : label));
  const classNames = count(classes).map((i) => `class ${i}`);
  const page = await report({
    name: "forty",
    predictions: { task: "classes", part: "test", classNames, truth, predicted },
  });
  expect(page).toContain("Drawn are the 30 classes of 40 with the most mistakes.");
  expect(page).toContain("class 5 taken for class 4: 1 (10.0%)");
  const runs = await report(compared);
  expect(runs).toMatch(/: the first \d+ of 96/);
  expect(runs).toContain("a run with a rather long n…of the grid".slice(0, 26));
});
