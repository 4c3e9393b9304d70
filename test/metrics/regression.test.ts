import { expect, test } from "vitest";
import { ArgumentError, DataError } from "../../src/core/errors.js";
import {
  formatRegressionReport,
  meanAbsoluteError,
  meanSquaredError,
  r2,
  regressionReport,
  rootMeanSquaredError,
} from "../../src/metrics/index.js";
import golden from "../golden/metrics.json";
import { expectClose } from "./close.js";

test("as scikit-learn", () => {
  const { truth, predicted, ...expected } = golden.regression;
  expectClose(r2(truth, predicted), expected.r2);
  expectClose(meanSquaredError(truth, predicted), expected.mse);
  expectClose(rootMeanSquaredError(truth, predicted), expected.rmse);
  expectClose(meanAbsoluteError(truth, predicted), expected.mae);
  const report = regressionReport(truth, predicted);
  expect(Object.keys(report)).toEqual(["r2", "mse", "rmse", "mae"]);
  expectClose(report.r2, expected.r2);
  expectClose(report.mse, expected.mse);
  expectClose(report.rmse, expected.rmse);
  expectClose(report.mae, expected.mae);
});

test("by hand: one of four predictions is off by 1 and one by 3", () => {
  const truth = new Float32Array([1, 2, 3, 4]);
  const predicted = [1, 3, 3, 1];
  expect(regressionReport(truth, predicted)).toEqual({ r2: -1, mse: 2.5, rmse: Math.sqrt(2.5), mae: 1 });
});

test("r2 is 1 when perfect, 0 for the mean, and NaN for a single row", () => {
  expect(r2([1, 2, 3], [1, 2, 3])).toBe(1);
  expect(r2([1, 2, 3], [2, 2, 2])).toBe(0);
  expect(r2([1], [1])).toBeNaN();
});

test("r2 of constant truth is 1 if perfect and else 0, also where summing rounds (0.1 * 3 / 3 != 0.1)", () => {
  expect(r2([2, 2], [2, 2])).toBe(1);
  expect(r2([2, 2], [2, 3])).toBe(0);
  expect(r2([0.1, 0.1, 0.1], [0.1, 0.1, 0.1])).toBe(1);
  expect(r2([0.1, 0.1, 0.1], [0.1, 0.1, 0.2])).toBe(0);
});

test("r2 keeps its digits when the target's mean is far from 0", () => {
  const shift = 2 ** 40;
  expectClose(
    r2(
      [1, 2, 3, 4].map((x) => x + shift),
      [1, 3, 3, 1].map((x) => x + shift),
    ),
    -1,
  );
});

test.each([
  ["r2", r2],
  ["meanSquaredError", meanSquaredError],
  ["rootMeanSquaredError", rootMeanSquaredError],
  ["meanAbsoluteError", meanAbsoluteError],
  ["regressionReport", regressionReport],
])("%s refuses bad rows and says which", (name, metric) => {
  expect(() => metric([1, 2], [1])).toThrow(ArgumentError);
  expect(() => metric([1, 2], [1])).toThrow(`${name}: truth has 2 rows and predicted has 1`);
  expect(() => metric([], [])).toThrow(DataError);
  expect(() => metric([1, 2], [1, Number.NaN])).toThrow(DataError);
  expect(() => metric([1, -Infinity], [1, 2])).toThrow(`${name}: truth[1] is -Infinity`);
});

test("the report as text", () => {
  expect(formatRegressionReport({ r2: 0.92796114, mse: 7.2923888, rmse: 2.70044234, mae: 1.5e-9 })).toBe(
    "R²        0.927961\nMSE        7.29239\nRMSE       2.70044\nMAE     1.50000e-9\n",
  );
});
