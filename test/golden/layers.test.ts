import { describe, expect, test } from "vitest";
import { runTensors } from "../../src/checks/run.js";
import { gradientsOf } from "../../src/checks/weighted.js";
import type { Values } from "../../src/core/dtype.js";
import type { Shape } from "../../src/core/shape.js";
import { type Tensor, variable } from "../../src/graph/tensor.js";
import {
  averagePool2d,
  batchNorm,
  conv1d,
  conv2d,
  convTranspose2d,
  globalAveragePool2d,
  globalMaxPool2d,
  groupNorm,
  instanceNorm,
  type Layer,
  layerNorm,
  maxPool2d,
  rmsNorm,
} from "../../src/index.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { SCOPE } from "../layers/scope.js";
import { flat, type Golden, readGolden } from "./read.js";

/* Layers beside PyTorch's exact results and gradients, in fused plans. */

/** Of each array's largest magnitude: some roundings of float32. */
const RELATIVE_LIMIT = 5e-6;

interface Case {
  inputs: Record<string, Golden>;
  y: Golden;
  dy: Golden;
  gradients: Record<string, Golden>;
  options?: Record<string, unknown>;
}

/** A case of layers.json: inputs stand beside the result, and numbers have a list around them. */
type Flat = Record<"x" | "w" | "b" | "gamma" | "beta" | "y" | "dy", Golden> & { grads: Record<string, Golden> };

const asCase = ({ x, w, b, gamma, beta, y, dy, grads }: Flat): Case => ({
  inputs: Object.fromEntries(Object.entries({ x, w, b, gamma, beta }).filter(([, value]) => value !== undefined)),
  y,
  dy,
  gradients: grads,
});

const plain = readGolden<Record<string, Flat>>("layers");
const variants = readGolden<Record<string, Case>>("layer-variants");

const shapeOf = (golden: Golden): number[] => (Array.isArray(golden) ? [golden.length, ...shapeOf(golden[0])] : []);

const filters = ({ inputs: { w } }: Case) => shapeOf(w).at(-1)!;

/** The layer of each case that isn't a convolution with its options beside it. */
const layers: Readonly<Record<string, (each: Case) => Layer>> = {
  "conv2d stride1 valid": (each) => conv2d(filters(each), 3),
  "conv2d stride1 pad1": (each) => conv2d(filters(each), 3, { padding: 1 }),
  "conv2d stride2 pad1": (each) => conv2d(filters(each), 3, { stride: 2, padding: 1 }),
  "maxPool2d 2x2": () => maxPool2d(2),
  "avgPool2d 2x2": () => averagePool2d(2),
  layerNorm: () => layerNorm(),
  "conv1d kernel 4, stride 2, padding 1": (each) => conv1d(filters(each), 4, { stride: 2, padding: 1 }),
  "convTranspose2d stride 2, padding 1, output padding 1": ({ inputs: { w } }) =>
    convTranspose2d(shapeOf(w)[2], 3, { stride: 2, padding: 1, outputPadding: 1 }),
  "maxPool2d 3 x 3, stride 2, padding 1": () => maxPool2d(3, { stride: 2, padding: 1 }),
  "averagePool2d 3 x 3, stride 2, padding 1, padding not counted": () => averagePool2d(3, { stride: 2, padding: 1 }),
  "averagePool2d 3 x 3, stride 2, padding 1, padding counted": () =>
    averagePool2d(3, { stride: 2, padding: 1, countPadding: true }),
  globalAveragePool2d: () => globalAveragePool2d(),
  globalMaxPool2d: () => globalMaxPool2d(),
  "groupNorm 2 groups, epsilon 1e-5": () => groupNorm(2),
  "instanceNorm, epsilon 1e-5": () => instanceNorm(),
  "rmsNorm last axis, epsilon 1e-6": () => rmsNorm(),
  "layerNorm last axis of [batch, time, features], epsilon 1e-5": () => layerNorm(),
};

const layerOf = (name: string, each: Case): Layer | undefined => {
  if (name in layers) return layers[name](each);
  const { kernel, ...options } = each.options ?? {};
  return name.startsWith("conv2d ") ? conv2d(filters(each), kernel as [number, number], options) : undefined;
};

const cases = [
  ...Object.entries(plain).map(([name, each]) => [name, asCase(each)] as const),
  ...Object.entries(variants),
].flatMap(([name, each]) => {
  const layer = layerOf(name, each);
  return layer ? [[name, each, layer] as const] : [];
});

/** Batches of batch norm: those shorter than the first are its rows with others after them, which don't exist. */
const normed =
  readGolden<Record<string, { steps: (Case & { x: Golden })[]; gamma: Golden; beta: Golden }>>("layer-variants")[
    "batchNorm over NHWC, batches of 8, 8 and 3, then evaluation"
  ];
const batches = [
  ["9 rows of features", asCase(plain["batchNorm training"]), 9] as const,
  ...normed.steps.map(({ x, y, dy, gradients }) => {
    const inputs = { x, gamma: normed.gamma, beta: normed.beta };
    return [`${(x as Golden[]).length} of 8 rows`, { inputs, y, dy, gradients }, 8] as const;
  }),
];

/** Numbers of the rows that exist, and 1 for those that don't. */
const padded = (golden: Golden, rows: number): Float32Array<ArrayBuffer> => {
  const values = flat(golden);
  const all = new Float32Array((values.length / (golden as Golden[]).length) * rows).fill(1);
  all.set(values);
  return all;
};

const PARAMETERS: Record<string, string> = { weight: "w", bias: "b", gamma: "gamma", beta: "beta" };

const device = useDevices();

describe.each(BACKENDS)(
  `${cases.length + batches.length} layers on images and norms as PyTorch computes them, on %s`,
  (backend) => {
    test.each(cases)("%s", async (_, { inputs, y, dy, gradients }, layer) => {
      const variables = new Map<string, Tensor>();
      const input = (name: string, shape: Shape) => {
        expect(shape).toEqual(shapeOf(inputs[name]));
        variables.set(name, variable(name, shape));
        return variables.get(name)!;
      };
      const result = layer.forward(input("x", shapeOf(inputs.x)), {
        ...SCOPE,
        parameter: (name, shape) => input(PARAMETERS[name], shape),
      });
      const names = Object.keys(gradients);
      expect([...variables.keys()].sort()).toEqual([...names].sort());
      const by = names.map((name) => variables.get(name)!);
      const outputs = [result, ...gradientsOf({ y: result, weights: Float32Array.from(flat(dy)) }, by)];
      const values = new Map<Tensor, Values>(
        [...variables].map(([name, tensor]) => [tensor, Float32Array.from(flat(inputs[name]))]),
      );
      const actual = await runTensors(device(backend), outputs, values, { fused: true });
      [y, ...names.map((name) => gradients[name])].forEach((golden, i) => {
        const expected = flat(golden);
        const scale = Math.max(...expected.map(Math.abs));
        expect(actual[i]).toHaveLength(expected.length);
        const worst = Math.max(...expected.map((value, j) => Math.abs(actual[i][j] - value)));
        expect(worst, i === 0 ? "y" : names[i - 1]).toBeLessThanOrEqual(RELATIVE_LIMIT * scale);
      });
    });

    test.each(batches)("batchNorm, %s", async (_, { inputs, y, dy, gradients }, rows) => {
      const count = (inputs.x as Golden[]).length;
      const sample = shapeOf(inputs.x).slice(1);
      const features = sample.slice(-1);
      const [x, gamma, beta] = [
        variable("x", [rows, ...sample]),
        variable("gamma", features),
        variable("beta", features),
      ];
      const [mean, variance] = [variable("mean", features), variable("variance", features)];
      const own: Record<string, Tensor> = { gamma, beta, mean, variance };
      const result = batchNorm().forward(x, {
        ...SCOPE,
        parameter: (name) => own[name],
        state: (name) => own[name],
      });
      const weights = new Float32Array(result.size);
      weights.set(flat(dy)); // rows that don't exist have no part in a loss
      const outputs = [result, ...gradientsOf({ y: result, weights }, [x, gamma, beta])];
      const values = new Map<Tensor, Values>([
        [x, padded(inputs.x, rows)],
        [gamma, Float32Array.from(flat(inputs.gamma))],
        [beta, Float32Array.from(flat(inputs.beta))],
        [mean, new Float32Array(mean.size)],
        [variance, new Float32Array(variance.size).fill(1)],
      ]);
      const steps = [{ first: 0, rows: count }];
      const actual = await runTensors(device(backend), outputs, values, { fused: true, steps });
      [y, gradients.x, gradients.gamma, gradients.beta].forEach((golden, i) => {
        const expected = flat(golden);
        const scale = Math.max(...expected.map(Math.abs));
        const worst = Math.max(...expected.map((value, j) => Math.abs(actual[i][j] - value)));
        expect(worst, `array ${i}`).toBeLessThanOrEqual(RELATIVE_LIMIT * scale);
      });
      // Nothing flows to rows that don't exist.
      expect(actual[1].subarray(flat(inputs.x).length).every((value) => value === 0)).toBe(true);
    });
  },
);
