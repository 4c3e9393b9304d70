import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import {
  adam,
  type Callback,
  dense,
  earlyStopping,
  type Metric,
  meanSquaredError,
  ops,
  reduceOnPlateau,
  sequential,
  Trainer,
} from "../../src/index.js";
import { checkpoint, newestCheckpoint } from "../../src/node.js";
import { useDevices } from "../devices/backends.js";
import { useFolder } from "../fixtures.js";

/*
 * Which way a score gets better is declared by the metric or by whoever watches it, never read from its name: "mape" and
 * "accuracyGap" get better downwards, whatever they are called.
 */

const device = useDevices();
const { path } = useFolder();
const x = Float32Array.from({ length: 60 }, (_, i) => Math.sin(i));
const data = Dataset.from({ features: Array.from(x, (v) => [v]), labels: Float32Array.from(x, (v) => 2 * v + 3) });

const perRow: Metric["perRow"] = ({ outputs, targets }) =>
  ops.mean(ops.abs(ops.div(ops.sub(targets, outputs), targets)), -1);
const falling = (name: string): Metric => ({ name, better: "lower", perRow });
const rising: Metric = { name: "lossOfError", better: "higher", perRow: (inputs) => ops.neg(perRow(inputs)) };
const mute: Metric = { name: "mape", perRow };

async function run(metric: Metric, callback: Callback, rest: object = {}) {
  const setup = { device: device("cpu"), loss: meanSquaredError(), optimizer: adam({ learningRate: 0.05 }) };
  using trainer = new Trainer(sequential({ input: [1], seed: 1 }, [dense(1)]), {
    ...setup,
    metrics: [metric],
    ...rest,
  });
  return await trainer.fit(data, { epochs: 30, batchSize: 16, callbacks: [callback] });
}

describe("early stopping", () => {
  test.each([falling("mape"), falling("accuracyGap"), rising])("goes by what $name declares", async (metric) => {
    const { epochs, stopped } = await run(metric, earlyStopping({ monitor: metric.name, patience: 5 }));
    expect(epochs).toHaveLength(30);
    expect(stopped).toBe(false);
  });

  test("goes by its mode, before what the metric declares", async () => {
    expect((await run(mute, earlyStopping({ monitor: "mape", mode: "min", patience: 5 }))).epochs).toHaveLength(30);
    expect((await run(mute, earlyStopping({ monitor: "mape", mode: "max", patience: 5 }))).epochs).toHaveLength(6);
    const other = earlyStopping({ monitor: "mape", mode: "max", patience: 5 });
    expect((await run(falling("mape"), other)).epochs).toHaveLength(6);
  });
});

test("what says nothing can't be watched without a mode, and is refused before any work", async () => {
  let epochs = 0;
  const counted = (callback: Callback): Callback => ({ ...callback, onEpoch: () => void epochs++ });
  await expect(run(mute, counted(earlyStopping({ monitor: "mape" })))).rejects.toThrow(
    /earlyStopping: the metric "mape" doesn't say which way it gets better. Give the metric better: .* mode: "min" or "max"/,
  );
  const best = checkpoint({ directory: path("none"), best: "mape" });
  await expect(run(mute, counted(best))).rejects.toThrow(/checkpoint: the metric "mape" doesn't say/);
  const schedule = reduceOnPlateau({ monitor: "mape" });
  await expect(run(mute, {}, { schedule })).rejects.toThrow(/reduceOnPlateau: the metric "mape" doesn't say/);
  await expect(run(mute, counted(earlyStopping({ monitor: "mapee" })))).rejects.toThrow(
    /no score "mapee"; add it to the trainer's metrics. Did you mean mape\? It has loss, mape\./,
  );
  expect(epochs).toBe(0);
});

test("the best checkpoint is the one by its mode", async () => {
  const directory = path("best");
  // Of 30 epochs the first has the largest error: with "max" it is kept beside the last.
  await run(mute, checkpoint({ directory, keep: 1, best: "mape", mode: "max" }));
  expect(await newestCheckpoint(directory)).toMatch(/epoch-000030$/);
  const { readdir } = await import("node:fs/promises");
  expect((await readdir(directory)).sort()).toEqual(["epoch-000001", "epoch-000030"]);
});

test("a mode that is none is refused", () => {
  expect(() => earlyStopping({ mode: "auto" as never })).toThrow(
    /earlyStopping: mode must be "min" or "max", got "auto"/,
  );
});
