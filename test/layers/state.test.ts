import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import { decodeModel, encodeModel } from "../../src/formats/model.js";
import {
  ArgumentError,
  dense,
  earlyStopping,
  meanSquaredError,
  ops,
  registerLayer,
  type Scope,
  sequential,
  sgd,
  Trainer,
} from "../../src/index.js";
import { constant, zeros } from "../../src/initializers/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { weightsOf } from "../fixtures.js";

const device = useDevices();

/** Takes off the running mean of each feature, which moves by a half towards the mean of the batch's rows. */
const centred = registerLayer({
  name: "centred",
  forward(x: ops.Tensor, scope: Scope) {
    const running = scope.state("mean", [x.shape[1]], zeros());
    const weights = ops.reshape(scope.rowWeights(), [x.shape[0], 1]);
    const mean = ops.div(ops.sum(ops.mul(x, weights), 0), ops.sum(weights));
    scope.effect(ops.assign(running, ops.mul(0.5, ops.add(running, mean))));
    return ops.sub(x, running);
  },
});

const features = [
  [1, 2],
  [3, 0],
  [5, 1],
  [7, 7],
  [3, -3],
];
const data = Dataset.from({ features, labels: [[1], [2], [0], [1], [3]] });

describe.each(BACKENDS)("a layer with a state of its own, on %s", (backend) => {
  const trainerOf = (layers = [centred(), dense(2), centred(), dense(1)], learningRate = 0.001) =>
    new Trainer(sequential({ input: [2], seed: 1 }, layers), {
      device: device(backend),
      loss: meanSquaredError(),
      optimizer: sgd({ learningRate, momentum: 0.9 }),
    });

  test("changes it in each step by the rows that exist, and not in evaluation", async () => {
    using trainer = trainerOf([centred(), dense(1)], 0);
    const meanNow = () => [...trainer.model.parameters().get("centred.mean")!.values];
    await trainer.fit(data, { epochs: 1, batchSize: 2, shuffle: false });
    // Means of batches: [2, 1], [6, 4], and [3, -3] of the only row of the last.
    expect(meanNow()).toEqual([0.125 * 2 + 0.25 * 6 + 1.5, 0.125 + 0.25 * 4 - 1.5]);
    const after = meanNow();
    await trainer.evaluate(data);
    await trainer.predict(features);
    expect(meanNow()).toEqual(after);
  });

  test("of micro-batches each sees what the one before left, and no gradient flows through it", async () => {
    using trainer = trainerOf([dense(2), centred(), dense(1)], 0);
    trainer.model.setParameters(new Map([["dense.weight", { values: [1, 0, 0, 1] }]]));
    await trainer.fit(data.take([0, 1, 2, 3]), { epochs: 1, batchSize: 4, microBatchSize: 2, shuffle: false });
    expect([...trainer.model.parameters().get("centred.mean")!.values]).toEqual([0.25 * 2 + 3, 0.25 + 2]);
  });

  test("is saved and goes on to the same bits, and goes back with early stopping", async () => {
    const fit = { epochs: 2, batchSize: 2 };
    using whole = trainerOf();
    await whole.fit(data, fit);
    await whole.fit(data, fit);
    using first = trainerOf();
    await first.fit(data, fit);
    const loaded = decodeModel(encodeModel(first.model, await first.training(true)));
    expect(loaded.parameterCount).toBe(6 + 3);
    using second = new Trainer(loaded, { device: device(backend) });
    await second.fit(data, fit);
    expect(weightsOf(second.model)).toEqual(weightsOf(whole.model));

    using stopped = trainerOf();
    const kept: unknown[] = [];
    const onEpoch = async () => {
      await stopped.sync();
      kept.push(weightsOf(stopped.model));
    };
    const callbacks = [{ onEpoch }, earlyStopping({ patience: 2, minDelta: 1e9 })];
    await stopped.fit(data, { epochs: 6, batchSize: 2, callbacks });
    expect(weightsOf(stopped.model)).toEqual(kept[0]);
    expect(kept.length).toBe(3);
  });

  test("stays as it is where the layer isn't trainable", async () => {
    using trainer = trainerOf([centred({ trainable: false }), dense(1)]);
    await trainer.fit(data, { epochs: 2, batchSize: 2 });
    expect([...trainer.model.parameters().get("centred.mean")!.values]).toEqual([0, 0]);
  });
});

test("an effect is the change of a state of the layer", () => {
  const make = (work: (x: ops.Tensor, scope: Scope) => unknown) =>
    sequential({ input: [2] }, [
      (x: ops.Tensor, scope: Scope) => {
        work(x, scope);
        return x;
      },
    ]);
  expect(() => make((x, scope) => scope.effect(x))).toThrow(ArgumentError);
  expect(() => make((_, scope) => scope.effect(undefined as never))).toThrow(
    /effect\(\) needs ops.assign\(state, value\)/,
  );
  const ofParameter = (_: ops.Tensor, scope: Scope) => {
    const weight = scope.parameter("weight", [2], constant(1));
    scope.effect(ops.assign(weight, ops.mul(weight, 2)));
  };
  expect(() => make(ofParameter)).toThrow(/of a state of this layer/);
  const ofAnotherShape = (x: ops.Tensor, scope: Scope) => ops.assign(scope.state("mean", [3], zeros()), ops.sum(x, 0));
  expect(() => make(ofAnotherShape)).toThrow(/assign: the value \[2\] must have the state's shape \[3\]/);
});
