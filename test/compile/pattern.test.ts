import { expect, test } from "vitest";
import { all, any, literal, madeBy, where } from "../../src/compile/pattern.js";
import { variable } from "../../src/graph/tensor.js";
import { add, div, mul, neg } from "../../src/ops/elementwise.js";

const [x, y] = [variable("x", [3]), variable("y", [3])];

test("a pattern names what it finds", () => {
  const product = mul(neg(x), y);
  expect(madeBy(mul, madeBy(neg, any("a")), any("b"))(product, {})).toEqual({ a: x, b: y });
  expect(madeBy(mul, all(any("whole"), madeBy(neg, any("a"))), any("b"))(product, {})).toMatchObject({
    whole: product.inputs[0],
  });
});

test("an op, an input or a number that differs is not matched", () => {
  const pattern = madeBy(div, literal(1), any("x"));
  expect(pattern(div(1, x), {})).toEqual({ x });
  expect(pattern(div(2, x), {})).toBeUndefined();
  expect(pattern(div(y, x), {})).toBeUndefined();
  expect(pattern(mul(1, x), {})).toBeUndefined();
});

test("a name stands for one tensor, in one pattern and in those after it", () => {
  const square = madeBy(add, any("x"), any("x"));
  expect(square(add(x, x), {})).toEqual({ x });
  expect(square(add(x, y), {})).toBeUndefined();
  expect(square(add(x, x), { x: y })).toBeUndefined();
});

test("a condition must hold", () => {
  const long = where(({ size }) => size > 3);
  expect(long(variable("z", [4]), { x })).toEqual({ x });
  expect(long(x, {})).toBeUndefined();
});
