import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import {
  batchNorm,
  conv2d,
  dense,
  flatten,
  groupNorm,
  instanceNorm,
  layerNorm,
  meanSquaredError,
  residual,
  sequential,
  sgd,
  Trainer,
} from "../../src/index.js";
import { useDevices } from "../devices/backends.js";

/* Norms of a single number, which is its own mean: torch.nn.BatchNorm1d refuses them likewise. */

const device = useDevices();
const rowsOf = (rows: number) =>
  Dataset.from({
    features: Float32Array.from({ length: rows * 2 }, (_, i) => i),
    labels: new Float32Array(rows),
    shape: [2],
  });
const trainerOf = (options = {}) =>
  new Trainer(sequential({ input: [2], seed: 1 }, [residual([dense(2), batchNorm(options)]), dense(1)]), {
    device: device("cpu"),
    loss: meanSquaredError(),
    optimizer: sgd(),
  });

describe("batchNorm", () => {
  test("of batches of one row ends before a training", async () => {
    const message = 'batchNorm "residual.batchNorm" has batches of one row, of which it leaves 0';
    await expect(trainerOf().fit(rowsOf(4), { epochs: 1, batchSize: 1 })).rejects.toThrow(message);
    await expect(trainerOf().fit(rowsOf(1), { epochs: 1 })).rejects.toThrow(message);
    await expect(trainerOf().trainStep(rowsOf(1))).rejects.toThrow(message);
    const parts = trainerOf().fit(rowsOf(6), { epochs: 1, batchSize: 3, microBatchSize: 1 });
    await expect(parts).rejects.toThrow("has micro-batches of one row");
    using trainer = trainerOf();
    await trainer.trainStep(rowsOf(3)); // whose plan a smaller batch would be a short one of
    await expect(trainer.trainStep(rowsOf(1))).rejects.toThrow(message);
  });

  test("of a last batch of one row is told of", async () => {
    const { warnings } = await trainerOf().fit(rowsOf(5), { epochs: 1, batchSize: 2 });
    expect(warnings[0]).toContain('batchNorm "residual.batchNorm" has a batch of one row');
    expect(warnings[0]).toContain("take another batchSize");
    for (const batchSize of [3, 5]) {
      const { warnings } = await trainerOf().fit(rowsOf(5), { epochs: 1, batchSize });
      expect(warnings.join()).not.toContain("batchNorm");
    }
  });

  test("is right where it is frozen, or a row has several numbers of a channel", async () => {
    await trainerOf({ frozen: true }).fit(rowsOf(3), { epochs: 1, batchSize: 1 });
    const net = sequential({ input: [2, 2, 1] }, [conv2d(3, 1), batchNorm(), flatten(), dense(1)]);
    using trainer = new Trainer(net, { device: device("cpu"), loss: meanSquaredError(), optimizer: sgd() });
    const images = Dataset.from({ features: Float32Array.of(1, 2, 3, 4), labels: [0.5], shape: [2, 2, 1] });
    expect((await trainer.trainStep(images)).loss).toBeGreaterThan(0);
  });
});

test.each([
  ["groupNorm", groupNorm(4), [1, 1, 4], "groups of one number are all mean: 4 of images [batch, 1, 1, 4]"],
  ["instanceNorm", instanceNorm(), [1, 1, 4], "images of one pixel are all mean"],
  ["layerNorm", layerNorm(), [3, 1], "two features or more"],
])("%s of one number ends where the model is made", (_, layer, input, message) => {
  expect(() => sequential({ input }, [layer])).toThrow(message);
});

test("groupNorm of several numbers is a layer", () => {
  expect(sequential({ input: [1, 1, 4] }, [groupNorm(2)]).output).toEqual([1, 1, 4]);
  expect(sequential({ input: [2, 1, 4] }, [groupNorm(4)]).output).toEqual([2, 1, 4]);
});
