import { describe, expect, test } from "vitest";
import { gradients } from "../../src/graph/gradients.js";
import { constant, type Tensor } from "../../src/graph/tensor.js";
import { type ActivationName, activations } from "../../src/ops/activations.js";
import { add, mul } from "../../src/ops/elementwise.js";
import { sum } from "../../src/ops/reduce.js";
import { logSoftmax, softmax } from "../../src/ops/softmax.js";
import { type Data, literal } from "../parity/data.js";
import { conditioningOf, runTensors, symbols, useGuardedDevices } from "../parity/run.js";
import { expectClose } from "../tolerance.js";
import { flat, type Golden, readGolden } from "./read.js";

interface RowGolden {
  x: Golden[];
  dy: Golden[];
  y: Golden[];
  dx: Golden[];
}

const golden = readGolden<{
  x: Golden;
  functions: Record<ActivationName, { y: Golden; dydx: Golden }>;
  softmax: RowGolden;
  logSoftmax: RowGolden;
}>("activations");

const points = flat(golden.x);
/** Points of like size are compared together, so that 1e4 doesn't set the scale for the others. */
const BANDS = [
  [0, 6],
  [6, 104],
  [104, 1e4],
];

const devices = useGuardedDevices();

/** Runs y = f(x) and dL/dx for L = Σ weights y on every backend and compares them with the expected ones. */
async function expectGolden(
  f: (x: Tensor) => Tensor,
  x: Data,
  weights: number[],
  expected: { y: number[]; dx: number[] },
  what: string,
): Promise<void> {
  const variables = symbols([x]);
  const y = f(variables[0]);
  const [dx] = gradients(sum(mul(y, constant(Float32Array.from(weights), y.shape))), variables, add);
  for (const device of devices.all) {
    const [values, gradient] = await runTensors(device, [y, dx], variables, [x]);
    const conditioning = (tensor: Tensor) => conditioningOf(tensor, variables, [x], { first: 0, rows: 1 });
    expectClose(values, expected.y, { ...conditioning(y), what: `${what} on ${device.backend}` });
    expectClose(gradient, expected.dx, { ...conditioning(dx), what: `derivative of ${what} on ${device.backend}` });
  }
}

const names = Object.keys(golden.functions) as ActivationName[];

describe(`${names.length} activations at ${points.length} points, as in PyTorch`, () => {
  test("all of them are there", () => {
    expect(names).toHaveLength(14);
    expect(points).toHaveLength(36);
    expect(names.filter((name) => !(name in activations))).toEqual([]);
  });

  test.each(names)("%s and its derivative", async (name) => {
    const [y, dydx] = [flat(golden.functions[name].y), flat(golden.functions[name].dydx)];
    let compared = 0;
    for (const [above, upTo] of BANDS) {
      const band = points.flatMap((x, i) => ((Math.abs(x) > above || above === 0) && Math.abs(x) <= upTo ? [i] : []));
      compared += band.length;
      await expectGolden(
        activations[name],
        literal(band.map((i) => points[i])),
        band.map(() => 1),
        { y: band.map((i) => y[i]), dx: band.map((i) => dydx[i]) },
        `${name} up to ${upTo}`,
      );
    }
    expect(compared).toBe(points.length);
  });
});

describe.each([
  ["softmax", softmax],
  ["logSoftmax", logSoftmax],
] as const)("%s and its gradient on rows scaled from 1e-3 to 1e4", (name, f) => {
  const rows = golden[name];
  test.each(rows.x.map((_, i) => i))("row %i", async (i) => {
    const x = flat(rows.x[i]);
    await expectGolden(
      (z) => f(z),
      literal(x, 1, x.length),
      flat(rows.dy[i]),
      { y: flat(rows.y[i]), dx: flat(rows.dx[i]) },
      name,
    );
  });
});
