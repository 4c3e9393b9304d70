import { describe, expect, test } from "vitest";
import { Evaluator } from "../../src/checks/evaluator.js";
import { registry } from "../../src/graph/op.js";
import { Tensor, variable } from "../../src/graph/tensor.js";
import "../../src/ops/index.js";
import { scalarFormula } from "../../src/training/explain/elementwise-formulas.js";
import { writeFormula } from "../../src/training/explain/formula-text.js";
import { atom, literal, show, value } from "../../src/training/explain/written.js";
import { calculate } from "./hand-calculator.js";

const NUMBERS = [-1.5, -0.25, 0, 0.25, 0.75, 2];
/** For attributes: a lower and an upper bound, or a slope. */
const ATTRIBUTES = [-0.5, 0.5];

const scalarOps = [...registry.values()].flatMap((op) => (op.scalar ? [{ op, scalar: op.scalar }] : []));

/** Every choice of so many numbers. */
const choices = (count: number): number[][] =>
  count === 0 ? [[]] : choices(count - 1).flatMap((some) => NUMBERS.map((number) => [...some, number]));

// A formula stands beside its op and is printed; the kernels are compared with each other elsewhere.
describe.each(scalarOps)("the formula of $op.name", ({ op, scalar }) => {
  test("gives what its kernel computes", () => {
    const inputs = Array.from({ length: scalar.operands }, (_, i) => variable(`operand ${i}`, []));
    const attributes = Object.fromEntries((scalar.numbers ?? []).map((name, i) => [name, ATTRIBUTES[i]]));
    const tensor = new Tensor(op, inputs, attributes, [], "f32");
    const evaluator = new Evaluator([tensor]);
    let compared = 0;
    for (const numbers of choices(scalar.operands)) {
      evaluator.set(new Map(inputs.map((input, i) => [input, [numbers[i]]])));
      evaluator.run();
      const [expected] = evaluator.of(tensor);
      if (!Number.isFinite(expected)) continue;
      const written = scalarFormula(scalar).element(
        tensor,
        0,
        Object.assign((input: Tensor) => value(numbers[inputs.indexOf(input)]), { number: () => 0 }),
      );
      const found = calculate(show(written));
      if (Number.isNaN(found.error)) continue; // a negative base, with an exponent that is only nearly whole
      expect(Math.abs(found.value - expected), `${show(written)}: ${expected}`).toBeLessThan(found.error);
      compared++;
    }
    expect(compared).toBeGreaterThan(NUMBERS.length / 3);
  });
});

describe("a formula as text", () => {
  const [x, slope] = [atom("z"), literal(0.5)];
  const written = (text: string) => show(writeFormula(text, { x, slope }, "⊙"));

  test.each([
    ["max(0, x) + slope * min(0, x)", "max(0, z) + 0.5 * min(0, z)"],
    ["slope * (e^min(0, x) - 1)", "0.5 * (e^min(0, z) - 1)"],
    ["-x² / √x", "-z² / (√z)"],
    ["x * x", "z ⊙ z"],
    ["[x > slope]", "[z > 0.5]"],
    ["|x - 1|", "|z - 1|"],
  ])("%s", (text, expected) => {
    expect(written(text)).toBe(expected);
  });

  test.each(["x +", "(x", "max(x", "x ? x", "[x]", "x)", ""])("is refused where it isn't one: '%s'", (text) => {
    expect(() => written(text)).toThrow(/can't be read/);
  });
});
