import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import {
  checkGradients,
  customLoss,
  dense,
  type Loss,
  type LossFunction,
  type Metric,
  meanSquaredError,
  ops,
  sequential,
  sgd,
  Trainer,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";

const device = useDevices();
const data = Dataset.from({ features: [[1], [2], [3], [4]], labels: [[1], [0], [2], [5]] });

function trainerOf(backend: (typeof BACKENDS)[number], loss: Loss, metrics: Metric[] = []): Trainer {
  const model = sequential({ input: [1] }, [dense(1)]);
  model.setParameters(new Map([["dense.weight", { values: [1] }]]));
  return new Trainer(model, { device: device(backend), loss, optimizer: sgd(), metrics });
}

const squares = (a: ops.Tensor, b: ops.Tensor) => ops.sum(ops.square(ops.sub(a, b)), -1);
/** [batch] beside [batch, 1]: all rows with all others, and yet a value for each row. */
const mixed: LossFunction = (y, t) => squares(ops.sum(y, -1), t);

describe.each(BACKENDS)("the value of each row, on %s,", (backend) => {
  test("is right with the same axes on both sides", async () => {
    const kept = customLoss((y, t) => squares(ops.sum(y, -1, { keepAxes: true }), t));
    using trainer = trainerOf(backend, kept);
    expect((await trainer.evaluate(data)).loss).toBe(1.5);
  });

  test("is refused where rows meet each other by a slip of the axes", async () => {
    using trainer = trainerOf(backend, customLoss(mixed, { name: "slip" }));
    const message = /customLoss "slip": sub makes \[batch, batch\] of \[batch\], so that every row meets every other/;
    await expect(trainer.evaluate(data)).rejects.toThrow(message);
    await expect(trainer.fit(data, { epochs: 1 })).rejects.toThrow(message);
    await expect(trainer.fit(data, { epochs: 1, batchSize: 1 })).rejects.toThrow(message);
    await expect(trainer.explainStep(data)).rejects.toThrow(message);
  });

  test.each<[string, LossFunction]>([
    ["[batch, 1]", (y, t) => ops.square(ops.sub(y, t))],
    ["one number", (y, t) => ops.mean(ops.square(ops.sub(y, t)))],
  ])("is refused as %s, of a loss or a metric that is an object of one's own", async (_, perRow) => {
    const own: Loss = { ...meanSquaredError(), config: { loss: "own" }, perRow };
    using trainer = trainerOf(backend, own);
    await expect(trainer.evaluate(data)).rejects.toThrow(/loss "own": must give one f32 per row, \[4\], got/);
    const metric: Metric = { name: "own", perRow: ({ outputs, targets }) => perRow(outputs, targets) };
    using other = trainerOf(backend, meanSquaredError(), [metric]);
    await expect(other.fit(data, { epochs: 1 })).rejects.toThrow(/metrics: "own": must give one f32 per row, \[4\]/);
  });
});

test("products of rows with rows are meant: they aren't taken for a slip", async () => {
  const neighbours = customLoss((y) => ops.sum(ops.matmul(y, ops.transpose(y)), -1));
  using trainer = trainerOf("cpu", neighbours);
  expect((await trainer.evaluate(data)).loss).toBe(25); // (1 + 2 + 3 + 4)² / 4
});

test("weights of as many outputs as the batch has rows aren't taken for a slip", async () => {
  const weights = ops.constant(Float32Array.of(1, 2, 3, 4), [4]);
  const loss = customLoss((y, t) => ops.sum(ops.mul(weights, ops.square(ops.sub(y, t))), -1));
  const report = await checkGradients(loss, {
    inputs: [
      [4, 4],
      [4, 4],
    ],
  });
  expect(report.ok, String(report)).toBe(true);
});
