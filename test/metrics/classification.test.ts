import { expect, test } from "vitest";
import { ArgumentError, DataError } from "../../src/core/errors.js";
import {
  accuracy,
  argmaxRows,
  type ClassScores,
  classificationReport,
  confusionMatrix,
} from "../../src/metrics/index.js";
import golden from "../golden/metrics.json";
import { expectClose } from "./close.js";

const CASES = ["three classes", "ten classes, two never predicted", "one class absent from truth"] as const;
type GoldenScores = { precision: number; recall: number; "f1-score": number; support: number };

function expectScores(actual: ClassScores, expected: GoldenScores): void {
  expectClose(actual.precision, expected.precision);
  expectClose(actual.recall, expected.recall);
  expectClose(actual.f1, expected["f1-score"]);
  expect(actual.support).toBe(expected.support);
}

test.each(CASES)("%s: as scikit-learn", (name) => {
  const { classes, truth, predicted, report: expected, ...rest } = golden[name];
  expect(confusionMatrix(truth, predicted, classes)).toEqual(rest["confusionMatrix(rows: truth)"]);
  expectClose(accuracy(truth, predicted), expected.accuracy);

  const report = classificationReport(Uint32Array.from(truth), Uint32Array.from(predicted), { classes });
  expect(report.classes).toHaveLength(classes);
  const byName = expected as unknown as Record<string, GoldenScores>;
  report.classes.forEach((scores, label) => {
    expect(scores.name).toBe(String(label));
    expectScores(scores, byName[label]);
  });
  expectClose(report.accuracy, expected.accuracy);
  expectScores(report.macro, expected["macro avg"]);
  expectScores(report.weighted, expected["weighted avg"]);
});

test("by hand: 3 cats of which 2 found, 1 dog found, 1 cat taken for a dog, no bird anywhere", () => {
  const truth = [0, 0, 0, 1];
  const predicted = [0, 0, 1, 1];
  expect(confusionMatrix(truth, predicted, 3)).toEqual([
    [2, 1, 0],
    [0, 1, 0],
    [0, 0, 0],
  ]);
  expect(accuracy(truth, predicted)).toBe(0.75);
  const report = classificationReport(truth, predicted, { classNames: ["cat", "dog", "bird"] });
  expect(report.classes).toEqual([
    { name: "cat", precision: 1, recall: 2 / 3, f1: 0.8, support: 3 },
    { name: "dog", precision: 0.5, recall: 1, f1: 2 / 3, support: 1 },
    { name: "bird", precision: 0, recall: 0, f1: 0, support: 0 },
  ]);
  expect(report.accuracy).toBe(0.75);
  expect(report.macro.support).toBe(4);
  expectClose(report.macro.precision, 0.5);
  expectClose(report.macro.recall, 5 / 9);
  expectClose(report.weighted.precision, 0.875);
  expectClose(report.weighted.recall, 0.75);
  expectClose(report.weighted.f1, (3 * 0.8 + 2 / 3) / 4);
});

test("one class, one row", () => {
  expect(confusionMatrix([0], [0], 1)).toEqual([[1]]);
  expect(classificationReport([0], [0], { classes: 1 }).macro).toEqual({ precision: 1, recall: 1, f1: 1, support: 1 });
});

test("argmaxRows takes the first of ties and any finite or infinite score", () => {
  const values = new Float32Array([1, 3, 3, -2, -2, -5, -Infinity, -Infinity, -Infinity, 0, Infinity, 1]);
  expect(argmaxRows(values, 3)).toEqual(new Uint32Array([1, 0, 0, 1]));
  expect(argmaxRows(new Float32Array([4, 5]), 1)).toEqual(new Uint32Array([0, 0]));
  expect(argmaxRows(new Float32Array(0), 7)).toEqual(new Uint32Array(0));
});

test("argmaxRows refuses NaN, part rows and impossible class counts", () => {
  expect(() => argmaxRows(new Float32Array([1, 2, 3, Number.NaN]), 2)).toThrow(DataError);
  expect(() => argmaxRows(new Float32Array([1, 2, 3, Number.NaN]), 2)).toThrow(/row 1 has NaN for class 1/);
  expect(() => argmaxRows(new Float32Array(5), 2)).toThrow(ArgumentError);
  for (const classes of [0, -1, 1.5, Number.NaN, Infinity]) {
    expect(() => argmaxRows(new Float32Array(4), classes)).toThrow(ArgumentError);
  }
});

test.each([
  ["confusionMatrix", (truth: number[], predicted: number[]) => confusionMatrix(truth, predicted, 2)],
  ["accuracy", accuracy],
  [
    "classificationReport",
    (truth: number[], predicted: number[]) => classificationReport(truth, predicted, { classes: 2 }),
  ],
])("%s refuses bad rows and says which", (name, metric) => {
  expect(() => metric([0, 1], [0])).toThrow(ArgumentError);
  expect(() => metric([0, 1], [0])).toThrow(`${name}: truth has 2 rows and predicted has 1`);
  expect(() => metric([], [])).toThrow(DataError);
  for (const label of [-1, 0.5, Number.NaN, Infinity]) {
    expect(() => metric([0, 1], [0, label])).toThrow(DataError);
    expect(() => metric([label, 1], [0, 1])).toThrow(`${name}: truth[0] is ${label}`);
  }
});

test("labels at or past the class count are refused; class counts must agree with names", () => {
  expect(() => confusionMatrix([0, 2], [0, 1], 2)).toThrow(
    "truth[1] is 2, but class labels must be integers from 0 to 1",
  );
  expect(() => classificationReport([0, 1], [0, 2], { classes: 2 })).toThrow(DataError);
  expect(() => confusionMatrix([0], [0], 0)).toThrow(ArgumentError);
  expect(() => classificationReport([0], [0], {})).toThrow(ArgumentError);
  expect(() => classificationReport([0], [0], { classNames: [] })).toThrow(ArgumentError);
  expect(() => classificationReport([0], [0], { classes: 3, classNames: ["a", "b"] })).toThrow(ArgumentError);
});
