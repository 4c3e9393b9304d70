import { expect, test } from "vitest";
import type { WebgpuBackend } from "../../src/backends/webgpu/backend.js";
import type { Plan } from "../../src/compile/plan.js";
import {
  type Activation,
  adam,
  type Backend,
  dense,
  type Layer,
  sequential,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";
import { BACKENDS } from "../devices/backends.js";
import { irisSplit } from "../fixtures.js";

/** Plans that a device loads, in order. */
function watch(device: Backend): Plan[] {
  const plans: Plan[] = [];
  const { load } = device;
  device.load = (plan, ...others) => {
    plans.push(plan);
    return load.call(device, plan, ...others);
  };
  return plans;
}

async function train(
  device: Backend,
  { seed = 1, units = 8, learningRate = 0.01, hidden = undefined as Layer | undefined },
) {
  const { train, test } = await irisSplit();
  const model = sequential({ input: [4], seed }, [hidden ?? dense(units, { activation: "relu" }), dense(3)]);
  using trainer = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam({ learningRate }) });
  const history = await trainer.fit(train, { epochs: 2, validation: test });
  await trainer.predict(test);
  return history.epochs.map(({ loss, validation }) => [loss, validation!.loss]);
}

test.each(BACKENDS)("on %s a second trainer of the same graph compiles nothing", async (backend) => {
  const device = await openDevice({ backend });
  const plans = watch(device);
  const first = await train(device, {});
  const own = plans.splice(0);
  expect(own).toHaveLength(4); // inspection, training, validation, prediction
  let modules = 0;
  if (backend === "webgpu") {
    const { device: gpu } = device as WebgpuBackend;
    const create = gpu.createShaderModule;
    gpu.createShaderModule = (descriptor) => {
      modules++;
      return create.call(gpu, descriptor);
    };
  }
  // Other first weights and another rate are no part of the graph.
  expect(await train(device, { seed: 2, learningRate: 0.02 })).not.toEqual(first);
  const second = plans.splice(0);
  for (const [i, plan] of second.entries()) expect(Object.is(plan, own[i])).toBe(true);
  expect(second).toHaveLength(4);
  expect(modules).toBe(0);
  // And a training on kept plans is what it was at first.
  expect(await train(device, {})).toEqual(first);
  plans.length = 0;
  await train(device, { units: 9 });
  for (const [i, plan] of plans.entries()) expect(Object.is(plan, own[i])).toBe(false);
  device.dispose();
});

test("activations of users are the same only where they are the same functions", async () => {
  const device = await openDevice({ backend: "wasm" });
  const plans = watch(device);
  const steep = (slope: number): Activation => ({
    name: "steep",
    forward: (x) => slope * x,
    gradient: () => slope,
    wgsl: { forward: "2.0 * x", gradient: "2.0" },
  });
  const layer = dense(8, { activation: steep(2) });
  const losses = [await train(device, { hidden: layer }), await train(device, { hidden: layer })];
  losses.push(await train(device, { hidden: dense(8, { activation: steep(3) }) }));
  expect(losses[1]).toEqual(losses[0]);
  expect(losses[2]).not.toEqual(losses[0]);
  const trainings = plans.filter(({ label }) => label === "training");
  expect(Object.is(trainings[0], trainings[1])).toBe(true);
  expect(Object.is(trainings[0], trainings[2])).toBe(false);
  device.dispose();
});
