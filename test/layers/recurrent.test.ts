import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/data/index.js";
import {
  apply,
  bidirectional,
  checkGradients,
  decodeModel,
  dense,
  encodeModel,
  gru,
  input,
  type Layer,
  lstm,
  type Model,
  meanSquaredError,
  model,
  ops,
  type RecurrentCell,
  type RecurrentOptions,
  recurrent,
  rnn,
  sequential,
  sgd,
  Trainer,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { sines } from "../fixtures.js";

/* Recurrent layers whose states are given or asked for, with dropout on the state, and with other cells. */

const device = useDevices();
const UNITS = 3;
const trainerOf = (made: Model, backend: (typeof BACKENDS)[number]) =>
  new Trainer(made, { device: device(backend), loss: meanSquaredError(), optimizer: sgd({ learningRate: 0.1 }) });

async function predicted(made: Model, backend: (typeof BACKENDS)[number], features: Parameters<Trainer["predict"]>[0]) {
  using trainer = trainerOf(made, backend);
  return [...(await trainer.predict(features)).values];
}

const kinds: Record<string, (options: RecurrentOptions) => Layer> = {
  rnn: (options) => rnn(UNITS, { ...options, name: "layer" }),
  gru: (options) => gru(UNITS, { ...options, name: "layer" }),
  "gru, reset before": (options) => gru(UNITS, { ...options, resetAfter: false, name: "layer" }),
  lstm: (options) => lstm(UNITS, { ...options, name: "layer" }),
};

describe.each(BACKENDS)("on %s", (backend) => {
  test.each(Object.entries(kinds))(
    "%s: two halves of a sequence, the state handed over, are the whole",
    async (name, of) => {
      const states = name === "lstm" ? 2 * UNITS : UNITS;
      const whole = sequential({ input: [4, 2], seed: 1 }, [of({ returnSequences: true })]);
      const head = sequential({ input: [2, 2] }, [of({ returnSequences: true })]);
      const state = sequential({ input: [2, 2] }, [of({ returnState: true })]);
      const [x, s] = [input([2, 2], { name: "x" }), input([states], { name: "s" })];
      const y = apply(of({ returnSequences: true, initialState: true }), x, s);
      const tail = model({ inputs: [x, s], outputs: { y } });
      for (const each of [head, state, tail]) each.setParameters(whole.parameters());
      expect(state.output).toEqual([states]);
      const all = sines(8);
      const handed = await predicted(state, backend, all.slice(0, 4));
      const parts = [
        ...(await predicted(head, backend, all.slice(0, 4))),
        ...(await predicted(tail, backend, { x: all.slice(4), s: Float32Array.from(handed) })),
      ];
      const expected = await predicted(whole, backend, all);
      parts.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i], 6);
      });
    },
  );

  test("a cell of one's own is trained as the layer that it is", async () => {
    const own: RecurrentCell = { gates: 1, step: ([z], [h]) => [ops.tanh(ops.add(z, h))] };
    const data = Dataset.from({ features: sines(24), labels: sines(4 * UNITS), shape: [3, 2] });
    const parameters: number[][] = [];
    for (const layer of [rnn(UNITS), recurrent(UNITS, own)]) {
      const made = sequential({ input: [3, 2], seed: 1 }, [layer]);
      using trainer = trainerOf(made, backend);
      await trainer.fit(data, { epochs: 3, batchSize: 4, shuffle: false });
      parameters.push([...made.parameters().values()].flatMap(({ values }) => [...values]));
    }
    parameters[1].forEach((value, i) => {
      expect(value).toBeCloseTo(parameters[0][i], 6);
    });
  });
});

/** An LSTM's cell, written with ops: worked in steps. */
const ownLstm: RecurrentCell = {
  gates: 4,
  states: 2,
  step(z, h, [, c]) {
    const [i, f, g, o] = z.map((input, gate) => ops.add(input, h[gate]));
    const next = ops.add(ops.mul(ops.sigmoid(f), c), ops.mul(ops.sigmoid(i), ops.tanh(g)));
    return [ops.mul(ops.sigmoid(o), ops.tanh(next)), next];
  },
};

/** A decoder that begins with all states of an encoder. */
function encoderDecoder(of: (options: RecurrentOptions) => Layer, time: number): Model {
  const [x, y] = [input([time, 2], { name: "x" }), input([time, 2], { name: "y" })];
  const states = apply(of({ returnState: true, name: "encoder" }), x);
  const written = apply(of({ initialState: true, returnSequences: true, name: "decoder" }), y, states);
  return model({ inputs: [x, y], outputs: { written }, seed: 1 });
}

const parts = (time: number) =>
  Dataset.from({
    features: { x: sines(8 * time), y: sines(8 * time).map((value) => -value) },
    labels: sines(4 * time * UNITS),
    shape: { x: [time, 2], y: [time, 2] },
  });

test.each(BACKENDS)(
  "an encoder's states are handed to a decoder and their gradients back, as in steps: %s",
  async (backend) => {
    const trained = async (of: (options: RecurrentOptions) => Layer) => {
      const made = encoderDecoder(of, 5);
      using trainer = trainerOf(made, backend);
      await trainer.fit(parts(5), { epochs: 3, batchSize: 3, shuffle: false });
      return [...made.parameters().values()].flatMap(({ values }) => [...values]);
    };
    const [fused, steps] = [
      await trained((options) => lstm(UNITS, options)),
      await trained((options) => recurrent(UNITS, ownLstm, options)),
    ];
    expect(fused).toHaveLength(steps.length);
    fused.forEach((value, i) => {
      expect(value).toBeCloseTo(steps[i], 6);
    });
  },
);

test.each([
  ["gru", 21, (options: RecurrentOptions) => gru(UNITS, options)],
  ["lstm", 22, (options: RecurrentOptions) => lstm(UNITS, options)],
  ["lstm with dropout", 29, (options: RecurrentOptions) => lstm(UNITS, { ...options, recurrentDropout: 0.4 })],
] as const)("%s: an encoder and a decoder take %i launches for 10 places and for 500", async (_, launches, of) => {
  const counts = [10, 500].map(async (time) => {
    using trainer = trainerOf(encoderDecoder(of, time), "webgpu");
    return (await trainer.kernels(parts(time), { batchSize: 4 })).length;
  });
  expect(await Promise.all(counts)).toEqual([launches, launches]);
});

/* n = tanh(z_n + (r h) W_n + b_n), as Keras's GRU with reset_after=False, written out in float64. */
test("the gate r before the product", async () => {
  const made = sequential({ input: [3, 2], seed: 4 }, [gru(UNITS, { resetAfter: false })]);
  const [inputWeight, hiddenWeight, inputBias, hiddenBias] = [...made.parameters().values()].map(
    ({ values }) => values,
  );
  for (const [i, bias] of [inputBias, hiddenBias].entries()) bias.set(bias.map((_, j) => Math.sin(i + j)));
  made.setParameters(
    new Map([
      ["gru.inputBias", { values: inputBias }],
      ["gru.hiddenBias", { values: hiddenBias }],
    ]),
  );
  const x = sines(6);
  const sigmoid = (v: number) => 1 / (1 + Math.exp(-v));
  let h = [0, 0, 0];
  for (let t = 0; t < 3; t++) {
    const product = (from: readonly number[], weight: Float32Array, column: number) =>
      from.reduce((sum, value, k) => sum + value * weight[k * 3 * UNITS + column], 0);
    const z = (column: number) => product([...x.subarray(2 * t, 2 * t + 2)], inputWeight, column) + inputBias[column];
    const sum = (from: readonly number[], column: number) => product(from, hiddenWeight, column) + hiddenBias[column];
    const r = h.map((_, u) => sigmoid(z(u) + sum(h, u)));
    const update = h.map((_, u) => sigmoid(z(UNITS + u) + sum(h, UNITS + u)));
    const reset = h.map((value, u) => r[u] * value);
    const candidate = h.map((_, u) => Math.tanh(z(2 * UNITS + u) + sum(reset, 2 * UNITS + u)));
    h = h.map((value, u) => (1 - update[u]) * candidate[u] + update[u] * value);
  }
  const actual = await predicted(made, "cpu", x);
  h.forEach((value, u) => {
    expect(actual[u]).toBeCloseTo(value, 6);
  });
});

test.each([
  ["the gate r before the product", gru(2, { resetAfter: false }), [3, 2]],
  ["a state that is asked for", lstm(2, { returnState: true }), [3, 2]],
  ["from the end", gru(2, { resetAfter: false, reverse: true, returnSequences: true }), [2, 2]],
] as const)("gradients: %s", async (_, layer, shape) => {
  const report = await checkGradients(layer, { input: [...shape] });
  expect(report.ok, String(report)).toBe(true);
});

test("a mask keeps the state, worked in steps as fused", async () => {
  const outputs: number[][] = [];
  for (const resetAfter of [true, false]) {
    const [x, mask] = [input([3, 2], { name: "x" }), input([3], { name: "mask" })];
    const y = apply(gru(UNITS, { masked: true, resetAfter, returnSequences: true }), x, mask);
    const made = model({ inputs: [x, mask], outputs: { y }, seed: 2 });
    outputs.push(await predicted(made, "cpu", { x: sines(6), mask: Float32Array.of(1, 0, 0) }));
  }
  for (const own of outputs) {
    expect(own.slice(UNITS, 2 * UNITS)).toEqual(own.slice(0, UNITS));
    expect(own.slice(2 * UNITS)).toEqual(own.slice(0, UNITS));
  }
});

test("dropout on the state: only while training, other numbers in each step, the same for a seed", async () => {
  const data = Dataset.from({ features: sines(24), labels: sines(4 * UNITS), shape: [3, 2] });
  const losses = async (recurrentDropout: number, seed: number) => {
    const made = sequential({ input: [3, 2], seed: 1 }, [lstm(UNITS, { recurrentDropout })]);
    using trainer = trainerOf(made, "cpu");
    const before = await trainer.evaluate(data);
    const { stepLosses } = await trainer.fit(data, {
      epochs: 1,
      batchSize: 4,
      recordSteps: true,
      seed,
      shuffle: false,
    });
    return { before: before.loss, trained: stepLosses![0] };
  };
  const [none, half, again, other] = [
    await losses(0, 1),
    await losses(0.5, 1),
    await losses(0.5, 1),
    await losses(0.5, 2),
  ];
  expect(half.before).toBeCloseTo(none.before, 6);
  expect(half.trained).not.toBeCloseTo(none.trained, 6);
  expect(again).toEqual(half);
  expect(other.trained).not.toBe(half.trained);
});

test("what doesn't fit is refused with what to do", () => {
  const one = (layer: Layer) => () => sequential({ input: [3, 2] }, [layer]);
  expect(() => gru(2, { resetAfter: 1 as never })).toThrow("resetAfter must be true or false, got 1");
  expect(() => lstm(2, { returnState: true, returnSequences: true })).toThrow("Take one of both");
  expect(() => lstm(2, { recurrentDropout: 1 })).toThrow("recurrentDropout");
  expect(one(lstm(2, { initialState: true }))).toThrow("apply(layer, x, states); got 1 inputs");
  expect(() => bidirectional(lstm(2, { returnState: true }))).toThrow("without initialState and returnState");
  expect(() => recurrent(2, {} as never)).toThrow("recurrent: gates must be a positive integer");
  expect(() => recurrent(2, { gates: 1, step: 3 as never })).toThrow("needs a cell { gates, step }");
  expect(one(recurrent(2, { gates: 1, states: 2, step: ([z]) => [z] }))).toThrow(
    "must give 2 states [1, 2], got [1, 2]",
  );
  const [x, s] = [input([3, 2]), input([3])];
  const wrong = () => model({ inputs: [x, s], outputs: { y: apply(lstm(2, { initialState: true }), x, s) } });
  expect(wrong).toThrow("its first states must be [batch, 4], got [batch, 3]");
  const [y, mask] = [input([3, 2]), input([2])];
  const short = () => model({ inputs: [y, mask], outputs: { z: apply(lstm(2, { masked: true }), y, mask) } });
  expect(short).toThrow("its mask must be [batch, 3], got [batch, 2]");
  const own = sequential({ input: [3, 2] }, [recurrent(2, { gates: 1, step: ([z]) => [z] }), dense(1)]);
  expect(() => decodeModel(encodeModel(own))).toThrow('"recurrent"');
});
