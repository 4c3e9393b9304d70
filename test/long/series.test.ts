import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { RandomStream } from "../../src/core/random.js";
import { Dataset, exactOf, seriesWindows } from "../../src/data/index.js";
import {
  adam,
  clipByGlobalNorm,
  dense,
  earlyStopping,
  gru,
  meanSquaredError,
  sequential,
  Trainer,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";

/*
 * Forecasts of the next number by a GRU of 32 units, beside the last number and a linear model of the same window, which is
 * solved exactly: 70 % to train on, then 10 % to stop by, the last 20 % to test on. Root mean squared errors.
 */

const SEEDS = 3;

const rmse = (said: readonly number[], truth: ArrayLike<number>) =>
  Math.sqrt(said.reduce((sum, value, i) => sum + (value - truth[i]) ** 2, 0) / said.length);

/** Least squares of rows with a 1 at their end, by elimination. */
function leastSquares(rows: readonly number[][], truth: ArrayLike<number>): number[] {
  const size = rows[0].length;
  const a = Array.from({ length: size }, (_, i) => [
    ...Array.from({ length: size }, (_, j) => rows.reduce((sum, row) => sum + row[i] * row[j], i === j ? 1e-6 : 0)),
    rows.reduce((sum, row, r) => sum + row[i] * truth[r], 0),
  ]);
  for (let i = 0; i < size; i++) {
    const pivot = a.findIndex(
      (row, r) => r >= i && Math.abs(row[i]) === Math.max(...a.slice(i).map((each) => Math.abs(each[i]))),
    );
    [a[i], a[pivot]] = [a[pivot], a[i]];
    for (let r = 0; r < size; r++) {
      const factor = r === i ? 0 : a[r][i] / a[i][i];
      if (factor !== 0) a[r] = a[r].map((value, c) => value - factor * a[i][c]);
    }
  }
  return a.map((row, i) => row[size] / row[i]);
}

async function scores(values: readonly number[], window: number) {
  const all = seriesWindows(values, { window });
  const [tested, validated] = [Math.round(all.rows * 0.2), Math.round(all.rows * 0.1)];
  const trained = all.rows - tested - validated;
  const part = (from: number, count: number) => all.take(Array.from({ length: count }, (_, i) => from + i));
  const parts = {
    train: part(0, trained),
    validation: part(trained, validated),
    test: part(trained + validated, tested),
  };
  const rowsOf = ({ features, rows }: Dataset) =>
    Array.from({ length: rows }, (_, row) => [...exactOf(features).subarray(row * window, (row + 1) * window), 1]);
  const truth = exactOf(parts.test.labels);
  const weights = leastSquares(
    [...rowsOf(parts.train), ...rowsOf(parts.validation)],
    [...exactOf(parts.train.labels), ...exactOf(parts.validation.labels)],
  );
  const linear = rowsOf(parts.test).map((row) => row.reduce((sum, value, i) => sum + value * weights[i], 0));
  const seen = values.slice(0, trained + window);
  const mean = seen.reduce((sum, value) => sum + value / seen.length, 0);
  const deviation = Math.sqrt(seen.reduce((sum, value) => sum + (value - mean) ** 2 / seen.length, 0));
  const scaled = (from: Float32Array) =>
    Float32Array.from(exactOf(from as Float32Array<ArrayBuffer>), (value) => (value - mean) / deviation);
  const scale = ({ features, labels }: Dataset) =>
    Dataset.from({ features: scaled(features), labels: scaled(labels as Float32Array), shape: [window, 1] });
  const device = await openDevice({ backend: "wasm" });
  const network: number[] = [];
  for (let seed = 1; seed <= SEEDS; seed++) {
    const model = sequential({ input: [window, 1], seed }, [gru(32), dense(1)]);
    const [loss, optimizer] = [meanSquaredError(), adam({ learningRate: 5e-3 })];
    using trainer = new Trainer(model, { device, loss, optimizer, gradients: [clipByGlobalNorm(1)] });
    await trainer.fit(scale(parts.train), {
      ...{ epochs: 80, batchSize: 32, seed, validation: scale(parts.validation) },
      callbacks: [earlyStopping({ patience: 12 })],
    });
    const { values: said } = await trainer.predict(scale(parts.test));
    network.push(
      rmse(
        Array.from(said, (value) => value * deviation + mean),
        truth,
      ),
    );
  }
  device.dispose();
  const found = {
    last: rmse(
      rowsOf(parts.test).map((row) => row[window - 1]),
      truth,
    ),
    linear: rmse(linear, truth),
    network,
  };
  console.log(JSON.stringify(found));
  return found;
}

const wave = (period: number, t: number) => Math.sin((2 * Math.PI * t) / period);

test("three waves with noise", { timeout: 3_600_000 }, async () => {
  const random = new RandomStream(7, 0);
  const noise = () => Array.from({ length: 12 }, () => random.nextUniform()).reduce((sum, value) => sum + value, -6);
  const waves = Array.from({ length: 4000 }, (_, t) => wave(12.3, t) + wave(19.7, t) + wave(31.1, t) + 0.3 * noise());
  const { last, linear, network } = await scores(waves, 24);
  for (const error of network) expect(error).toBeLessThan(Math.min(last, linear));
});

test("GitHub's commits by the hour", { timeout: 3_600_000 }, async () => {
  const path = fileURLToPath(new URL("../../node_modules/vega-datasets/data/github.csv", import.meta.url));
  expect(existsSync(path), "npm install --no-save vega-datasets").toBe(true);
  const counts = readFileSync(path, "utf8")
    .trim()
    .split("\n")
    .slice(1)
    .map((line) => Number(line.split(",")[1]));
  const { last, linear, network } = await scores(counts, 48);
  for (const error of network) expect(error).toBeLessThan(Math.min(last, linear));
});
