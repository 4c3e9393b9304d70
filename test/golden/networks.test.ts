import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import {
  adam,
  conv2d,
  dense,
  flatten,
  type Model,
  maxPool2d,
  sequential,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { flat, type Golden, readGolden } from "./read.js";

/** Promised by the project: every loss of PyTorch's float64 run. */
const RELATIVE_LIMIT = 2e-5;

interface Network {
  x: number[][][][];
  labels: number[];
  parameters: Record<string, Golden>;
  losses: number[];
  final: Record<string, Golden>;
  evaluation: number;
}

const golden = readGolden<Record<string, Network>>("networks");

const networks: Record<string, () => Model> = {
  "cnn, adam 0.01": () =>
    sequential({ input: [10, 10, 1] }, [
      conv2d(4, 3, { padding: 1, activation: "relu", name: "conv" }),
      maxPool2d(2),
      conv2d(8, 3, { activation: "relu", name: "conv_1" }),
      flatten(),
      dense(3),
    ]),
};

/** PyTorch's [out, in, kernel height, kernel width] as [kernel height, kernel width, in, out], and [out, in] as [in, out]. */
function fromPyTorch(values: Golden): number[] {
  const numbers = flat(values);
  const shape: number[] = [];
  for (let part = values; Array.isArray(part); part = part[0]) shape.push(part.length);
  const [out, inputs] = shape;
  if (shape.length === 1) return numbers;
  const taps = numbers.length / out / inputs;
  return Array.from({ length: numbers.length }, (_, i) => {
    const [tap, channel, filter] = [Math.floor(i / (inputs * out)), Math.floor(i / out) % inputs, i % out];
    return numbers[(filter * inputs + channel) * taps + tap];
  });
}

const names = Object.keys(networks);
const device = useDevices();

describe.each(BACKENDS)(`${names.length} network on images as PyTorch trains it, on %s`, (backend) => {
  test.each(names)("%s: 30 losses, the final parameters, the loss in evaluation", async (name) => {
    const { x, labels, parameters, losses, final, evaluation } = golden[name];
    const model = networks[name]();
    model.setParameters(
      new Map(Object.entries(parameters).map(([key, values]) => [key, { values: fromPyTorch(values) }])),
    );
    using trainer = new Trainer(model, {
      device: device(backend),
      loss: softmaxCrossEntropy(),
      optimizer: adam({ learningRate: 0.01 }),
    });
    const data = Dataset.from({ features: Float32Array.from(flat(x)), labels, shape: [10, 10, 1] });
    const { stepLosses } = await trainer.fit(data, { epochs: 10, batchSize: 16, shuffle: false, recordSteps: true });
    expect(stepLosses).toHaveLength(losses.length);
    const worst = Math.max(...losses.map((loss, step) => Math.abs(stepLosses![step] - loss) / loss));
    expect(worst).toBeLessThanOrEqual(RELATIVE_LIMIT);
    const { loss } = await trainer.evaluate(data);
    expect(Math.abs(loss - evaluation) / evaluation).toBeLessThanOrEqual(RELATIVE_LIMIT);
    for (const [key, values] of Object.entries(final)) {
      const expected = fromPyTorch(values);
      const actual = model.parameters().get(key)!.values;
      const scale = Math.max(...expected.map(Math.abs));
      const deviation = Math.max(...expected.map((value, i) => Math.abs(actual[i] - value)));
      expect(deviation, key).toBeLessThanOrEqual(RELATIVE_LIMIT * scale);
    }
  });
});
