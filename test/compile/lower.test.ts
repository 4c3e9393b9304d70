import { expect, test } from "vitest";
import { compile } from "../../src/compile/compile.js";
import { lower } from "../../src/compile/rewrite.js";
import { gradients } from "../../src/graph/gradients.js";
import type { Op } from "../../src/graph/op.js";
import { ancestors, inScope, Tensor, variable } from "../../src/graph/tensor.js";
import { batchMean } from "../../src/ops/batch.js";
import { add, mul, neg, square } from "../../src/ops/elementwise.js";

/** x^4, as the square of a composite: composites may be made of others. */
const squared: Op = { name: "squared", shape: ([x]) => x.shape, lower: ([x]) => square(x) };
const fourth: Op = { name: "fourth", shape: ([x]) => x.shape, lower: ([x]) => mul(squaredOf(x), squaredOf(x)) };
const squaredOf = (x: Tensor) => new Tensor(squared, [x], {}, x.shape, "f32");
const fourthOf = (x: Tensor) => new Tensor(fourth, [x], {}, x.shape, "f32");

const opsOf = (outputs: readonly Tensor[]) => ancestors(outputs).map(({ op }) => op.name);

test("composites stand whole in the graph, and are launched as what they are made of", () => {
  const x = variable("x", [3]);
  const y = neg(fourthOf(x));
  expect(opsOf([y])).toEqual(["variable", "fourth", "neg"]);
  expect(opsOf(lower([y]).outputs)).toEqual(["variable", "square", "square", "mul", "neg"]);
  expect(compile("test", [y]).launches.map(({ op }) => op)).toEqual(["square", "square", "mul", "neg"]);
});

test("their parts stand where they stood, in their scope", () => {
  const x = variable("x", [3]);
  const y = inScope("layer", () => fourthOf(x));
  const later = neg(x);
  const labels = compile("test", [y, later]).launches.map(({ label }) => label);
  expect(labels).toEqual(["layer/square", "layer/square", "layer/mul", "neg"]);
});

test("every tensor of the old graph has its like in the new one, and the old one stays as it was", () => {
  const x = variable("x", [3]);
  const inner = fourthOf(neg(x));
  const outer = add(inner, x);
  const { outputs, of } = lower([outer]);
  expect(outputs).toEqual([of(outer)]);
  expect(of(inner).op.name).toBe("mul");
  expect(of(x)).toBe(x);
  expect(outer.inputs[0]).toBe(inner);
  expect(inner.op).toBe(fourth);
});

test("a mean over the batch is one op to gradients, whose parts are shared", () => {
  const x = variable("x", [4]);
  const loss = batchMean(x);
  const [dx] = gradients(loss, [x], add);
  expect([loss.op.name, dx.op.name]).toEqual(["batchMean", "batchMeanGradient"]);
  const launches = compile("test", [loss, dx]).launches.map(({ op }) => op);
  expect(launches.filter((op) => op === "rowWeights")).toHaveLength(1);
  expect(launches.filter((op) => op === "sum")).toHaveLength(2); // of the values, and of the weights
});
