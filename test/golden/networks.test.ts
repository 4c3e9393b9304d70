// @module-tag slow
import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import {
  activation,
  adam,
  adamw,
  batchNorm,
  bidirectional,
  conv2d,
  dense,
  depthwiseConv2d,
  embedding,
  flatten,
  globalAveragePool2d,
  gru,
  layerNorm,
  lstm,
  type Model,
  maxPool2d,
  multiHeadAttention,
  type Optimizer,
  positionalEmbedding,
  residual,
  rmsprop,
  sequential,
  sgd,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { flat, type Golden, readGolden } from "./read.js";

/** Promised by the project: every loss of PyTorch's float64 run. */
const RELATIVE_LIMIT = 2e-5;

interface Network {
  x: Golden;
  labels: number[] | number[][];
  parameters: Record<string, Golden>;
  losses: number[];
  final: Record<string, Golden>;
  evaluation: number;
  state: Record<string, Golden>;
}

const golden = readGolden<Record<string, Network>>("networks");

/** Our names of what PyTorch's norms have, by the layer's name. */
const NAMES: Record<string, string> = {
  weight: "gamma",
  bias: "beta",
  running_mean: "mean",
  running_var: "variance",
};

/** Our names of PyTorch's recurrent parameters: "recurrent.weight_ih_l0_reverse" is "recurrent.backward.inputWeight". */
const RECURRENT: Record<string, string> = {
  weight_ih_l0: "inputWeight",
  weight_hh_l0: "hiddenWeight",
  bias_ih_l0: "inputBias",
  bias_hh_l0: "hiddenBias",
};

/** Our names of what the transformer has; those of its norms are "gamma" and "beta". */
const TRANSFORMER: Record<string, string> = {
  position: "position.weight",
  "attention.in_proj_weight": "block.attention.inWeight",
  "attention.in_proj_bias": "block.attention.inBias",
  "attention.out_proj.weight": "block.attention.outWeight",
  "attention.out_proj.bias": "block.attention.outBias",
  "norm.weight": "block.norm.gamma",
  "norm.bias": "block.norm.beta",
  "norm_1.weight": "mlp.norm_1.gamma",
  "norm_1.bias": "mlp.norm_1.beta",
  "up.weight": "mlp.up.weight",
  "up.bias": "mlp.up.bias",
  "down.weight": "mlp.down.weight",
  "down.bias": "mlp.down.bias",
};

const ownName = (name: string, model: Model): string => {
  if (model.layers[0].kind === "embedding" && name in TRANSFORMER) return TRANSFORMER[name];
  const recurrent = /^(recurrent)[.](.*_l0)(_reverse)?$/.exec(name);
  if (recurrent) {
    const own = RECURRENT[recurrent[2]];
    const isBoth = model.parameters().has("recurrent.forward.inputWeight");
    return `recurrent.${isBoth ? (recurrent[3] ? "backward." : "forward.") : ""}${own}`;
  }
  const parts = name.split(".");
  const part = parts.pop()!;
  return [...parts, parts.at(-1)!.startsWith("norm") ? NAMES[part] : part].join(".");
};

const optimizers: Record<string, Optimizer> = {
  "transformer, adamw 0.01, decay 0.01": adamw({ learningRate: 0.01, weightDecay: 0.01 }),
  "gru, rmsprop 0.003": rmsprop({ learningRate: 0.003, alpha: 0.9, epsilon: 1e-8 }),
  "lstm in both directions, adam 0.01": adam({ learningRate: 0.01 }),
  "cnn, adam 0.01": adam({ learningRate: 0.01 }),
  "cnn with batch normalisation, sgd 0.1, momentum 0.9": sgd({ learningRate: 0.1, momentum: 0.9 }),
  "residual dense 18-6 with layer norm (gelu, 12), adamw 0.01, decay 0.1": adamw({
    learningRate: 0.01,
    weightDecay: 0.1,
  }),
};

const networks: Record<string, () => Model> = {
  "transformer, adamw 0.01, decay 0.01": () =>
    sequential({ input: [6] }, [
      embedding(7, 8),
      positionalEmbedding(6, { name: "position" }),
      residual([layerNorm({ name: "norm" }), multiHeadAttention({ heads: 2, causal: true, name: "attention" })], {
        name: "block",
      }),
      residual(
        [layerNorm({ name: "norm_1" }), dense(16, { activation: "gelu", name: "up" }), dense(8, { name: "down" })],
        { name: "mlp" },
      ),
      layerNorm({ name: "norm_2" }),
      dense(7, { name: "head" }),
    ]),
  "gru, rmsprop 0.003": () => sequential({ input: [6, 3] }, [gru(5, { name: "recurrent" }), dense(3)]),
  "lstm in both directions, adam 0.01": () =>
    sequential({ input: [6, 3] }, [bidirectional(lstm(4), { name: "recurrent" }), dense(3)]),
  "residual dense 18-6 with layer norm (gelu, 12), adamw 0.01, decay 0.1": () =>
    sequential({ input: [6, 3] }, [
      flatten(),
      dense(6, { name: "input" }),
      residual(
        [layerNorm({ name: "norm" }), dense(12, { activation: "gelu", name: "up" }), dense(6, { name: "down" })],
        { name: "block" },
      ),
      dense(3, { name: "output" }),
    ]),
  "cnn with batch normalisation, sgd 0.1, momentum 0.9": () =>
    sequential({ input: [10, 10, 1] }, [
      conv2d(4, 3, { stride: 2, bias: false, name: "conv" }),
      batchNorm({ name: "norm" }),
      activation("relu"),
      depthwiseConv2d(3, { padding: 1, bias: false, name: "depthwise" }),
      batchNorm({ name: "norm_1" }),
      activation("relu"),
      globalAveragePool2d(),
      dense(3),
    ]),
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
function fromPyTorch(name: string, values: Golden): number[] {
  const numbers = flat(values);
  const shape: number[] = [];
  for (let part = values; Array.isArray(part); part = part[0]) shape.push(part.length);
  const [out, inputs] = shape;
  if (shape.length === 1 || name === "embedding.weight" || name === "position") return numbers;
  const taps = numbers.length / out / inputs;
  return Array.from({ length: numbers.length }, (_, i) => {
    const [tap, channel, filter] = [Math.floor(i / (inputs * out)), Math.floor(i / out) % inputs, i % out];
    return numbers[(filter * inputs + channel) * taps + tap];
  });
}

const names = Object.keys(networks);
const device = useDevices();

describe.each(BACKENDS)(`${names.length} networks as PyTorch trains it, on %s`, (backend) => {
  test.each(names)("%s: 30 losses, the final parameters, the loss in evaluation", async (name) => {
    const { x, labels, parameters, losses, final, evaluation, state } = golden[name];
    const model = networks[name]();
    model.setParameters(
      new Map(
        Object.entries(parameters).map(([key, values]) => [ownName(key, model), { values: fromPyTorch(key, values) }]),
      ),
    );
    using trainer = new Trainer(model, {
      device: device(backend),
      loss: softmaxCrossEntropy(),
      optimizer: optimizers[name],
    });
    const data = Dataset.from({ features: Float32Array.from(flat(x)), labels: labels as number[], shape: model.input });
    const { stepLosses } = await trainer.fit(data, { epochs: 10, batchSize: 16, shuffle: false, recordSteps: true });
    expect(stepLosses).toHaveLength(losses.length);
    const worst = Math.max(...losses.map((loss, step) => Math.abs(stepLosses![step] - loss) / loss));
    expect(worst).toBeLessThanOrEqual(RELATIVE_LIMIT);
    const { loss } = await trainer.evaluate(data);
    expect(Math.abs(loss - evaluation) / evaluation).toBeLessThanOrEqual(RELATIVE_LIMIT);
    const running = Object.entries(state).filter(([key]) => !key.endsWith("num_batches_tracked"));
    for (const [key, values] of [...Object.entries(final), ...running]) {
      const expected = fromPyTorch(key, values);
      const actual = model.parameters().get(ownName(key, model))!.values;
      const scale = Math.max(...expected.map(Math.abs));
      const deviation = Math.max(...expected.map((value, i) => Math.abs(actual[i] - value)));
      expect(deviation, key).toBeLessThanOrEqual(RELATIVE_LIMIT * scale);
    }
  });
});
