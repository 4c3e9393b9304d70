import { expect, test } from "vitest";
import {
  apply,
  bidirectional,
  dense,
  model as functional,
  gru,
  input,
  type Layer,
  meanSquaredError,
  multiHeadAttention,
  sequential,
  sgd,
  Trainer,
  transformerBlock,
} from "../../src/index.js";
import { useDevices } from "../devices/backends.js";

/* A mask is 1 or 0: other numbers would be taken for shares by some layers and for 1 by others. */

const device = useDevices();

const layers: [string, Layer, boolean][] = [
  ["gru", gru(3, { masked: true }), false],
  ["gru", gru(4, { masked: true, initialState: true }), true],
  ["bidirectional", bidirectional(gru(3, { masked: true })), false],
  ["multiHeadAttention", multiHeadAttention({ heads: 2, masked: true }), false],
  ["transformerBlock", transformerBlock({ heads: 2, masked: true }), false],
];

test.each(layers)("%s refuses a mask of others than 0 and 1, and says where", async (name, layer, hasStates) => {
  const [x, mask] = [input([3, 4], { name: "x" }), input([3], { name: "mask" })];
  const states = input([4], { name: "states" });
  const y = hasStates ? apply(layer, x, mask, states) : apply(layer, x, mask);
  const net = functional({ inputs: hasStates ? [x, mask, states] : [x, mask], outputs: y, seed: 1 });
  using trainer = new Trainer(net, { device: device("cpu"), loss: meanSquaredError(), optimizer: sgd() });
  const rows = (given: number[]) => ({
    x: new Float32Array(12).fill(0.5),
    mask: Float32Array.from(given),
    ...(hasStates && { states: new Float32Array(4).fill(0.5) }),
  });
  await expect(trainer.predict(rows([1, 0.5, 0]))).rejects.toThrow(
    `${name}: a mask is 1 for each place that there is and 0`,
  );
  await expect(trainer.predict(rows([1, 2, 0]))).rejects.toThrow("number 1 of it is 2");
  await trainer.predict(rows([1, 1, 0]));
});

test("features of a layer without a mask are any numbers", async () => {
  const net = sequential({ input: [3, 4] }, [gru(3), dense(1)]);
  using trainer = new Trainer(net, { device: device("cpu"), loss: meanSquaredError(), optimizer: sgd() });
  expect((await trainer.predict(new Float32Array(12).fill(0.5))).shape).toEqual([1, 1]);
});
