import { expect, test } from "vitest";
import { checkGradients, checkParity, dense, sequential } from "../../src/index.js";
import { openDevice } from "../../src/node.js";

/** Wrong above 1: 4 x instead of 3 x², at 2 by a third. */
const bent = {
  name: "bent",
  forward: (x: number) => x ** 3,
  gradient: (x: number) => (x > 1 ? 4 * x : 3 * x * x),
  wgsl: { forward: "x * x * x", gradient: "select(3.0 * x * x, 4.0 * x, x > 1.0)" },
};

const model = sequential({ input: [2], seed: 1 }, [dense(1, { activation: bent, name: "hidden" })]);
model.setParameters(new Map([["hidden.weight", { values: [0.5, 1] }]]));
const inputs = [{ shape: [3, 2], values: [1, 1.5, 0.5, 0.25, -1, 1] }];

test("a report of gradients is a table, with the worst element below", async () => {
  const report = await checkGradients(model, { inputs, elements: 4 });
  expect(String(report)).toMatchInlineSnapshot(`
    "Gradients of the model, against central differences in float64: NOT OK, 14 of 109 elements compared.
    by             shape   compared  largest error   limit  at         derived     numeric
    hidden.weight  [2, 1]  2 of 2           1.9e+0  3.7e-6  [1, 0]  -3.6811634  -5.5472032  WRONG
    hidden.bias    [1]     1 of 1           1.2e+0  1.1e-6  [0]     -1.0811655  -2.3251921  WRONG
    input          [3, 2]  4 of 6           6.2e-1  1.8e-6  [0, 0]  -1.2440265  -1.8660398  WRONG
    hidden/bent    [3, 1]  3 of 3           4.0e+0  8.0e-6  [0, 0]           8          12  WRONG
    bent           [97]    4 of 97          3.5e+1  1.6e-5  [81]          16.5   51.046875  WRONG
    Worst: hidden/bent [0, 0], at the value 2: derived 8, by differences 12.
    This activation's own gradient is wrong, and so is every gradient that passes through it."
  `);
});

test("a report of parity is a table by device", async () => {
  const cpu = await openDevice({ backend: "cpu" });
  const report = await checkParity(model, { inputs, device: cpu });
  cpu.dispose();
  expect(report.ok).toBe(true);
  expect(String(report)).toMatchInlineSnapshot(`
    "Parity of the model with the plain CPU: ok, cpu compared.
    cpu: CPU, as asked for
    device  array                      shape   largest error   limit  at      on the device  on the CPU
    cpu     result                     [3, 1]              0  3.8e-6  [0, 0]              8           8  ok
    cpu     gradient by hidden.weight  [2, 1]              0  3.3e-6  [0, 0]     -1.1829981  -1.1829981  ok
    cpu     gradient by hidden.bias    [1]                 0  2.1e-6  [0]        -1.0811656  -1.0811656  ok
    cpu     gradient by input          [3, 2]              0  1.9e-6  [0, 0]     -1.2440265  -1.2440265  ok
    cpu     hidden/bent: result        [3, 1]              0  2.4e-6  [0, 0]              8           8  ok
    cpu     hidden/bent: gradient      [3, 1]              0  3.8e-6  [0, 0]              8           8  ok
    cpu     bent: result               [97]                0  6.4e-5  [0]              -216        -216  ok
    cpu     bent: gradient             [97]                0  5.1e-5  [0]               108         108  ok"
  `);
});
