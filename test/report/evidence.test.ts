// @module-tag slow
import { r2 } from "neuromotor";
import { type ClassPredictions, type Run, report, type ValuePredictions } from "neuromotor/report";
import { describe, expect, test } from "vitest";
import { r2Interval } from "../../src/report/intervals.js";

describe("evidence against a figure is a warning", () => {
  const classes = (count: number, right: number, extra: Partial<Run> = {}): Run => ({
    name: "made up",
    predictions: {
      task: "classes",
      part: "test",
      classNames: ["no", "yes"],
      truth: Array.from({ length: count }, (_, i) => i % 2),
      predicted: Array.from({ length: count }, (_, i) => (i < right ? i % 2 : 1 - (i % 2))),
    },
    ...extra,
  });
  const warnings = async (run: Run) =>
    [...(await report(run)).matchAll(/aria-label="Caution"[\s\S]*?<span>(.*?)<\/span>/g)].map(([, text]) => text);

  test("a text's tokens that are hardly, or not at all, better known than by their frequency", async () => {
    const text = { part: "test", tokens: 900, vocabulary: 50, byFrequency: 20, prompt: "", samples: [] } as const;
    const knowing = (perplexity: number) =>
      warnings({ name: "made up", text, scores: { test: { loss: Math.log(perplexity), perplexity } } });
    expect(await knowing(10)).toEqual([]);
    expect(await knowing(19)).toEqual([expect.stringMatching(/hardly better than guessing/)]);
    expect(await knowing(21)).toEqual([expect.stringMatching(/isn’t better than guessing/)]);
  });

  test("few rows, or rows that were trained on", async () => {
    expect(await warnings(classes(400, 390))).toEqual([]);
    expect(await warnings(classes(40, 39))).toEqual([expect.stringMatching(/of 40 rows held out: so few/)]);
    const seen = classes(400, 390);
    seen.predictions = { ...seen.predictions!, part: "train" };
    expect(await warnings(seen)).toEqual([expect.stringMatching(/No rows were held out/)]);
  });

  test("no better than the most frequent class, or much better on the rows it learnt from", async () => {
    expect(await warnings(classes(400, 205))).toContainEqual(expect.stringMatching(/isn’t clearly better/));
    const overfit = classes(400, 340, { scores: { train: { accuracy: 0.99 } } });
    expect(await warnings(overfit)).toEqual([expect.stringMatching(/overfits: accuracy 99.0% .* 85.0% on others/)]);
    expect(await warnings(classes(400, 340, { scores: { train: { accuracy: 0.87 } } }))).toEqual([]);
  });

  test("probabilities that don't come true, a class that isn't found", async () => {
    const sure = classes(400, 300);
    const { predicted } = sure.predictions as ClassPredictions;
    (sure.predictions as ClassPredictions).probabilities = Array.from(predicted, (label) => (label ? 0.99 : 0.01));
    expect(await warnings(sure)).toContainEqual(expect.stringMatching(/can’t be taken at their word: .* 24.0%/));
    const blind = classes(400, 400);
    (blind.predictions as ClassPredictions).predicted = Array.from({ length: 400 }, (_, i) => Number(i % 20 === 1));
    expect(await warnings(blind)).toEqual([expect.stringMatching(/weakest class is “yes”: 10.0% of its rows/)]);
  });

  test("a training that diverged, or whose validation loss has risen", async () => {
    const epochs = [1, 0.5, 0.8].map((loss, i) => ({ epoch: i + 1, loss, validation: { loss } }));
    expect(await warnings(classes(400, 390, { history: { epochs } }))).toEqual([
      expect.stringMatching(/lowest at epoch 2 of 3 and has risen since/),
    ]);
    expect(await warnings(classes(400, 390, { history: { epochs, kept: 2 } }))).toEqual([]);
    const diverged = await report({ name: "lost", state: "diverged", note: "Epoch 2, step 7: dense.weight." });
    expect(diverged).toContain(
      "The training diverged: its numbers are no longer finite. Epoch 2, step 7: dense.weight.",
    );
  });

  test("predictions that are too high on the whole, and no better than the mean", async () => {
    const truth = Array.from({ length: 300 }, (_, i) => Math.sin(i));
    const shifted: Run = {
      name: "shifted",
      predictions: {
        task: "values",
        part: "test",
        targets: [{ name: "height", truth, predicted: truth.map((y) => y + 0.5) }],
      },
    };
    expect(await warnings(shifted)).toEqual([expect.stringMatching(/too high by 0.5 on average/)]);
    shifted.predictions = {
      ...(shifted.predictions as ValuePredictions),
      targets: [{ name: "height", truth, predicted: truth.map(() => 0.1) }],
    };
    expect(await warnings(shifted)).toContainEqual(
      expect.stringMatching(/isn’t clearly better than always predicting the mean/),
    );
  });
});

test("the interval of R² holds the figure, and narrows with more rows", () => {
  const rows = (count: number) => {
    const truth = Array.from({ length: count }, (_, i) => Math.sin(i * 1.3));
    return [truth, truth.map((y, i) => y + 0.4 * Math.sin(i * 7.7))] as const;
  };
  const [few, many] = [rows(60), rows(3000)].map(([truth, predicted]) => ({
    ...r2Interval(truth, predicted),
    r2: r2(truth, predicted),
  }));
  for (const { low, high, r2 } of [few, many]) expect(low < r2 && r2 < high).toBe(true);
  expect(many.high - many.low).toBeLessThan((few.high - few.low) / 3);
});
