import { describe, expect, test } from "vitest";
import { type CustomActivation, checkGradients, dense, hinge, ops, sequential } from "../../src/index.js";

const at = (...values: number[]) => ({ inputs: [{ shape: [values.length], values }] });
const kinksOf = async (f: (x: ops.Tensor) => ops.Tensor, ...values: number[]) => {
  const { ok, parts, checked } = await checkGradients(f, at(...values));
  return { ok, checked, kinks: parts[0].kinks.map(({ index }) => index[0]) };
};

describe("an element on a kink is told from a wrong gradient", () => {
  test.each<[string, (x: ops.Tensor) => ops.Tensor]>([
    ["relu", (x) => ops.relu(x)],
    ["leakyRelu", (x) => ops.leakyRelu(x, -0.3)],
    ["a bend", (x) => ops.add(ops.relu(x), ops.mul(3, ops.abs(x)))],
    ["clamp", (x) => ops.clamp(x, { low: 0, high: 9 })],
    ["a jump", (x) => ops.select(ops.greater(x, 0), ops.add(x, 1), x)],
    ["two kinks whose slopes add up to a straight line", (x) => ops.sub(ops.relu(x), ops.relu(ops.neg(x)))],
  ])("%s at 0", async (_, f) => {
    expect(await kinksOf(f, -1, 0, 2, 0, 1e-4)).toEqual({ ok: true, checked: 3, kinks: [1, 3] });
  });

  // Central differences can't tell these: they give the mean of both slopes, too.
  test.each<[string, (x: ops.Tensor) => ops.Tensor]>([
    ["abs", (x) => ops.abs(x)],
    ["maximum", (x) => ops.maximum(x, ops.mul(2, x))],
  ])("but not where the rule gives the mean of both slopes: %s at 0", async (_, f) => {
    expect(await kinksOf(f, -1, 0, 2, 0, 1e-4)).toEqual({ ok: true, checked: 5, kinks: [] });
  });

  test("one close by is none: a shorter step is taken", async () => {
    expect(await kinksOf((x) => ops.relu(x), 2e-6, -3e-7, 1)).toEqual({ ok: true, checked: 3, kinks: [] });
  });

  test("slopes on either side are told", async () => {
    const leaky = (x: ops.Tensor) => ops.leakyRelu(x, 0.25);
    const { parts } = await checkGradients(leaky, at(0, 2));
    const [{ sides, derived, verdict, value }] = parts[0].kinks;
    expect([value, verdict]).toEqual([0, "kink"]);
    expect(sides![0]).toBeCloseTo(sides![1] / 4, 8);
    expect(derived).toBeCloseTo(sides![0], 8);
    expect(Math.abs(sides![1])).toBeGreaterThan(0.04);
  });

  test("in a model that is given zeros: biases are on kinks, weights aren't", async () => {
    const model = sequential({ input: [3], seed: 1 }, [dense(4, { activation: "relu" }), dense(2)]);
    const report = await checkGradients(model, { inputs: [{ shape: [2, 3], values: new Float32Array(6) }] });
    expect(report.ok).toBe(true);
    expect(report.parts.map(({ name, checked, verdict }) => [name, checked, verdict])).toEqual([
      ["dense.weight", 12, "ok"],
      ["dense.bias", 0, "kink"],
      ["dense_1.weight", 8, "ok"],
      ["dense_1.bias", 2, "ok"],
      ["input", 0, "kink"],
    ]);
    expect(report.worst.verdict).toBe("ok");
    expect(String(report)).toMatch(/^dense\.bias: 4 on a kink, not compared\. At \[0\], value 0, the slope is /m);
  });

  test("in a loss at its margin", async () => {
    const inputs = [
      [1, 2, -1, 4],
      [1, 1, -1, -1],
    ].map((values) => ({ shape: [2, 2], values }));
    const report = await checkGradients(hinge(), { inputs });
    expect(report.parts[0].kinks.map(({ index }) => index)).toEqual([
      [0, 0],
      [1, 0],
    ]);
    expect([report.ok, report.checked]).toEqual([true, 2]);
  });

  test("but where all are, nothing was compared, and that is no success", async () => {
    const report = await checkGradients((x) => ops.relu(x), at(0, 0));
    expect([report.ok, report.checked]).toEqual([false, 0]);
    expect(String(report)).toContain("Nothing could be compared: give other inputs.");
  });
});

describe("an activation alone", () => {
  const bent = (slopeAtZero: number): CustomActivation => ({
    name: "bent",
    forward: (x) => Math.max(x, 0),
    gradient: (x) => (x === 0 ? slopeAtZero : Number(x > 0)),
    wgsl: { forward: "max(x, 0.0)", gradient: "f32(x > 0.0)" },
  });

  test.each([0, 0.2, 1])("may have any slope between those beside its kink: %d", async (slope) => {
    const report = await checkGradients(bent(slope));
    expect([report.ok, report.checked]).toEqual([true, 96]);
    expect(report.parts[0].kinks).toHaveLength(1);
    expect(report.parts[0].kinks[0]).toMatchObject({ value: 0, derived: slope, sides: [0, expect.closeTo(1, 6)] });
  });

  test.each([-0.1, 1.1, 7])("but no other: %d", async (slope) => {
    const report = await checkGradients(bent(slope));
    expect(report.ok).toBe(false);
    expect(report.worst).toMatchObject({ value: 0, derived: slope, verdict: "wrong" });
  });

  test("nor another one where there is no kink", async () => {
    const wgsl = { forward: "x * x", gradient: "2.0 * x" };
    const dented = {
      name: "dented",
      forward: (x: number) => x * x,
      gradient: (x: number) => (x === 2 ? 3 : 2 * x),
      wgsl,
    };
    const report = await checkGradients(dented);
    expect(report.worst).toMatchObject({ value: 2, derived: 3, verdict: "wrong" });
    const model = sequential({ input: [1] }, [(x) => x, dense(1, { activation: dented, bias: false })]);
    model.setParameters(new Map([["dense.weight", { values: [2] }]]));
    const within = await checkGradients(model, { inputs: [{ shape: [2, 1], values: [1, 3] }] });
    expect(within.worst).toMatchObject({ name: "dense/dented", index: [0, 0], value: 2, verdict: "wrong" });
  });
});
