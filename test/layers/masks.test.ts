import { expect, test } from "vitest";
import { runTensors } from "../../src/checks/run.js";
import { gradientsOf } from "../../src/checks/weighted.js";
import { padSequences } from "../../src/data/index.js";
import { constant, type Tensor, variable } from "../../src/graph/tensor.js";
import {
  apply,
  bidirectional,
  concatenate,
  conv1d,
  decodeModel,
  dense,
  embedding,
  encodeModel,
  globalAveragePool1d,
  globalMaxPool1d,
  gru,
  input,
  type Layer,
  type LayerFunction,
  layerNorm,
  lstm,
  meanSquaredError,
  model,
  multiHeadAttention,
  residual,
  rnn,
  sequential,
  sgd,
  Trainer,
  transformerBlock,
} from "../../src/index.js";
import { maskOf, setMask } from "../../src/layers/masks.js";
import { broadcastTo, mul } from "../../src/ops/elementwise.js";
import { concatenate as concatenateTensors, slice } from "../../src/ops/indexing.js";
import { reshape, transpose } from "../../src/ops/layout.js";
import { matmul } from "../../src/ops/matmul.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { SCOPE } from "./scope.js";

/* Sequences that are filled up, held against the same ones by themselves. */

const IDS = 6;
const sequences = [[3, 1, 4, 1, 5], [2], [5, 3, 2]];
const device = useDevices();
const use = (net: ReturnType<typeof sequential>, backend: (typeof BACKENDS)[number] = "wasm") =>
  new Trainer(net, { device: device(backend), loss: meanSquaredError(), optimizer: sgd({ learningRate: 0.5 }) });

/** A layer's network for sequences of a length, with the same first weights for each. */
const network = (layers: () => (Layer | LayerFunction)[], time: number) =>
  sequential({ input: [time], seed: 2 }, [
    embedding(IDS, 4, { padding: 0, initializer: "glorotUniform" }),
    ...layers(),
  ]);

/** Two layers on one sequence, their features side by side. */
const beside =
  (a: Layer, b: Layer): LayerFunction =>
  (x, scope) =>
    scope.call(concatenate(), scope.call(a, x), scope.call(b, x));

const ends: Record<string, () => (Layer | LayerFunction)[]> = {
  "stacked recurrences in both directions": () => [
    lstm(3, { returnSequences: true }),
    layerNorm(),
    bidirectional(gru(3)),
  ],
  "attention and the mean": () => [transformerBlock({ heads: 2 }), dense(3), globalAveragePool1d()],
  "attention in a residual and the largest": () => [
    residual([layerNorm(), multiHeadAttention({ heads: 2 })]),
    globalMaxPool1d(),
  ],
  "a convolution and the largest": () => [conv1d(3, 3, { padding: "same", activation: "tanh" }), globalMaxPool1d()],
  "layers side by side": () => [
    beside(dense(2, { activation: "relu" }), rnn(3, { returnSequences: true, reverse: true })),
    globalAveragePool1d(),
  ],
  "a recurrence in a layer of one's own": () => [(x, scope) => scope.call(rnn(3, { name: "inner" }), x)],
};

test.each(Object.entries(ends).flatMap(([name, layers]) => BACKENDS.map((backend) => ({ name, layers, backend }))))(
  "$name on $backend: filled up as by itself",
  async ({ layers, backend }) => {
    const { features, shape, mask } = padSequences(sequences);
    expect(Array.from(mask.subarray(5, 10))).toEqual([1, 0, 0, 0, 0]);
    using padded = use(network(layers, shape[0]), backend);
    const { values, shape: given } = await padded.predict(features);
    for (const [row, sequence] of sequences.entries()) {
      if (backend === "webgpu" && row === 0) continue; // it is whole
      using alone = use(network(layers, sequence.length), backend);
      const expected = (await alone.predict(Uint32Array.from(sequence))).values;
      expected.forEach((value, i) => {
        expect(Math.abs(values[row * given[1] + i] - value), `row ${row}`).toBeLessThan(2e-6);
      });
    }
  },
);

const first = (x: Tensor, time: number) => slice(x, [0, 0, 0], [x.shape[0], time, x.shape[2]]);
/** Ways to turn the first two of three places round. */
const turns: Record<string, (x: Tensor) => Tensor> = {
  slices: (x) =>
    concatenateTensors(
      [slice(x, [0, 1, 0], [x.shape[0], 1, 4]), first(x, 1), slice(x, [0, 2, 0], [x.shape[0], 1, 4])],
      1,
    ),
  "a product from the left": (x) => matmul(constant(Float32Array.of(0, 1, 0, 1, 0, 0, 0, 0, 1), [3, 3]), x),
  "exchanged axes": (x) => {
    const turned = matmul(transpose(x), constant(Float32Array.of(0, 1, 0, 1, 0, 0, 0, 0, 1), [3, 3]));
    return transpose(turned);
  },
};

test.each(Object.entries(turns))("places that are moved by %s have no mask, unless it is said", async (_, turn) => {
  const layers = (padding: number | undefined, own: LayerFunction) => {
    const net = sequential({ input: [3], seed: 2 }, [
      embedding(IDS, 4, { padding, initializer: "glorotUniform" }),
      own,
      rnn(2),
    ]);
    return use(net).predict(Uint32Array.of(3, 0, 4));
  };
  const unsaid = await layers(0, (x) => turn(x));
  expect(unsaid.values).toEqual((await layers(undefined, (x) => turn(x))).values);
  const said = await layers(0, (x) => {
    const y = turn(x);
    const mask = reshape(maskOf(x)!, [x.shape[0], 3, 1]);
    const wide = turn(broadcastTo(mask, [x.shape[0], 3, 4]));
    setMask(y, reshape(slice(wide, [0, 0, 0], [x.shape[0], 3, 1]), [x.shape[0], 3]));
    return y;
  });
  expect(said.values).not.toEqual(unsaid.values);
});

test("what fills a sequence up is trained by nothing", async () => {
  const net = network(ends["attention and the mean"], 5);
  const before = net.parameters().get("embedding.weight")!.values.slice();
  using trainer = use(net);
  const { features } = padSequences(sequences);
  await trainer.trainStep({
    features,
    labels: [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
    ],
  });
  await trainer.sync();
  const after = net.parameters().get("embedding.weight")!.values;
  expect(after.subarray(0, 4)).toEqual(before.subarray(0, 4));
  expect(after.subarray(4)).not.toEqual(before.subarray(4));
});

test("keys of another sequence have that one's mask, and a mask given by hand goes first", async () => {
  const [written, read] = [input([2], { name: "written", dtype: "u32" }), input([3], { name: "read", dtype: "u32" })];
  const table = embedding(IDS, 4, { padding: 0, initializer: "glorotUniform" });
  const seen = apply(multiHeadAttention({ heads: 1 }), apply(table, written), apply(table, read));
  const net = model({ inputs: [written, read], outputs: seen, seed: 1 });
  using trainer = use(net);
  const rows = (
    await trainer.predict({
      written: [
        [1, 2],
        [1, 2],
      ],
      read: [
        [3, 4, 0],
        [3, 4, 5],
      ],
    })
  ).values;
  const again = (await trainer.predict({ written: [[1, 2]], read: [[4, 3, 0]] })).values; // without places, the order of keys is nothing
  const size = rows.length / 2;
  again.forEach((value, i) => {
    expect(Math.abs(value - rows[i])).toBeLessThan(1e-6);
  });
  expect(rows.subarray(0, size)).not.toEqual(rows.subarray(size));
  const [x, mask] = [input([3], { name: "x", dtype: "u32" }), input([3], { name: "mask" })];
  const masked = model({ inputs: [x, mask], outputs: apply(gru(2, { masked: true }), apply(table, x), mask), seed: 1 });
  using other = use(masked);
  const [all, none] = [
    await other.predict({ x: [[1, 0, 2]], mask: [[1, 1, 1]] }),
    await other.predict({ x: [[1, 0, 2]], mask: [[0, 0, 0]] }),
  ];
  expect(Array.from(none.values)).toEqual([0, 0]);
  expect(all.values[0]).not.toBe(0);
});

test("padding is saved with a model, and must be an id", () => {
  const net = network(ends["attention and the mean"], 5);
  expect(decodeModel(encodeModel(net)).layers[0].layer.config).toMatchObject({ padding: 0 });
  expect(() => embedding(3, 2, { padding: 3 })).toThrow("padding must be one of the ids, 0 to 2, got 3");
  expect(() => padSequences([[1], []])).toThrow("sequence 1 is empty");
});

test.each(BACKENDS)("of equal places the first gets the gradient of the largest over time, on %s", async (backend) => {
  const x = variable("x", [2, 3, 1]);
  const shown = mul(x, constant(new Float32Array([1]), [1]));
  setMask(shown, constant(Float32Array.of(1, 1, 1, 0, 1, 1), [2, 3]));
  const values = Float32Array.of(...[1, 4, 4], ...[7, 2, 2]);
  for (const [input, first] of [
    [x, [0, 10, 0, 20, 0, 0]],
    [shown, [0, 10, 0, 0, 20, 0]], // whose first place of the second sequence isn't there
  ] as const) {
    const y = globalMaxPool1d().forward(input, SCOPE);
    const gradients = gradientsOf({ y, weights: Float32Array.of(10, 20) }, [x]);
    const [dx] = await runTensors(device(backend), gradients, new Map([[x, values]]), { fused: true });
    expect(Array.from(dx)).toEqual(first);
  }
});
