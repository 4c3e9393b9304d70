import { describe, expect, test } from "vitest";
import type { BackendName } from "../../src/backends/backend.js";
import { iris } from "../../src/data/index.js";
import {
  adam,
  decodeModel,
  dense,
  encodeModel,
  type Model,
  type Optimizer,
  sequential,
  sgd,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { parametersOf } from "../fixtures.js";

const device = useDevices();
const network = () => sequential({ input: [4], seed: 1 }, [dense(6, { activation: "tanh" }), dense(3)]);
const trainerOf = (backend: BackendName, model: Model, optimizer: Optimizer = sgd({ learningRate: 0.05 })) =>
  new Trainer(model, { device: device(backend), loss: softmaxCrossEntropy(), optimizer });
const fit = { batchSize: 16, shuffle: false };

describe.each(BACKENDS)("several trainers of one model on %s", (backend) => {
  test("taking turns, plain descent gives the bits of one trainer", async () => {
    const data = await iris();
    const [shared, single] = [network(), network()];
    using first = trainerOf(backend, shared);
    using second = trainerOf(backend, shared);
    using one = trainerOf(backend, single);
    for (const trainer of [first, second, second, first]) {
      await trainer.fit(data, { ...fit, epochs: 1 });
      await one.fit(data, { ...fit, epochs: 1 });
      expect(parametersOf(shared)).toEqual(parametersOf(single));
    }
  });

  test("evaluation, prediction and saving are of what another has trained", async () => {
    const data = await iris();
    const model = network();
    using first = trainerOf(backend, model, adam({ learningRate: 0.01 }));
    using second = trainerOf(backend, model);
    await first.fit(data, { ...fit, epochs: 2 });
    await second.fit(data, { ...fit, epochs: 3 });
    const trained = parametersOf(model);
    const scores = await second.evaluate(data);
    expect(await first.evaluate(data)).toEqual(scores);
    expect((await first.predict(data)).values).toEqual((await second.predict(data)).values);
    await first.sync();
    expect(parametersOf(model)).toEqual(trained);
    const loaded = decodeModel(encodeModel(first.model, await first.training(true)));
    expect(parametersOf(loaded)).toEqual(trained);
    using third = trainerOf(backend, network());
    third.model.setParameters(loaded.parameters());
    expect(await third.evaluate(data)).toEqual(scores);
  });

  test("parameters that a callback sets are those that training goes on with", async () => {
    const data = await iris();
    const given = sequential({ input: [4], seed: 9 }, [dense(6, { activation: "tanh" }), dense(3)]).parameters();
    const some = new Map([...given].filter(([name]) => name.endsWith("weight")));
    using watched = trainerOf(backend, network());
    const callbacks = [{ onEpoch: () => void (watched.epoch === 2 && watched.model.setParameters(some)) }];
    await watched.fit(data, { ...fit, epochs: 4, callbacks });
    using apart = trainerOf(backend, network());
    await apart.fit(data, { ...fit, epochs: 2 });
    apart.model.setParameters(some);
    await apart.fit(data, { ...fit, epochs: 2 });
    expect(parametersOf(watched.model)).toEqual(parametersOf(apart.model));
    // In the middle of an epoch, too.
    using within = trainerOf(backend, network());
    const onStep = ({ step }: { step: number }) => void (step === 3 && within.model.setParameters(given));
    await within.fit(data, { ...fit, epochs: 1, callbacks: [{ onStep }] });
    using before = trainerOf(backend, network());
    await before.fit(data, { ...fit, epochs: 1 });
    expect(parametersOf(within.model)).not.toEqual(parametersOf(before.model));
  });

  test("one predicts what the other has trained so far, in its callbacks; both train in turns there", async () => {
    const data = await iris();
    const model = network();
    using trainer = trainerOf(backend, model);
    using server = trainerOf(backend, model);
    const callbacks = [
      {
        async onEpoch() {
          expect((await server.predict(data)).values).toEqual((await trainer.predict(data)).values);
          await server.fit(data, { ...fit, epochs: 1 });
        },
      },
    ];
    await trainer.fit(data, { ...fit, epochs: 3, callbacks });
    const single = network();
    using one = trainerOf(backend, single);
    await one.fit(data, { ...fit, epochs: 6 });
    expect(parametersOf(model)).toEqual(parametersOf(single));
  });

  test("two that train at once are refused, and nothing is lost", async () => {
    const data = await iris();
    const model = network();
    using first = trainerOf(backend, model);
    using second = trainerOf(backend, model);
    const both = await Promise.allSettled([
      first.fit(data, { ...fit, epochs: 20 }),
      second.fit(data, { ...fit, epochs: 1 }),
    ]);
    expect(both.map(({ status }) => status)).toEqual(["fulfilled", "rejected"]);
    expect((both[1] as PromiseRejectedResult).reason.message).toMatch(/another trainer is training this model/);
    await second.fit(data, { ...fit, epochs: 1 });
    using one = trainerOf(backend, network());
    await one.fit(data, { ...fit, epochs: 21 });
    expect(parametersOf(model)).toEqual(parametersOf(one.model));
  });
});

test("a large model whose parameters aren't brought home after each epoch is asked for them", async () => {
  const data = (await iris()).take([0, 60, 120]);
  const model = sequential({ input: [4], seed: 1 }, [dense(60_000), dense(30)]);
  using trainer = trainerOf("webgpu", model);
  using server = trainerOf("webgpu", model);
  const seen: unknown[] = [];
  const onEpoch = async () => {
    const [here, there] = [await trainer.evaluate(data), await server.evaluate(data)];
    expect(there).toEqual(here);
    seen.push(here.loss);
  };
  await trainer.fit(data, { epochs: 3, callbacks: [{ onEpoch }] });
  expect(new Set(seen).size).toBe(3);
});
