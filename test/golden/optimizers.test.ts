import { describe, expect, test } from "vitest";
import type { Tensor } from "../../src/graph/tensor.js";
import { takeBatch } from "../../src/ops/batch.js";
import { add, mul } from "../../src/ops/elementwise.js";
import { reshape } from "../../src/ops/layout.js";
import { type Optimizer, optimizerFromConfig } from "../../src/optimizers/index.js";
import { type Data, literal } from "../parity/data.js";
import { runOp, useGuardedDevices } from "../parity/run.js";
import { expectClose } from "../tolerance.js";
import { flat, type Golden, readGolden } from "./read.js";

interface Options {
  lr: number;
  weight_decay?: number;
  momentum?: number;
  dampening?: number;
  nesterov?: boolean;
  alpha?: number;
  eps?: number;
  centered?: boolean;
  betas?: [number, number];
  amsgrad?: boolean;
  rho?: number;
}

const golden = readGolden<{
  p0: Golden;
  A: Golden;
  b: Golden;
  c: Golden;
  cases: Record<string, { options: Options; p: Record<string, Golden> }>;
}>("optimizers");

/** The same configuration in this library's words. */
function optimizerOf(name: string, { lr, betas, eps, weight_decay, ...rest }: Options): Optimizer {
  const options = {
    learningRate: lr,
    ...rest,
    ...(weight_decay === undefined ? {} : { weightDecay: weight_decay }),
    ...(eps === undefined ? {} : { epsilon: eps }),
    ...(betas ? { beta1: betas[0], beta2: betas[1] } : {}),
  };
  return optimizerFromConfig({ optimizer: name.split(" ")[0], ...options });
}

const cases = Object.keys(golden.cases);
const p0 = flat(golden.p0);
const SIZE = p0.length;
const LAST = 50;
/** Roundings in one step: 4 of the gradient, at most 12 of the update. */
const ROUNDINGS = 16;
/** Where the hyperparameters begin in the step's list. */
const FIRST = 3;

const devices = useGuardedDevices();

/** The gradient A p + b + c sin(t), and the update, over a table of sin(t) that each step finds its row in. */
const trace =
  (optimizer: Optimizer) =>
  (...[p, a, b, c, sines, order, ...state]: Tensor[]): Tensor[] => {
    const sine = reshape(takeBatch(sines, order, { batch: 1 }), []);
    return [optimizer.update(p, add(add(mul(a, p), b), mul(c, sine)), state[0], FIRST)];
  };

describe(`${cases.length} optimizer configurations over ${LAST} steps, as in PyTorch`, () => {
  test("all are there", () => {
    expect(cases).toHaveLength(17);
  });

  test.each(cases)("%s", async (name) => {
    const { options, p: expected } = golden.cases[name];
    const optimizer = optimizerOf(name, options);
    const inputs: Data[] = [
      literal(p0),
      literal(flat(golden.A)),
      literal(flat(golden.b)),
      literal(flat(golden.c)),
      literal(Array.from({ length: LAST }, (_, i) => Math.sin(i + 1))),
      { shape: [LAST], values: Uint32Array.from({ length: LAST }, (_, i) => i) },
      ...(optimizer.moments ? [literal(new Array(optimizer.moments * SIZE).fill(0), optimizer.moments, SIZE)] : []),
    ];
    expect(Object.keys(expected)).toEqual(["1", "2", "5", "20", "50"]);
    for (const device of devices.all) {
      for (const [count, values] of Object.entries(expected)) {
        const steps = Array.from({ length: Number(count) }, (_, i) => ({
          first: i,
          rows: 1,
          step: i,
          hyperparameters: [...new Array(FIRST).fill(7), ...optimizer.hyperparameters(i + 1, options.lr)],
        }));
        const [p] = await runOp(device, trace(optimizer), inputs, steps);
        const conditioning = { terms: ROUNDINGS * steps.length, functions: ["root", "division"] as const };
        expectClose(p, flat(values), { ...conditioning, what: `p after ${count} steps on ${device.backend}` });
      }
    }
  });
});
