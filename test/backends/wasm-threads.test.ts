import { afterAll, expect, test } from "vitest";
import { checkGuards } from "../../src/backends/buffers.js";
import { WasmBackend } from "../../src/backends/wasm/backend.js";
import { Dataset } from "../../src/data/index.js";
import { adam, dense, dropout, sequential, softmaxCrossEntropy, Trainer } from "../../src/index.js";
import { sines } from "../fixtures.js";
import { expectEqual } from "../tolerance.js";

// A step of over a million multiply-adds, in sizes that no number of threads divides.
const ROWS = 401;
const data = Dataset.from({
  features: sines(ROWS * 211),
  labels: Uint32Array.from({ length: ROWS }, (_, row) => (row * row) % 7),
  shape: [211],
});

const opened: WasmBackend[] = [];
afterAll(() => {
  for (const device of opened) device.dispose();
});

async function train(threads: number, tuning?: Parameters<typeof WasmBackend.open>[2]) {
  const device = await WasmBackend.open("test", { threads, guards: true }, tuning);
  opened.push(device);
  const model = sequential({ input: [211], seed: 3 }, [
    dense(65, { activation: "relu" }),
    dropout(0.3),
    dense(33, { activation: "gelu" }),
    dense(7),
  ]);
  const setup = { device, loss: softmaxCrossEntropy(), optimizer: adam(), metrics: ["accuracy"] };
  using trainer = new Trainer(model, setup);
  const { stepLosses } = await trainer.fit(data, { epochs: 2, batchSize: 67, recordSteps: true });
  const { values } = await trainer.predict(data.features as Float32Array);
  await checkGuards(device);
  return { stepLosses: stepLosses!, values, parameters: model.parameters() };
}

test("training gives the same bits on any number of threads, however the work is shared", async () => {
  const one = await train(1);
  const shareAll = { sharedElements: 1, sharedWork: 0 };
  for (const others of [train(2), train(3), train(4, shareAll), train(7, shareAll)]) {
    const { stepLosses, values, parameters } = await others;
    expectEqual(stepLosses, one.stepLosses, "losses");
    expectEqual(values, one.values, "predictions");
    for (const [name, { values: expected }] of one.parameters)
      expectEqual(parameters.get(name)!.values, expected, name);
  }
});

test("the description says how many threads there are", async () => {
  expect((await WasmBackend.open("why", { threads: 1 })).description).toMatch(
    /^CPU \(WebAssembly, 1 thread\b.*\), why$/,
  );
  const device = await WasmBackend.open("why", { threads: 3 });
  expect(device.description).toMatch(/^CPU \(WebAssembly, 3 threads\b/);
  device.dispose();
});
