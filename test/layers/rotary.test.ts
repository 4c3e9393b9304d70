import { expect, test } from "vitest";
import { runTensors } from "../../src/checks/run.js";
import type { Values } from "../../src/core/dtype.js";
import { type Tensor, variable } from "../../src/graph/tensor.js";
import { checkGradients, multiHeadAttention, transformerBlock } from "../../src/index.js";
import { attention } from "../../src/ops/attention.js";
import { rotary } from "../../src/ops/rotary.js";
import { useDevices } from "../devices/backends.js";
import { normal } from "../parity/data.js";

/* Rotary positions. */

const device = useDevices();

async function rotated(values: Float32Array<ArrayBuffer>, shape: readonly number[], size: number) {
  const x = variable("x", shape);
  const [y] = await runTensors(device("cpu"), [rotary(x, size)], new Map<Tensor, Values>([[x, values]]));
  return y as Float32Array;
}

test("turns features i and i + size / 2 of place t by t / 10000^(2i / size)", async () => {
  const y = await rotated(Float32Array.of(9, 9, 9, 9, 9, 9, 9, 9, 1, 0, 0, 1), [1, 3, 4], 4);
  expect([...y.slice(0, 4)]).toEqual([9, 9, 9, 9]); // the first place isn't turned
  const [fast, slow] = [2, 2 / 100];
  [Math.cos(fast), -Math.sin(slow), Math.sin(fast), Math.cos(slow)].forEach((value, i) => {
    expect(y[8 + i]).toBeCloseTo(value, 6);
  });
});

test("scores depend on distances: a sequence that begins later has the same", async () => {
  const [q, k] = [normal(1, 1, 8).values as Float32Array, normal(1, 1, 8).values as Float32Array];
  const products: number[] = [];
  for (const start of [0, 5]) {
    const at = (x: Float32Array, place: number) => {
      const all = new Float32Array(9 * 8);
      all.set(x, place * 8);
      return rotated(all, [1, 9, 8], 8).then((y) => y.slice(place * 8, place * 8 + 8));
    };
    const [a, b] = [await at(q, start), await at(k, start + 3)];
    products.push(a.reduce((sum, value, i) => sum + value * b[i], 0));
  }
  expect(products[1]).toBeCloseTo(products[0], 5);
});

test("heads of an odd number of features can't be turned", () => {
  expect(() => rotary(variable("x", [1, 2, 6]), 3)).toThrow(/even number.*Take other heads/);
  expect(() => multiHeadAttention({ heads: 1, rotary: 1 as never })).toThrow(/rotary must be true or false/);
  expect(() => transformerBlock({ heads: 3, keyHeads: 2 })).toThrow(/2 heads of keys don't divide 3 heads/);
});

test("attention of keys and values with heads of their own needs their shapes", () => {
  const [q, k] = [variable("q", [1, 2, 8]), variable("k", [1, 3, 4])];
  expect(attention(q, k, k, { heads: 4, keyHeads: 2 }).shape).toEqual([1, 2, 8]);
  expect(() => attention(q, k, k, { heads: 4 })).toThrow(/k and v must be \[1, 3, 8\]/);
  expect(() => attention(q, k, k, { heads: 4, keyHeads: 3 })).toThrow(/those of keys divide the heads/);
});

test.each([
  ["attention", multiHeadAttention({ heads: 1, rotary: true })],
  ["keys that are shared", multiHeadAttention({ heads: 2, keyHeads: 1, rotary: true, causal: true })],
])("biases of keys that are turned have slopes: %s", async (_, layer) => {
  const report = await checkGradients(layer, { input: [4, 4] });
  expect(report.ok, String(report)).toBe(true);
});
