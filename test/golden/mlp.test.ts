import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import {
  adam,
  dense,
  type Optimizer,
  rmsprop,
  sequential,
  sgd,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import golden from "./mlp.json" with { type: "json" };

/** Promised by the project: every loss of PyTorch's float64 run; PyTorch's own float32 stays within 1.4e-6. */
const RELATIVE_LIMIT = 2e-5;

const optimizers: Record<keyof typeof golden.runs, Optimizer> = {
  "adam lr=0.01": adam({ learningRate: 0.01 }),
  "rmsprop lr=0.003 alpha=0.9": rmsprop({ learningRate: 0.003, alpha: 0.9 }),
  "sgd lr=0.1 momentum=0.9": sgd({ learningRate: 0.1, momentum: 0.9 }),
};
const names = Object.keys(golden.runs) as (keyof typeof golden.runs)[];
const device = useDevices();

/** The golden network with its own weights. */
function network() {
  const model = sequential({ input: [4] }, [
    dense(16, { activation: "relu" }),
    dense(8, { activation: "relu" }),
    dense(3),
  ]);
  const layers = ["dense", "dense_1", "dense_2"];
  model.setParameters(
    new Map([
      ...layers.map((layer, i) => [`${layer}.weight`, { values: golden.weights[i].flat() }] as const),
      ...layers.map((layer, i) => [`${layer}.bias`, { values: golden.biases[i] }] as const),
    ]),
  );
  return model;
}

describe.each(BACKENDS)(`a 4-16-8-3 network as PyTorch trains it, ${names.length} optimizers, on %s`, (backend) => {
  test.each(names)("%s: 60 losses and the final parameters", async (name) => {
    const { losses, finalWeights, finalBiases } = golden.runs[name];
    const model = network();
    using trainer = new Trainer(model, {
      device: device(backend),
      loss: softmaxCrossEntropy(),
      optimizer: optimizers[name],
    });
    const data = Dataset.from({ features: golden.x, labels: golden.labels });
    const { stepLosses } = await trainer.fit(data, {
      epochs: 20,
      batchSize: golden.batchSize,
      shuffle: false,
      recordSteps: true,
    });
    expect(stepLosses).toHaveLength(losses.length);
    const worst = Math.max(...losses.map((loss, step) => Math.abs(stepLosses![step] - loss) / loss));
    expect(worst).toBeLessThanOrEqual(RELATIVE_LIMIT);

    const parameters = model.parameters();
    ["dense", "dense_1", "dense_2"].forEach((layer, i) => {
      for (const [part, expected] of [
        ["weight", finalWeights[i].flat()],
        ["bias", finalBiases[i]],
      ] as const) {
        const actual = parameters.get(`${layer}.${part}`)!.values;
        const scale = Math.max(...expected.map(Math.abs));
        expect(Math.max(...expected.map((value, j) => Math.abs(actual[j] - value)))).toBeLessThanOrEqual(
          RELATIVE_LIMIT * scale,
        );
      }
    });
  });
});
