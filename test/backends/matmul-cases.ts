import type { Backend } from "../../src/backends/backend.js";
import { checkGuards } from "../../src/backends/buffers.js";
import type { BackendOptions } from "../../src/backends/options.js";
import { type FunctionClass, largest } from "../../src/checks/tolerance.js";
import type { StepFields } from "../../src/compile/steps.js";
import { Dataset } from "../../src/data/index.js";
import { dense, sequential, sgd, softmaxCrossEntropy, Trainer } from "../../src/index.js";
import { tanh } from "../../src/ops/activations.js";
import { takeBatch } from "../../src/ops/batch.js";
import { add } from "../../src/ops/elementwise.js";
import { transpose } from "../../src/ops/layout.js";
import { matmul } from "../../src/ops/matmul.js";
import { sum } from "../../src/ops/reduce.js";
import { update } from "../../src/ops/update.js";
import { sgdRule } from "../../src/optimizers/sgd.js";
import { matmulCases } from "../parity/cases-layout.js";
import { type Data, normal, words } from "../parity/data.js";
import { runOp, type Trace } from "../parity/run.js";
import { expectClose } from "../tolerance.js";

/* Matrix products that every kernel has to make, and what is fused to them. */

const experimental = ["subgroupMatrices"] as const;

/** Ways to make products that only some adapters have. */
export const variants: Readonly<Record<string, BackendOptions>> = {
  quads: { products: "quads" },
  splitSubgroups: { products: "splitSubgroups" },
  "tiled in f16": { products: "tiled", precision: "f16" },
  "tiledLarge in f16": { products: "tiledLarge", precision: "f16" },
  subgroupMatrices: { products: "subgroupMatrices", experimental },
  "subgroupMatrices in f16": { products: "subgroupMatrices", precision: "f16", experimental },
};

interface Case {
  name: string;
  trace: Trace;
  inputs: readonly Data[];
}

const times = (m: number, k: number, n: number): Case[] => [
  { name: `${m} × ${k} × ${n}`, trace: (a, b) => matmul(a, b), inputs: [normal(m, k), normal(k, n)] },
  {
    name: `${m} × ${k} × ${n}, both transposed`,
    trace: (a, b) => matmul(transpose(a), transpose(b)),
    inputs: [normal(k, m), normal(n, k)],
  },
];

/** Transposes and leading axes; the plain shapes of the parity suite are covered by those around the edges. */
const layouts: Case[] = matmulCases.matmul.filter(
  ({ name, inputs }) => /transposed|itself/.test(name) || inputs.some(({ shape }) => shape.length > 2),
);

/** Around the 64 of the large tile, the 16 of the direct one, and the depths and slices of the inner dimension. */
const edges: Case[] = [
  ...times(63, 7, 65),
  ...times(65, 9, 64),
  ...times(17, 64, 15),
  ...times(8, 65, 9),
  ...times(1, 130, 67),
  ...times(67, 130, 1),
  ...times(4, 31, 33),
  {
    name: "a batch, one side repeated",
    trace: (a, b) => matmul(a, b),
    inputs: [normal(3, 9, 65), normal(65, 70)],
  },
];

export const productCases = [...layouts, ...edges].map((each) => [each.name, each] as const);

const data = Dataset.from({
  features: Float32Array.from({ length: 45 * 37 }, (_, i) => Math.sin(i * 1.7)),
  labels: Uint32Array.from({ length: 45 }, (_, row) => (row * row) % 3),
});

/** A step with everything that is fused into products: batches by the order, sums, chains and updates. */
async function train(device: Backend) {
  const model = sequential({ input: [37], seed: 4 }, [dense(67, { activation: "tanh" }), dense(70), dense(3)]);
  using trainer = new Trainer(model, {
    device,
    loss: softmaxCrossEntropy(),
    optimizer: sgd({ learningRate: 0.05, momentum: 0.9 }),
  });
  const { stepLosses } = await trainer.fit(data, { epochs: 2, batchSize: 20, recordSteps: true });
  return { losses: stepLosses!, parameters: model.parameters() };
}

/** @param rounded - what the device does to operands beside, for each product that a number passes through */
export async function expectTrainsAlike(cpu: Backend, device: Backend, rounded: FunctionClass[] = []): Promise<void> {
  const [expected, actual] = [await train(cpu), await train(device)];
  await checkGuards(device);
  const terms = 6 * 70; // steps, and what each adds up
  const functions: FunctionClass[] = ["hyperbolic", ...rounded];
  expectClose(actual.losses, expected.losses, { terms, functions, what: "losses" });
  for (const [name, { values }] of expected.parameters) {
    expectClose(actual.parameters.get(name)!.values, values, { terms, functions, what: name });
  }
}

const BATCH = 20;
const STEPS: StepFields[] = [0, 15].map((first, step) => ({
  first,
  rows: step === 0 ? BATCH : 15, // the last batch is shorter
  step,
  hyperparameters: [0.1, 0.01, 0.9, 0.5],
}));

/** Epilogues that a product's results may go through, each product once: batch, activation, and three updates. */
const epilogues = {
  inputs: [
    normal(35, 37), // the data set
    words(...Array.from({ length: 35 }, (_, i) => (i * 11) % 35)), // its order
    normal(37, 67), // a weight that isn't trained
    normal(67),
    normal(BATCH, 67), // the gradient of what the layer gives
    normal(37, 67),
    normal(67),
    normal(1, 37, 67),
  ],
  /** Those that a product multiplies. */
  operands: [0, 2, 4],
  trace(...[features, order, fixed, shift, dy, weight, bias, momentum]: Parameters<Trace>) {
    const x = takeBatch(features, order, { batch: BATCH });
    return [
      tanh(add(matmul(x, fixed), shift)),
      update(weight, matmul(transpose(x), dy), momentum, { rule: sgdRule, flags: { momentum: true }, first: 0 }),
      update(bias, sum(dy, [0]), { rule: sgdRule, flags: {}, first: 0 }),
    ];
  },
};

/** Runs the same on both. @param seen - what the device makes of operands */
export async function expectEpiloguesAlike(cpu: Backend, device: Backend, seen = (operand: Data) => operand) {
  const { inputs, operands, trace } = epilogues;
  const rounded = inputs.map((input, i) => (operands.includes(i) ? seen(input) : input));
  const expected = await runOp(cpu, trace, rounded, STEPS);
  const actual = await runOp(device, trace, inputs, STEPS);
  await checkGuards(device);
  const summed = 2 * 37 * largest(inputs[0].values) * largest(inputs[4].values);
  expected.forEach((values, i) => {
    const functions: FunctionClass[] = i === 0 ? ["hyperbolic"] : [];
    expectClose(actual[i], values, { terms: 2 * 37, functions, summed: i === 0 ? 0 : summed, what: `output ${i}` });
  });
}
