import { describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import { checkGuards } from "../../src/backends/buffers.js";
import { compile } from "../../src/compile/compile.js";
import { ALL_PASSES, type Passes } from "../../src/compile/fuse.js";
import { gradients } from "../../src/graph/gradients.js";
import { variable } from "../../src/graph/tensor.js";
import {
  type ActivationName,
  adam,
  clipByValue,
  dense,
  dropout,
  type GradientRule,
  l1Penalty,
  l2Penalty,
  type Optimizer,
  ops,
  randomNormal,
  sequential,
  sgd,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { batchMean, collect, record, takeBatch } from "../../src/ops/batch.js";
import { softmaxCrossEntropy as crossEntropy } from "../../src/ops/cross-entropy.js";
import { reshape } from "../../src/ops/layout.js";
import { subtract } from "../../src/optimizers/subtract.js";
import { trainingGraph } from "../../src/training/graphs.js";
import { completeMetrics } from "../../src/training/metric-formulas.js";
import { metricOf } from "../../src/training/metrics.js";
import { useDevices } from "../devices/backends.js";
import { normal } from "../parity/data.js";
import { expectParity, symbols } from "../parity/run.js";
import { expectClose } from "../tolerance.js";
import { CLASSES, data, type Network, ROUNDINGS, train, withFusion } from "./networks.js";

const device = useDevices({ guards: true });
const FUSING = ["webgpu", "wasm"] as const;

// Without patches, dense layers have nothing to leave out: see test/backends/convolution.test.ts.
const passNames = Object.keys(ALL_PASSES).filter((name) => name !== "patches") as (keyof Passes)[];

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

completeMetrics();

/** A step of a network on images, with what `Trainer` would trace. */
function plan(widths: number[], options: PlanOptions = {}) {
  const { activation = "relu", rate = 0, fused = true, optimizer = adam(), gradients } = options;
  const hidden = widths.flatMap((width) => [dense(width, { activation }), ...(rate ? [dropout(rate)] : [])]);
  const model = sequential({ input: [784] }, [...hidden, dense(10)]);
  const heads = [
    { name: "", outputs: 10, loss: softmaxCrossEntropy(), weight: 1, metrics: [metricOf("accuracy")], targets: 10 },
  ];
  const recipe = { model, heads, optimizer, gradients };
  const targets = [{ shape: [], dtype: "u32" as const }];
  const features = [{ name: "features", shape: [784] }];
  const shapes = { rows: 1000, features, targets, order: 1000, batch: 64, steps: 16 };
  return compile("training", trainingGraph(recipe, shapes).roots, { fused });
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

// Ops that follow the loss's gradient join its launch, which changes the results in place.
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
