import { Dataset } from "neuromotor/data";
import { afterEach, expect, test, vi } from "vitest";
import { CpuBackend } from "../../src/backends/cpu/backend.js";
import { RandomStream } from "../../src/core/random.js";
import {
  adam,
  dense,
  embedding,
  globalAveragePool1d,
  sequential,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";
import { BACKENDS, useDevices } from "../devices/backends.js";

/* First values of parameters are drawn when they are asked for, and are the same whenever that is. */

const device = useDevices();
const draws = () => vi.spyOn(RandomStream.prototype, "nextUniform");
afterEach(() => vi.restoreAllMocks());

const network = (ids: number, features: number) =>
  sequential({ input: [6], seed: 3 }, [
    embedding(ids, features),
    globalAveragePool1d(),
    dense(2, { initializer: "glorotUniform" }),
  ]);
const data = Dataset.from({ features: new Uint32Array(6), labels: ["a"], classNames: ["a", "b"], shape: [6] });

test("a model of a million ids says its shapes, counts and memory without drawing one", () => {
  const drawn = draws();
  const model = network(1e6, 512);
  expect(model.summary()).toContain("total: 512,001,026 parameters of 1,953 MiB");
  expect(model.outline[0].parameters).toBe(512e6);
  expect(model.parameterCount).toBe(512_001_026);
  expect(() => model.setParameters(new Map([["embedding.weight", { values: [1] }]]))).toThrow(
    "embedding.weight is [1000000, 512], got 1 values",
  );
  expect(drawn).not.toHaveBeenCalled();
});

test.each(BACKENDS)("%s without room for it refuses before a value is drawn, with the bytes", async (backend) => {
  const small = await openDevice({ backend, ...(backend === "cpu" ? {} : { maxBufferBytes: 2 ** 28 }) });
  if (backend === "cpu") {
    vi.spyOn(CpuBackend.prototype as unknown as { allocate(): never }, "allocate").mockImplementation(() => {
      throw new Error("embedding.weight: 1,954 MiB are needed");
    });
  }
  const drawn = draws();
  const trainer = new Trainer(network(1e6, 512), { device: small, loss: softmaxCrossEntropy(), optimizer: adam() });
  await expect(trainer.fit(data, { epochs: 1 })).rejects.toThrow(/embedding\.weight: 1,?954 MiB/);
  expect(drawn).not.toHaveBeenCalled();
  trainer.dispose();
  small.dispose();
});

test("values are those of a model that was asked first, in any order", () => {
  const [first, second] = [network(7, 4), network(7, 4)];
  const values = [...second.own].reverse().map(([name, { values }]) => [name, values.slice()] as const);
  for (const [name, own] of values) expect(first.parameters().get(name)!.values).toEqual(own);
  expect(values.every(([, own]) => own.some((value) => value !== 0) || own.length === 2)).toBe(true);
});

test.each(BACKENDS)("%s trains as from values that were drawn before", async (backend) => {
  const trained = await Promise.all(
    [false, true].map(async (isAsked) => {
      const model = network(9, 4);
      if (isAsked) model.parameters();
      const trainer = new Trainer(model, { device: device(backend), loss: softmaxCrossEntropy(), optimizer: adam() });
      await trainer.fit(data, { epochs: 2 });
      trainer.dispose();
      return [...model.parameters().values()].map(({ values }) => values);
    }),
  );
  expect(trained[0]).toEqual(trained[1]);
});
