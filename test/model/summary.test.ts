import { expect, test } from "vitest";
import {
  add,
  apply,
  batchNorm,
  conv2d,
  dense,
  depthwiseConv2d,
  flatten,
  input,
  type LayerFunction,
  maxPool2d,
  model,
  residual,
  sequential,
} from "../../src/index.js";

test("the summary is a tree with parameters, state and multiply-adds", () => {
  const block = residual([conv2d(4, 3, { padding: "same" }), batchNorm()], { shortcut: conv2d(4, 1) });
  const net = sequential({ input: [6, 6, 2], seed: 1 }, [block, maxPool2d(2), flatten(), dense(3)]);
  expect(net.summary()).toBe(
    [
      "layer        kind       output            parameters  state  multiply-adds",
      "input                   [batch, 6, 6, 2]",
      "residual     residual   [batch, 6, 6, 4]          96      8          2,880",
      "  conv2d     conv2d     [batch, 6, 6, 4]          76      0          2,592",
      "  batchNorm  batchNorm  [batch, 6, 6, 4]           8      8              0",
      "  shortcut   conv2d     [batch, 6, 6, 4]          12      0            288",
      "maxPool2d    maxPool2d  [batch, 3, 3, 4]           0      0              0",
      "flatten      flatten    [batch, 36]                0      0              0",
      "dense        dense      [batch, 3]               111      0            108",
      "total: 207 parameters, 8 of state, 2,988 multiply-adds a sample",
    ].join("\n"),
  );
});

test("the memory of many parameters stands beside their number", () => {
  const net = sequential({ input: [1024], seed: 1 }, [dense(2048, { bias: false })]);
  expect(net.summary()).toContain("total: 2,097,152 parameters of 8 MiB, 2,097,152 multiply-adds a sample");
});

test("a shared layer has its parameters once, and works twice", () => {
  const [a, b] = [input([3], { name: "a" }), input([3], { name: "b" })];
  const tower = dense(4);
  const net = model({ inputs: [a, b], outputs: apply(add(), apply(tower, a), apply(tower, b)) });
  expect(net.outline.map(({ parameters, multiplyAdds, inputs }) => [parameters, multiplyAdds, inputs])).toEqual([
    [16, 12, ["a"]],
    [0, 12, ["b"]],
    [0, 0, ["dense", "dense"]],
  ]);
  expect(net.summary()).toContain("dense  dense  [batch, 4]      shared");
  expect(net.parameterCount).toBe(16);
});

test("multiply-adds of convolutions are those of their taps", () => {
  const net = sequential({ input: [8, 8, 4] }, [depthwiseConv2d(3), conv2d(2, 3, { groups: 2, stride: 2 })]);
  expect(net.outline.map(({ multiplyAdds }) => multiplyAdds)).toEqual([6 * 6 * 4 * 9, 2 * 2 * 2 * 9 * 2]);
});

test("layers inside of a function go by its name, each by its own", () => {
  const block: LayerFunction = (x, scope) =>
    dense(2).forward(dense(3, { activation: "relu" }).forward(x, scope), scope);
  const net = sequential({ input: [4], seed: 1 }, [block, (x, scope) => scope.call(dense(5), x), dense(1)]);
  const shapes = [...net.parameters()].map(([name, { shape }]) => `${name} [${shape.join(", ")}]`);
  expect(shapes).toEqual([
    "block.dense.weight [4, 3]",
    "block.dense.bias [3]",
    "block.dense_1.weight [3, 2]",
    "block.dense_1.bias [2]",
    "function.dense.weight [2, 5]",
    "function.dense.bias [5]",
    "dense.weight [5, 1]",
    "dense.bias [1]",
  ]);
});

test("a layer called twice inside of a function has one set of parameters", () => {
  const inner = dense(4);
  const twice: LayerFunction = (x, scope) => scope.call(inner, scope.call(inner, x));
  const net = sequential({ input: [4] }, [twice]);
  expect([...net.parameters().keys()]).toEqual(["twice.dense.weight", "twice.dense.bias"]);
});

test("blocks inside of blocks have names of their own", () => {
  const net = sequential({ input: [4] }, [residual([residual([dense(4), dense(4)]), dense(4)])]);
  expect([...net.parameters().keys()].filter((name) => name.endsWith("weight"))).toEqual([
    "residual.residual.dense.weight",
    "residual.residual.dense_1.weight",
    "residual.dense.weight",
  ]);
});
