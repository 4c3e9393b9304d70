import { expect, test } from "vitest";
import {
  apply,
  bidirectional,
  dense,
  encodeModel,
  flatten,
  gru,
  input,
  type Layer,
  lstm,
  meanSquaredError,
  model,
  recurrent,
  rnn,
  sequential,
  sgd,
  Trainer,
} from "../../src/index.js";
import { loadPredictor } from "../../src/predict.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { ownCells } from "../layers/own-cells.js";

/* Sequences that come in parts, held against whole ones. */

const [ROWS, PART, PARTS, FEATURES] = [3, 4, 3, 2];
const device = useDevices();

const network = (time: number, cells: readonly Layer[] = []) =>
  sequential({ input: [time, FEATURES], seed: 4 }, [
    lstm(5, { returnSequences: true }),
    gru(4, { returnSequences: true }),
    ...cells,
    rnn(3),
    dense(2),
  ]);

const whole = Float32Array.from({ length: ROWS * PARTS * PART * FEATURES }, (_, i) => Math.sin(i * i));

/** Part `number` of each row. */
const part = (number: number, rows = ROWS) =>
  Float32Array.from({ length: rows * PART * FEATURES }, (_, i) => {
    const [row, at] = [Math.floor(i / (PART * FEATURES)), i % (PART * FEATURES)];
    return whole[(row * PARTS + number) * PART * FEATURES + at];
  });

const trainerOf = (net: ReturnType<typeof network>, backend: (typeof BACKENDS)[number]) =>
  new Trainer(net, { device: device(backend), loss: meanSquaredError(), optimizer: sgd() });

test.each(BACKENDS)("parts give what the whole sequence gives, again after a reset, on %s", async (backend) => {
  const own = recurrent(4, ownCells.chosen, { returnSequences: true });
  using all = trainerOf(network(PARTS * PART, [own]), backend);
  using inParts = trainerOf(network(PART, [own]), backend);
  const expected = (await all.predict(whole)).values;
  for (let time = 0; time < 2; time++) {
    let last = new Float32Array();
    for (let number = 0; number < PARTS; number++) {
      const { shape, values } = await inParts.predict(part(number), { stateful: true });
      expect(shape).toEqual([ROWS, 2]);
      last = values;
      await inParts.predict(part(0)); // leaves the states alone
    }
    last.forEach((value, i) => {
      expect(Math.abs(value - expected[i])).toBeLessThan(1e-6);
    });
    const further = await inParts.predict(part(0), { stateful: true });
    expect(further.values).not.toEqual((await inParts.predict(part(0))).values);
    inParts.resetStates();
  }
});

test("a saved model's predictor goes on, too, and begins with states of 0", async () => {
  const net = network(PART);
  using trainer = trainerOf(net, "wasm");
  await trainer.predict(part(0), { stateful: true });
  const expected = await trainer.predict(part(1), { stateful: true });
  const predictor = await loadPredictor(encodeModel(net), { device: device("wasm") });
  const first = await predictor.predict(part(1), { stateful: true });
  expect(first.values).not.toEqual(expected.values);
  predictor.resetStates();
  await predictor.predict(part(0), { stateful: true });
  expect((await predictor.predict(part(1), { stateful: true })).values).toEqual(expected.values);
  predictor.dispose();
});

test("states outlast other rows, which are refused, and what was trained since", async () => {
  using trainer = trainerOf(network(PART), "cpu");
  await trainer.predict(part(0), { stateful: true });
  await expect(trainer.predict(part(1, 2), { stateful: true })).rejects.toThrow(
    "states are of 3 sequences, the features have 2 rows",
  );
  const before = await trainer.predict(part(1));
  await trainer.trainStep({
    features: part(1),
    labels: [
      [1, 0],
      [0, 1],
      [1, 1],
    ] as number[][],
  });
  const after = await trainer.predict(part(1), { stateful: true });
  expect(after.values).not.toEqual(before.values);
  trainer.resetStates();
  await trainer.predict(part(1, 2), { stateful: true });
});

test("models whose states can't go on are refused", async () => {
  const predict = (net: ReturnType<typeof network>) => trainerOf(net, "cpu").predict(part(0), { stateful: true });
  await expect(predict(sequential({ input: [PART, FEATURES] }, [bidirectional(lstm(2))]))).rejects.toThrow(
    'lstm "bidirectional.backward": reads sequences from their end',
  );
  await expect(predict(sequential({ input: [PART, FEATURES] }, [flatten(), dense(2)]))).rejects.toThrow(
    "the model has none",
  );
  const [x, layer] = [input([PART, FEATURES]), gru(FEATURES, { returnSequences: true })];
  await expect(predict(model({ inputs: x, outputs: apply(layer, apply(layer, x)) }))).rejects.toThrow(
    "several calls of one layer",
  );
});
