import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import { checkGuards } from "../../src/backends/buffers.js";
import { compile } from "../../src/compile/compile.js";
import { ALL_PASSES, type Passes } from "../../src/compile/fuse.js";
import { Dataset } from "../../src/data/index.js";
import { gradients } from "../../src/graph/gradients.js";
import { variable } from "../../src/graph/tensor.js";
import {
  type ActivationName,
  activations,
  adam,
  clipByGlobalNorm,
  clipByValue,
  dense,
  dropout,
  focal,
  type GradientRule,
  huber,
  type Loss,
  l1Penalty,
  l2Penalty,
  meanSquaredError,
  type Optimizer,
  ops,
  randomNormal,
  rmsprop,
  sequential,
  sgd,
  sigmoidCrossEntropy,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { batchMean, collect, record, takeBatch } from "../../src/ops/batch.js";
import { softmaxCrossEntropy as crossEntropy } from "../../src/ops/cross-entropy.js";
import { reshape } from "../../src/ops/layout.js";
import { subtract } from "../../src/optimizers/subtract.js";
import { trainingGraph } from "../../src/training/graphs.js";
import { useDevices } from "../devices/backends.js";
import { sines } from "../fixtures.js";
import { normal } from "../parity/data.js";
import { expectParity, symbols } from "../parity/run.js";
import { expectClose } from "../tolerance.js";

const device = useDevices({ guards: true });
const FUSING = ["webgpu", "wasm"] as const;

/** The same backend with other fusion: none, or some of the passes. */
const withFusion = (backend: Backend, fused: false | Passes): Backend =>
  new Proxy(backend, {
    get(target, name) {
      if (name === "fused") return fused;
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });

const losses: Record<string, () => Loss> = {
  softmaxCrossEntropy,
  smoothed: () => softmaxCrossEntropy({ labelSmoothing: 0.1 }),
  weighted: () => softmaxCrossEntropy({ classWeights: [1, 2, 4] }),
  sigmoidCrossEntropy,
  meanSquaredError,
  huber,
  focal,
};

// Adam and RMSprop divide by the gradient's size: with their usual epsilon a gradient of nearly 0 decides by its
// rounding alone which way a parameter goes, so that nothing could be compared.
const optimizers: Record<string, () => Optimizer> = {
  sgd: () => sgd({ learningRate: 0.05 }),
  momentum: () => sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true, weightDecay: 0.01 }),
  rmsprop: () => rmsprop({ learningRate: 0.01, epsilon: 0.1, centered: true, momentum: 0.5 }),
  adam: () => adam({ learningRate: 0.01, epsilon: 0.1 }),
  amsgrad: () => adam({ learningRate: 0.01, epsilon: 0.1, amsgrad: true, weightDecay: 0.01 }),
};

/** What is done to gradients: chains that read the parameter that their end changes, and sums over all gradients. */
const rules: Record<string, () => GradientRule[]> = {
  none: () => [],
  penalties: () => [l1Penalty(0.01), l2Penalty(0.1)],
  clipped: () => [l2Penalty(0.1), clipByValue(0.05)],
  scaled: () => [clipByGlobalNorm(0.5)],
};

interface Network {
  widths: number[];
  activation: ActivationName;
  /** Of the last layer. */
  outputs?: ActivationName;
  rate: number;
  loss: string;
  optimizer: string;
  batchSize: number;
  rules?: string;
}

const networks: fc.Arbitrary<Network> = fc.record({
  widths: fc.array(fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 60, max: 70 }), fc.constant(300)), {
    maxLength: 4,
  }),
  activation: fc.constantFrom(...(Object.keys(activations) as ActivationName[])),
  outputs: fc.constantFrom("linear", "linear", "relu", "tanh"),
  rate: fc.constantFrom(0, 0, 0.3),
  loss: fc.constantFrom(...Object.keys(losses)),
  optimizer: fc.constantFrom(...Object.keys(optimizers)),
  batchSize: fc.constantFrom(1, 5, 16, 40),
  rules: fc.constantFrom("none", ...Object.keys(rules)),
});

const ROWS = 21;
const CLASSES = 3;
const data = Dataset.from({
  features: sines(ROWS * 6),
  labels: Uint32Array.from({ length: ROWS }, (_, row) => (row * row) % CLASSES),
});

async function train(backend: Backend, network: Network) {
  const hidden = network.widths.flatMap((width) => [
    dense(width, { activation: network.activation }),
    ...(network.rate ? [dropout(network.rate)] : []),
  ]);
  const model = sequential({ input: [6], seed: 4 }, [...hidden, dense(CLASSES, { activation: network.outputs })]);
  using trainer = new Trainer(model, {
    device: backend,
    loss: losses[network.loss](),
    optimizer: optimizers[network.optimizer](),
    metrics: ["accuracy"],
    gradients: rules[network.rules ?? "none"](),
  });
  const options = { epochs: 1, batchSize: network.batchSize, recordSteps: true, seed: 2 };
  const { stepLosses, epochs } = await trainer.fit(data, options);
  return { losses: stepLosses!, accuracy: epochs[0].accuracy!, parameters: model.parameters() };
}

// 40 steps at most, each of which may add its rounding to the last's.
const ROUNDINGS = 40;

const alike = "random networks train alike in fused plans and one op at a time";
test.each(FUSING)(`${alike}, on %s`, { timeout: 300_000 }, async (backend) => {
  await fc.assert(
    fc.asyncProperty(networks, async (network) => {
      const fused = await train(device(backend), network);
      const plain = await train(withFusion(device(backend), false), network);
      await checkGuards(device(backend));
      const terms = ROUNDINGS * Math.max(6, ...network.widths);
      expectClose(fused.losses, plain.losses, { terms, what: "losses" });
      for (const [name, { values }] of plain.parameters) {
        expectClose(fused.parameters.get(name)!.values, values, { terms, what: name });
      }
    }),
    { numRuns: backend === "webgpu" ? 18 : 40, seed: 20261121 },
  );
});

const passNames = Object.keys(ALL_PASSES) as (keyof Passes)[];

const withoutPass = FUSING.flatMap((backend) => passNames.map((pass) => [pass, backend] as const));
test.each(withoutPass)("a network trains alike without the pass %s, in more launches, on %s", async (pass, backend) => {
  const network: Network = {
    widths: [33, 8],
    activation: "gelu",
    rate: 0.3,
    loss: "smoothed",
    optimizer: "adam",
    batchSize: 16,
  };
  const passes = { ...ALL_PASSES, [pass]: false };
  const some = await train(withFusion(device(backend), passes), network);
  const plain = await train(withFusion(device(backend), false), network);
  await checkGuards(device(backend));
  const terms = ROUNDINGS * 33;
  expectClose(some.losses, plain.losses, { terms, what: "losses" });
  for (const [name, { values }] of plain.parameters) {
    expectClose(some.parameters.get(name)!.values, values, { terms, what: name });
  }
  // Here every chain follows a product: chains of their own are seen where that is left out as well.
  const others = { ...ALL_PASSES, epilogues: pass !== "chains" };
  const launches = (fused: Passes) => plan([33, 8], { activation: "gelu", fused }).launches.length;
  expect(launches({ ...others, [pass]: false })).toBeGreaterThan(launches(others));
});

interface PlanOptions {
  activation?: ActivationName;
  rate?: number;
  fused?: boolean | Passes;
  optimizer?: Optimizer;
  gradients?: GradientRule[];
}

/** A step of a network on images, with what `Trainer` would trace. */
function plan(widths: number[], options: PlanOptions = {}) {
  const { activation = "relu", rate = 0, fused = true, optimizer = adam(), gradients } = options;
  const hidden = widths.flatMap((width) => [dense(width, { activation }), ...(rate ? [dropout(rate)] : [])]);
  const model = sequential({ input: [784] }, [...hidden, dense(10)]);
  const recipe = { model, loss: softmaxCrossEntropy(), optimizer, metrics: ["accuracy"], gradients };
  const targets = { shape: [], dtype: "u32" as const };
  const shapes = { rows: 1000, sample: [784], targets, order: 1000, batch: 64, steps: 16 };
  return compile("training", trainingGraph(recipe, shapes), { fused });
}

test("penalties and clamped gradients add no launch, even where the update changes what they read", () => {
  const gradients = [l1Penalty(0.1), l2Penalty(0.1), clipByValue(1)];
  expect(plan([128, 64], { gradients }).launches).toHaveLength(9);
  expect(plan([128, 64], { gradients, optimizer: sgd() }).launches).toHaveLength(9);
});

// Rows of the product are not rows of the data set here: six of each sample's numbers are three rows of two.
test("a batch that a layer reshapes is read as it was reshaped", async () => {
  const train = async (backend: Backend) => {
    const model = sequential({ input: [6], seed: 4 }, [
      function pairs(x, scope) {
        const weight = scope.parameter("weight", [2, 5], randomNormal());
        const rows = ops.matmul(ops.reshape(x, [x.shape[0] * 3, 2]), weight);
        return ops.reshape(rows, [x.shape[0], 15]);
      },
      dense(CLASSES),
    ]);
    const setup = { device: backend, loss: softmaxCrossEntropy(), optimizer: sgd({ learningRate: 0.05 }) };
    using trainer = new Trainer(model, setup);
    const { stepLosses } = await trainer.fit(data, { epochs: 2, batchSize: 16, recordSteps: true });
    return stepLosses!;
  };
  for (const backend of FUSING) {
    const plain = await train(withFusion(device(backend), false));
    expectClose(await train(device(backend)), plain, { terms: ROUNDINGS * 15, what: `losses on ${backend}` });
  }
});

test("elementwise ops that double their ways to the input are fused as fast as others", () => {
  const doubling = (x: ops.Tensor) => {
    const waiting = ops.tanh(x);
    let y = ops.square(x);
    for (let i = 0; i < 40; i++) y = ops.mul(y, y);
    return ops.add(waiting, y);
  };
  const x = variable("x", [4]);
  const { launches } = compile("doubling", [collect(variable("y", [4]), doubling(x))], { fused: true });
  expect(launches.length).toBeLessThan(4);
});

// What follows the loss's gradient is worked off in its launch, which changes the results in place.
test("a last layer with an activation, and batches of one row, train alike with the loss in one launch", async () => {
  for (const backend of FUSING) {
    for (const [outputs, batchSize] of [
      ["relu", 16],
      ["linear", 1],
    ] as const) {
      const network = {
        widths: [5],
        activation: "tanh",
        rate: 0,
        loss: "smoothed",
        optimizer: "sgd",
        outputs,
        batchSize,
      } as const;
      const fused = await train(device(backend), { ...network, widths: [5] });
      const plain = await train(withFusion(device(backend), false), { ...network, widths: [5] });
      expectClose(fused.losses, plain.losses, { terms: ROUNDINGS * 6, what: `losses on ${backend}` });
      expect(fused.accuracy).toBe(plain.accuracy);
    }
  }
});

test("labels that are reshaped, and a loss that is scaled, keep their own launches", () => {
  const fusedLosses = (labelShape: number[], rows: number, scale: number, batch = 8) => {
    const order = variable("order", [20], "u32");
    const labels = reshape(takeBatch(variable("labels", labelShape, "u32"), order, { batch }), [rows]);
    const logits = variable("logits", [rows, 3]);
    const loss = batchMean(crossEntropy(logits, labels));
    const [gradient] = gradients(scale === 1 ? loss : ops.mul(loss, scale), [logits], (a, b) => ops.add(a, b));
    const outputs = [record(variable("results", [1, 1, 2]), loss, 0), subtract(logits, gradient, 0)];
    return compile("loss", outputs, { fused: true }).launches.filter(({ op }) => op === "fusedSoftmaxCrossEntropy")
      .length;
  };
  expect(fusedLosses([20], 8, 1)).toBe(1);
  expect(fusedLosses([20, 3], 24, 1)).toBe(0);
  expect(fusedLosses([20], 8, 0.5)).toBe(0);
  expect(fusedLosses([20], 1, 1, 1)).toBe(1);
});

test("a chain that reads more than a launch can bind becomes several", async () => {
  const inputs = Array.from({ length: 20 }, () => normal(3, 5));
  const trace = (...x: ops.Tensor[]) => {
    // Pairs first, so that many values wait for each other.
    const pairs = Array.from({ length: 10 }, (_, i) => ops.mul(ops.tanh(x[2 * i]), x[2 * i + 1]));
    return pairs.reduce((a, b) => ops.add(a, b));
  };
  const variables = symbols(inputs);
  const { launches } = compile("test", [collect(variable("y", [3, 5]), trace(...variables))], { fused: true });
  for (const launch of launches) {
    const { inputs: bound, results = [], output } = launch;
    const others = results.reduce((sum, { reads, outputs }) => sum + reads.length + outputs.length, output ? 1 : 0);
    expect(bound.length + others).toBeLessThanOrEqual(8);
  }
  expect(launches.length).toBeLessThan(10);
  const all = [device("cpu"), device("wasm"), device("webgpu")];
  await expectParity({ cpu: device("cpu"), all }, trace, inputs);
});

describe("launches of a training step", () => {
  test.each([
    ["784-128-10", [128], 6],
    ["784-128-64-10", [128, 64], 9],
    ["784-128-64-32-10", [128, 64, 32], 12],
  ])("%s takes three per layer", (_, widths, launches) => {
    expect(plan(widths).launches).toHaveLength(launches);
    expect(plan(widths, { rate: 0.2 }).launches).toHaveLength(launches); // dropout adds none
    expect(plan(widths, { optimizer: sgd({ momentum: 0.9, weightDecay: 0.1 }) }).launches).toHaveLength(launches);
  });

  test("no launch binds more than the 8 buffers that WebGPU promises", () => {
    const amsgrad = adam({ amsgrad: true });
    for (const { inputs, results = [], output } of plan([128, 64], { rate: 0.2, optimizer: amsgrad }).launches) {
      const bound = results.reduce((sum, { reads, outputs }) => sum + reads.length + outputs.length, inputs.length);
      expect(bound + (output ? 1 : 0)).toBeLessThanOrEqual(8);
    }
  });

  test("gradients never reach memory, and the batch is not copied", () => {
    const scratch = (fused: boolean) =>
      plan([128, 64], { fused })
        .buffers.filter(({ kind }) => kind === "scratch")
        .reduce((sum, { length }) => sum + length, 0);
    // Activations and their gradients: 64 rows of 128, 64 and 10, twice at most.
    expect(scratch(true)).toBeLessThanOrEqual(2 * 64 * (128 + 64 + 10));
    expect(scratch(false)).toBeGreaterThan(784 * 128);
  });
});
