// @module-tag slow
import { expect, test } from "vitest";
import { xor } from "../../src/data/index.js";
import { dense, meanSquaredError, sequential, sgd, Trainer } from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import golden from "./xor.json" with { type: "json" };

const device = useDevices();

// The notebook minimises the sum of (y - a)² / 2 over the four rows at rate 0.5. The gradient of the mean of (y - a)² is
// half of that sum's, so the rate here is twice as large.
const LEARNING_RATE = golden.learningRate * 2;

test.each(BACKENDS)("the notebook's XOR run, its ten printed errors to four decimals, on %s", async (backend) => {
  const model = sequential({ input: [2] }, [dense(2, { activation: "sigmoid" }), dense(1, { activation: "sigmoid" })]);
  model.setParameters(
    new Map([
      ["dense.weight", { values: golden.initial.W1.flat() }],
      ["dense.bias", { values: golden.initial.b1.flat() }],
      ["dense_1.weight", { values: golden.initial.W2.flat() }],
      ["dense_1.bias", { values: golden.initial.b2.flat() }],
    ]),
  );
  using trainer = new Trainer(model, {
    device: device(backend),
    loss: meanSquaredError(),
    optimizer: sgd({ learningRate: LEARNING_RATE }),
    metrics: ["meanAbsoluteError"],
  });
  const data = await xor();
  const { epochs } = await trainer.fit(data, { epochs: golden.epochs, batchSize: 4, shuffle: false });
  const errors = golden.printed.map((_, i) => epochs[i * 1000].meanAbsoluteError!);
  expect(errors.map((error) => error.toFixed(4))).toEqual(golden.printed.map((error) => error.toFixed(4)));
  const { values } = await trainer.predict(data);
  golden.finalOutput.forEach(([expected], row) => {
    expect(Math.abs(values[row] - expected)).toBeLessThan(1e-4);
  });
});
