import { expect, test } from "vitest";
import { seriesWindows } from "../../src/data/index.js";
import { dense, flatten, forecast, meanSquaredError, sequential, sgd, Trainer } from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";

/* Series that go on after their end, by models whose weights say how. */

const device = useDevices();

/** A model of windows that puts out a sum of their numbers with these weights. */
function weighted(weights: readonly (readonly number[])[], backend: (typeof BACKENDS)[number] = "cpu") {
  const model = sequential({ input: [weights.length, weights[0].length] }, [flatten(), dense(1, { bias: false })]);
  model.setParameters(new Map([["dense.weight", { values: weights.flat() }]]));
  return new Trainer(model, {
    device: device(backend),
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: 0.1 }),
  });
}

test.each(BACKENDS)("a line goes on as a line, on %s", async (backend) => {
  using next = weighted([[-1], [2]], backend);
  expect([...(await forecast(next, [5, 1, 2, 3], { steps: 4 }))]).toEqual([4, 5, 6, 7]);
  using third = weighted([[-3], [4]], backend); // three places after the window's last
  expect([...(await forecast(third, [9, 1, 2, 3, 4], { steps: 5, horizon: 3 }))]).toEqual([5, 6, 7, 8, 9]);
});

test("the first step is what windows with a label are scored on", async () => {
  const series = [1, 3, 2, 5, 4, 4];
  const { features, labels } = seriesWindows(series, { window: 2, horizon: 2 });
  using trainer = weighted([[0.5], [0.25]]);
  const { values } = await trainer.predict(features);
  for (const [row] of labels.entries()) {
    const [first] = await forecast(trainer, series.slice(0, row + 3), { horizon: 2, steps: 1 });
    expect(first).toBe(values[row]);
  }
});

test("other features are known of later places, and predictions are fed back in the features' units", async () => {
  using trainer = weighted([
    [0, 0],
    [10, 1],
  ]);
  const series = [
    [7, 1],
    [7, 2],
  ];
  const known = [
    [0, 3],
    [0, 4],
  ];
  const options = { steps: 3, target: 1, toFeature: (prediction: number) => prediction / 2 };
  // 10 x 7 + 2; fed back as 36, beside the known 0; then as 18.
  expect([...(await forecast(trainer, series, { ...options, known }))]).toEqual([72, 36, 18]);
  await expect(forecast(trainer, series, options)).rejects.toThrow("Give them as known, [2, 2]");
  await expect(forecast(trainer, series, { ...options, steps: 1 })).resolves.toHaveLength(1);
});

test("what is no series for the model is refused", async () => {
  using trainer = weighted([[1], [1]]);
  await expect(forecast(trainer, [1])).rejects.toThrow("take 2 places, the series has 1");
  await expect(forecast(trainer, [[1, 2]])).rejects.toThrow("takes 1 features of each place, the series has 2");
  await expect(forecast(trainer, [1, 2], { steps: 0 })).rejects.toThrow("forecast: steps");
  await expect(forecast(trainer, [1, 2], { target: 1 })).rejects.toThrow("0 to 0, got 1");
  const net = sequential({ input: [4] }, [dense(1)]);
  using rows = new Trainer(net, {
    device: device("cpu"),
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: 0.1 }),
  });
  await expect(forecast(rows, [1, 2, 3, 4])).rejects.toThrow("one that is trained on seriesWindows()");
});
