import { describe, expect, test } from "vitest";
import { runTensors } from "../../src/checks/run.js";
import { gradientsOf, weigh } from "../../src/checks/weighted.js";
import type { Values } from "../../src/core/dtype.js";
import { constant, type Tensor, variable } from "../../src/graph/tensor.js";
import { type AttentionOptions, attention, packedAttention } from "../../src/ops/attention.js";
import { slice } from "../../src/ops/indexing.js";
import { BACKENDS, useDevices } from "../devices/backends.js";
import { normal } from "../parity/data.js";
import { plainAttention } from "../parity/plain-attention.js";

/* Attention beside the same written with other ops, and queries that see nothing. */

const device = useDevices();

/** A result and its inputs' gradients on a device. */
async function withGradients(backend: (typeof BACKENDS)[number], y: Tensor, inputs: Map<Tensor, Values>) {
  const gradients = gradientsOf(weigh({ y, single: false }, 7), [...inputs.keys()]);
  return runTensors(device(backend), [y, ...gradients], inputs, { fused: true });
}

const lengths = (batch: number, keys: number, lengths: readonly number[]) =>
  constant(
    Float32Array.from({ length: batch * keys }, (_, i) => Number(i % keys < lengths[Math.floor(i / keys)])),
    [batch, keys],
  );

/** Batch, time, heads of queries and of keys, features of a head. */
const packedCases: [number, number, number, number, number, Omit<AttentionOptions, "heads">][] = [
  [2, 5, 2, 2, 3, {}],
  [2, 9, 4, 2, 4, { causal: true, mask: lengths(2, 9, [9, 4]) }],
  [1, 66, 2, 1, 8, { causal: true }],
];

describe.each(BACKENDS)("attention on %s", (backend) => {
  test.each(packedCases)("is as its twin, packed: [%i, %i], %i heads over %i of %i features, %o", async (...sizes) => {
    const [batch, time, heads, keyHeads, size, options] = sizes;
    const given = normal(batch, time, (heads + 2 * keyHeads) * size);
    const x = variable("x", given.shape);
    const part = (start: number, width: number) => slice(x, [0, 0, start], [batch, time, width]);
    const [features, keyFeatures] = [heads * size, keyHeads * size];
    const parts = [part(0, features), part(features, keyFeatures), part(features + keyFeatures, keyFeatures)] as const;
    const values = new Map([[x, given.values as Values]]);
    const own = { heads, keyHeads, ...options };
    const [y, dx] = await withGradients(backend, packedAttention([x], own), values);
    const [expected, slopes] = await withGradients("cpu", plainAttention(...parts, own), values);
    expectNear(y, expected);
    expectNear(dx, slopes);
  });

  test("gives a query that sees no key zeros, and no slopes", async () => {
    const inputs = new Map<Tensor, Values>(
      ["q", "k", "v"].map((name) => {
        const { shape, values } = normal(2, 3, 4);
        return [variable(name, shape), values];
      }),
    );
    const [q, k, v] = inputs.keys();
    const y = attention(q, k, v, { heads: 2, mask: lengths(2, 3, [2, 0]) });
    const results = await withGradients(backend, y, inputs);
    for (const values of results) {
      expect([...values].slice(0, 8).some((value) => value !== 0)).toBe(true);
      expect([...values].slice(12).map(Math.abs)).toEqual(new Array(12).fill(0));
    }
  });

  test("stays finite where scores are large", async () => {
    const inputs = new Map<Tensor, Values>(
      ["q", "k", "v"].map((name) => [variable(name, [1, 3, 2]), Float32Array.of(60, 60, -60, 60, 1, 2)]),
    );
    const [q, k, v] = inputs.keys();
    const results = await withGradients(backend, attention(q, k, v, { heads: 1 }), inputs);
    for (const values of results) for (const value of values) expect(Number.isFinite(value)).toBe(true);
  });

  test("shows what isn't a number", async () => {
    const inputs = new Map<Tensor, Values>(
      ["q", "k", "v"].map((name) => [variable(name, [1, 2, 2]), Float32Array.of(1, Number.NaN, 1, 1)]),
    );
    const [q, k, v] = inputs.keys();
    const [y] = await withGradients(backend, attention(q, k, v, { heads: 1 }), inputs);
    expect([...y].some(Number.isNaN)).toBe(true);
  });
});

function expectNear(actual: Values, expected: Values): void {
  expect(actual).toHaveLength(expected.length);
  const scale = Math.max(...Array.from(expected, Math.abs));
  const worst = Math.max(...Array.from(expected, (value, i) => Math.abs(actual[i] - value)));
  expect(worst).toBeLessThanOrEqual(2e-6 * scale);
}
