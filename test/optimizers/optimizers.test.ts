import { describe, expect, test } from "vitest";
import * as library from "../../src/index.js";
import {
  adam,
  adamw,
  dense,
  lion,
  meanSquaredError,
  movingAverage,
  type Optimizer,
  optimizerNames,
  parameterGroups,
  rmsprop,
  sequential,
  sgd,
  Trainer,
} from "../../src/index.js";
import { optimizerFromConfig } from "../../src/optimizers/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { regression } from "../fixtures.js";
import { expectClose } from "../tolerance.js";

const device = useDevices({ guards: true });
/** A function of the library by its name. */
const optimizerOf = (name: string) => (library as unknown as Record<string, (options: object) => Optimizer>)[name];

test("there are optimizers", () => {
  expect(optimizerNames).toEqual(expect.arrayContaining(["sgd", "rmsprop", "adam", "lion"]));
});

test.each(BACKENDS)(
  "adam with amsgrad divides by the largest mean square of gradients so far, on %s",
  async (backend) => {
    const [learningRate, beta2, epsilon] = [0.1, 0.5, 1e-8];
    const targets = [10, 0, 0, 0, 0, 0];
    const trained = async (amsgrad: boolean) => {
      const model = sequential({ input: [1], seed: 1 }, [dense(1, { bias: false, initializer: "zeros" })]);
      const optimizer = adam({ learningRate, beta1: 0, beta2, epsilon, amsgrad });
      using trainer = new Trainer(model, { device: device(backend), loss: meanSquaredError(), optimizer });
      for (const target of targets) await trainer.trainStep({ features: [[1]], labels: [target] });
      await trainer.sync();
      return model.parameters().get("dense.weight")!.values;
    };
    // The gradient of (w - target)² is large once, then small.
    const expected = (amsgrad: boolean) => {
      let [w, v, largest] = [0, 0, 0];
      for (const [t, target] of targets.entries()) {
        const gradient = 2 * (w - target);
        v = beta2 * v + (1 - beta2) * gradient ** 2;
        largest = Math.max(largest, v);
        w -= (learningRate * gradient) / (Math.sqrt((amsgrad ? largest : v) / (1 - beta2 ** (t + 1))) + epsilon);
      }
      return w;
    };
    for (const amsgrad of [true, false]) {
      expectClose(await trained(amsgrad), Float32Array.of(expected(amsgrad)), { terms: 16 * targets.length });
    }
    expect(Math.abs(expected(true) - expected(false))).toBeGreaterThan(0.001);
  },
);

test.each(BACKENDS)("lion's weight decay shrinks parameters beside the step of its sign, on %s", async (backend) => {
  const [learningRate, weightDecay, steps] = [0.125, 0.5, 4];
  const model = sequential({ input: [1], seed: 1 }, [dense(1, { bias: false, initializer: "zeros" })]);
  model.setParameters(new Map([["dense.weight", { values: [8] }]]));
  const optimizer = lion({ learningRate, weightDecay });
  using trainer = new Trainer(model, { device: device(backend), loss: meanSquaredError(), optimizer });
  let w = 8; // the target lies below: each gradient is positive
  for (let step = 0; step < steps; step++) {
    await trainer.trainStep({ features: [[1]], labels: [-100] });
    w = w * (1 - learningRate * weightDecay) - learningRate;
  }
  await trainer.sync();
  expectClose(model.parameters().get("dense.weight")!.values, Float32Array.of(w), { terms: 4 * steps });
});

describe.each(optimizerNames)("%s", (name) => {
  test("goes by its name", () => {
    expect(optimizerOf(name)({}).config).toEqual(optimizerFromConfig({ optimizer: name }).config);
    expect(optimizerOf(name)({}).config.optimizer).toBe(name);
  });

  test("is the same when it is made from its config", () => {
    const optimizer = optimizerOf(name)({ learningRate: 0.02, weightDecay: 0.1 });
    const again = optimizerFromConfig(JSON.parse(JSON.stringify(optimizer.config)));
    expect(again.config).toEqual(optimizer.config);
    expect(again.moments).toBe(optimizer.moments);
    for (const t of [1, 2, 100]) expect(again.hyperparameters(t, 0.5)).toEqual(optimizer.hyperparameters(t, 0.5));
  });

  test.each(["learningRate", "weightDecay"])("refuses a %s that is none", (option) => {
    for (const value of [Number.NaN, -1, Number.POSITIVE_INFINITY, "1"]) {
      const make = () => optimizerOf(name)({ [option]: value });
      expect(make).toThrow(new RegExp(`^${name}: ${option} must be a`));
    }
  });
});

const { data } = regression;

async function train(backend: (typeof BACKENDS)[number], optimizer: Optimizer, epochs = 1) {
  const model = regression.network();
  const before = new Map([...model.parameters()].map(([name, { values }]) => [name, values.slice()]));
  using trainer = regression.trainer(device(backend), optimizer, model);
  await trainer.fit(data, { epochs, batchSize: 12 });
  return { before, after: model.parameters() };
}

const GROUPS = [
  { parameters: "bias", learningRate: 0.01 },
  { parameters: ["dense_1.weight"], learningRate: 0.2 },
];
const RATES: Record<string, number> = { "dense.bias": 0.01, "dense_1.bias": 0.01, "dense_1.weight": 0.2 };

describe.each(BACKENDS)("parameter groups on %s", (backend) => {
  test("take steps by their own rates", async () => {
    const plain = await train(backend, sgd({ learningRate: 0.1 }));
    const grouped = await train(backend, parameterGroups(sgd, { learningRate: 0.1 }, GROUPS));
    for (const [name, { values }] of grouped.after) {
      const start = plain.before.get(name)!;
      const step = plain.after.get(name)!.values.map((value, i) => value - start[i]);
      const expected = step.map((change, i) => start[i] + (change * (RATES[name] ?? 0.1)) / 0.1);
      // The step is a difference of parameters, so it is as uncertain as they are, twice over.
      expectClose(values, expected, { terms: 12 * 20, summed: 2, what: name });
    }
  });

  test("decay what they are told to, and nothing else", async () => {
    const kept = await train(
      backend,
      parameterGroups(adamw, { weightDecay: 5 }, [{ parameters: "bias", weightDecay: 0 }]),
    );
    const decayed = await train(backend, adamw({ weightDecay: 5 }));
    const undecayed = await train(backend, adamw({ weightDecay: 0 }));
    for (const [name, { values }] of kept.after) {
      const expected = (name.endsWith("bias") ? undecayed : decayed).after.get(name)!.values;
      expect(values, name).toEqual(expected);
    }
    expect(kept.after.get("dense.weight")!.values).not.toEqual(undecayed.after.get("dense.weight")!.values);
  });

  // The updates of a layer's weight and bias are one kernel on a GPU.
  test("may differ in the options that change the rule", async () => {
    const base = { learningRate: 0.1, momentum: 0.9 };
    const plain = await train(backend, sgd(base));
    const grouped = await train(backend, parameterGroups(sgd, base, [{ parameters: "bias", nesterov: true }]));
    for (const [name, { values }] of plain.after) {
      const start = plain.before.get(name)!;
      // The first step's velocity is the gradient: Nesterov's step is 1 + 0.9 of it.
      const factor = name.endsWith("bias") ? 1.9 : 1;
      const expected = values.map((value, i) => start[i] + factor * (value - start[i]));
      expectClose(grouped.after.get(name)!.values, expected, { terms: 12 * 20, summed: 2, what: name });
    }
  });

  test("of a layer, at a rate of 0, stay where they are to the bit, and the others move", async () => {
    const still = parameterGroups(adam, { learningRate: 0.1 }, [{ parameters: "dense", learningRate: 0 }]);
    const moving = parameterGroups(adam, { learningRate: 0 }, [{ parameters: "dense_1", learningRate: 0.1 }]);
    const [first, second] = [await train(backend, still, 3), await train(backend, moving, 3)];
    expect(second.after).toEqual(first.after);
    for (const [name, { values }] of first.after) {
      const isStill = Array.from(values).every((value, i) => Object.is(value, first.before.get(name)![i]));
      expect(isStill, name).toBe(name.startsWith("dense."));
    }
  });

  test.each(optimizerNames)("%s at a rate of 0 changes nothing", async (optimizer) => {
    const { before, after } = await train(backend, optimizerFromConfig({ optimizer, learningRate: 0 }), 3);
    for (const [name, { values }] of after) expect(values, name).toEqual(before.get(name));
  });

  test("that are none of the model's are refused", async () => {
    for (const parameters of ["base", "ias", ["bias", "dense_2.weight"], "dense.weigh"]) {
      const optimizer = movingAverage(parameterGroups(sgd, {}, [{ parameters }]));
      await expect(train(backend, optimizer)).rejects.toThrow(
        /parameterGroups: ".*" is no parameter, layer or end of a name in the model, which has dense.weight, dense.bias,/,
      );
    }
  });

  test("without groups are the optimizer itself, to the bit", async () => {
    const [plain, grouped] = [adam({ learningRate: 0.01 }), parameterGroups(adam, { learningRate: 0.01 }, [])];
    expect((await train(backend, grouped, 3)).after).toEqual((await train(backend, plain, 3)).after);
  });
});

describe.each(BACKENDS)("epsilonInRoot on %s", (backend) => {
  const EPSILON = 0.1;
  const RATE = 0.25;
  // The first step: Adam's corrected mean square is g², RMSprop's a tenth of it.
  test.each([
    ["adam", adam, {}, (g: number) => g / Math.sqrt(g * g + EPSILON)],
    ["rmsprop", rmsprop, { alpha: 0.9 }, (g: number) => g / Math.sqrt(0.1 * g * g + EPSILON)],
  ] as const)("%s adds epsilon to the mean square, not to its root", async (_, build, options, step) => {
    const { before, after } = await train(backend, sgd({ learningRate: 1 }));
    const inside = { learningRate: RATE, epsilon: EPSILON, epsilonInRoot: true, ...options };
    const [moved, outside] = [
      await train(backend, build(inside)),
      await train(backend, build({ ...inside, epsilonInRoot: false })),
    ];
    for (const [name, { values }] of moved.after) {
      const start = before.get(name)!;
      const expected = start.map((p, i) => p - RATE * step(p - after.get(name)!.values[i]));
      expectClose(values, expected, { terms: 12 * 20, summed: 2, functions: ["root", "division"], what: name });
    }
    expect(moved.after.get("dense.weight")).not.toEqual(outside.after.get("dense.weight"));
  });
});

describe("parameter groups", () => {
  test("are the same when they are made from their config", () => {
    const optimizer = parameterGroups(adamw, { learningRate: 0.02 }, [{ parameters: "bias", weightDecay: 0 }]);
    const again = optimizerFromConfig(JSON.parse(JSON.stringify(optimizer.config)));
    expect(again.config).toEqual(optimizer.config);
    expect(again.hyperparameters(7, 0.04)).toEqual(optimizer.hyperparameters(7, 0.04));
    expect(optimizer.hyperparameters(1, 0.04).slice(0, 11)).toEqual(
      adamw({ learningRate: 0.04, weightDecay: 0 }).hyperparameters(1, 0.04),
    );
  });

  test("keep a base whose rate is 0, and the rate that a schedule changes", () => {
    const optimizer = parameterGroups(sgd, { learningRate: 0 }, [{ parameters: "bias", learningRate: 0.2 }]);
    const again = optimizerFromConfig(JSON.parse(JSON.stringify(optimizer.config)));
    expect(again.config).toEqual(optimizer.config);
    expect(again.config.learningRate).toBe(0.2);
    expect(again.hyperparameters(1, 0.4).map((x) => Number(x.toFixed(12)))).toEqual([0.4, 0, 0, 1, 0, 0, 0, 1]);
  });

  test.each([
    [
      "other state",
      () => parameterGroups(sgd, {}, [{ parameters: "bias", momentum: 0.9 }]),
      /must keep the same state/,
    ],
    [
      "no name",
      () => parameterGroups(sgd, {}, [{ parameters: "" }]),
      /must be a layer, such as "dense_1", the end of a name/,
    ],
    [
      "an empty list",
      () => parameterGroups(sgd, {}, [{ parameters: [] }]),
      /must be a layer, such as "dense_1", the end of a name/,
    ],
    [
      "too many",
      () =>
        parameterGroups(
          adam,
          {},
          Array.from({ length: 6 }, (_, i) => ({ parameters: `dense_${i}.bias` })),
        ),
      /7 groups need 77 numbers a step, 56 fit/,
    ],
  ])("are refused with %s", (_, make, message) => {
    expect(make).toThrow(message);
  });
});
