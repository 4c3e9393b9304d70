// The expected texts were printed by scikit-learn 1.9.1.
import { expect, test } from "vitest";
import { ArgumentError } from "../../src/core/errors.js";
import {
  classificationReport,
  confusionMatrix,
  formatClassificationReport,
  formatConfusionMatrix,
} from "../../src/metrics/index.js";
import golden from "../golden/metrics.json";

test("numbered classes, two never predicted", () => {
  const { truth, predicted, classes } = golden["ten classes, two never predicted"];
  expect(formatClassificationReport(classificationReport(truth, predicted, { classes }))).toBe(
    `              precision    recall  f1-score   support

           0       0.33      0.91      0.49        23
           1       0.69      0.52      0.59        21
           2       0.42      0.62      0.50        13
           3       0.62      0.79      0.70        19
           4       0.75      0.86      0.80        14
           5       0.85      0.65      0.74        26
           6       0.83      0.68      0.75        22
           7       0.79      0.86      0.83        22
           8       0.00      0.00      0.00        19
           9       0.00      0.00      0.00        21

    accuracy                           0.59       200
   macro avg       0.53      0.59      0.54       200
weighted avg       0.54      0.59      0.54       200
`,
  );
});

test("names wider than the averages' and outside the basic plane", () => {
  const { truth, predicted } = golden["one class absent from truth"];
  const classNames = ["zero", "one", "a rather long name", "drei😀"];
  expect(formatClassificationReport(classificationReport(truth, predicted, { classNames }))).toBe(
    `                    precision    recall  f1-score   support

              zero       1.00      0.86      0.92         7
               one       0.89      0.53      0.67        15
a rather long name       0.00      0.00      0.00         0
             drei😀       0.86      0.75      0.80         8

          accuracy                           0.67        30
         macro avg       0.69      0.54      0.60        30
      weighted avg       0.91      0.67      0.76        30
`,
  );
});

test("as many decimals as asked for, ties to even at each number of them", () => {
  // As Python prints these scores: f"{0.125:.2f}", and so on.
  const text = (score: number, digits: number) => {
    const scores = { precision: score, recall: score, f1: score, support: 1 };
    const report = { classes: [], accuracy: score, macro: scores, weighted: scores };
    return /macro avg +(\S+)/.exec(formatClassificationReport(report, { digits }))![1];
  };
  expect([0.125, 0.375, 0.625, 0.875].map((score) => text(score, 2))).toEqual(["0.12", "0.38", "0.62", "0.88"]);
  expect([0.03125, 0.09375, 0.15625].map((score) => text(score, 4))).toEqual(["0.0312", "0.0938", "0.1562"]);
  expect([0.5, 0.25, 0.75].map((score) => text(score, 0))).toEqual(["0", "0", "1"]);
  expect([0.25, 0.75, 0.35].map((score) => text(score, 1))).toEqual(["0.2", "0.8", "0.3"]); // 0.35 is 0.34999...
  expect(text(2 / 3, 9)).toBe("0.666666667");
  for (const digits of [-1, 16, 1.5, "2" as never]) expect(() => text(0.5, digits)).toThrow(ArgumentError);
  expect(() => formatClassificationReport({} as never, { decimals: 2 } as never)).toThrow(/no option "decimals"/);
});

test("exact ties round to even: recall 0.125 and 0.625, accuracy 0.375", () => {
  const truth = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1];
  const predicted = [0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0];
  expect(formatClassificationReport(classificationReport(truth, predicted, { classes: 2 }))).toBe(
    `              precision    recall  f1-score   support

           0       0.25      0.12      0.17         8
           1       0.42      0.62      0.50         8

    accuracy                           0.38        16
   macro avg       0.33      0.38      0.33        16
weighted avg       0.33      0.38      0.33        16
`,
  );
});

test("a confusion matrix has a line for each true class and a column for each predicted one", () => {
  const matrix = confusionMatrix([0, 0, 1, 1, 1], [0, 1, 1, 1, 1], 2);
  expect(formatConfusionMatrix(matrix, ["cat", "a"])).toBe(
    `truth \\ predicted  cat  a
              cat    1  1
                a    0  3
`,
  );
  expect(formatConfusionMatrix([[12345]], ["a name wider than the corner"])).toBe(
    `           truth \\ predicted  a name wider than the corner
a name wider than the corner                         12345
`,
  );
});

test("a confusion matrix must be square with a name for each class", () => {
  expect(() => formatConfusionMatrix([[1, 0]], ["a", "b"])).toThrow(ArgumentError);
  expect(() => formatConfusionMatrix([[1, 0], [1]], ["a", "b"])).toThrow(/row 1 has 1 counts/);
  expect(() => formatConfusionMatrix([[1]], [])).toThrow(ArgumentError);
});
