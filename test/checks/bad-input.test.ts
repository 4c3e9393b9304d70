import { describe, expect, test } from "vitest";
import {
  adam,
  type Check,
  checkGradients,
  checkParity,
  dense,
  huber,
  ops,
  sequential,
  softmaxCrossEntropy,
  Trainer,
} from "../../src/index.js";
import { openDevice } from "../../src/node.js";

const model = sequential({ input: [3] }, [dense(2)]);
const residual = (x: ops.Tensor) => ops.add(x, x);
const product = (a: ops.Tensor, b: ops.Tensor) => ops.mul(a, b);
const values = (...numbers: number[]) => ({ shape: [numbers.length], values: numbers });

describe.each<[string, Check<object, unknown>]>([
  ["checkGradients", checkGradients],
  ["checkParity", checkParity],
])("%s refuses", (check, run) => {
  test.each<[string, unknown, object | undefined, string, RegExp]>([
    ["nothing", undefined, undefined, "ArgumentError", /expected a model, a layer, .*, got undefined/],
    ["a name that is none", "rellu", undefined, "ArgumentError", /there is no "rellu"; use one of linear, relu/],
    [
      "an activation in part",
      { name: "a", forward: Math.exp, gradient: Math.exp },
      {},
      "ArgumentError",
      /needs \{ name/,
    ],
    ["half a layer", { forward: residual }, { input: [3] }, "ArgumentError", /expected a model, a layer/],
    [
      "a layer without its input",
      dense(3),
      undefined,
      "ArgumentError",
      /check\w+\(dense\(\.\.\.\), \{ input: \[4\] \}\)/,
    ],
    [
      "a function without inputs",
      residual,
      undefined,
      "ArgumentError",
      /residual needs input: \[4\].* inputs: \[\[8, 4\]\]/,
    ],
    ["a loss that isn't made", huber, undefined, "ArgumentError", /If it makes a loss or a layer, call it: huber\(\)/],
    ["too few inputs", product, { inputs: [[3]] }, "ArgumentError", /"product" takes 2 tensors, but inputs has 1/],
    [
      "one that isn't used",
      residual,
      { inputs: [[3], [3]] },
      "ArgumentError",
      /doesn't depend on inputs\[1\].*Leave it out/,
    ],
    [
      "shapes that don't meet",
      product,
      { inputs: [[3], [4]] },
      "ShapeError",
      /mul: shapes \[3\] and \[4\] don't broadcast/,
    ],
    ["another sample", model, { inputs: [[2, 4]] }, "ShapeError", /inputs\[0\] must be \[rows, 3\], got \[2, 4\]/],
    [
      "two inputs of a model",
      model,
      { inputs: [[2, 3], [2]] },
      "ArgumentError",
      /takes 1 of inputs at most here, got 2/,
    ],
    [
      "a shape that is none",
      residual,
      { inputs: [[3, 0]] },
      "ArgumentError",
      /inputs\[0\]: a shape must be .* got \[3, 0\]/,
    ],
    ["no list", residual, { inputs: 3 }, "ArgumentError", /inputs must be a list/],
    [
      "values that don't fill",
      residual,
      { inputs: [{ shape: [3], values: [1] }] },
      "ShapeError",
      /1 values don't fill .* takes 3/,
    ],
    ["NaN", residual, { inputs: [values(1, Number.NaN)] }, "ArgumentError", /inputs\[0\]: element 1 is NaN/],
    [
      "too large for float32",
      residual,
      { inputs: [values(1e39)] },
      "ArgumentError",
      /element 0 is 1e\+39.*finite in float32/,
    ],
    [
      "words",
      residual,
      { inputs: [{ shape: [1], values: ["1"] }] },
      "ArgumentError",
      /values must be a list of numbers/,
    ],
    ["a bound below 1", residual, { inputs: [{ shape: [1], below: 0 }] }, "ArgumentError", /by a bound.*got below 0/],
    ["rows of numbers", huber(), { inputs: [[3]] }, "ShapeError", /a loss takes outputs \[rows, outputs\]/],
    ["too few outputs", softmaxCrossEntropy(), { inputs: [[3, 1]] }, "ArgumentError", /needs an output for each class/],
    ["no tensor", () => 3, { inputs: [[3]] }, "ArgumentError", /must give one f32 tensor, made with ops; got 3/],
    ["another option", residual, { shape: [3] }, "ArgumentError", /there is no option "shape"\. Did you mean input\?/],
    ["a seed below 0", residual, { input: [3], seed: -1 }, "ArgumentError", /the seed must be a whole number/],
  ])("%s", async (_, subject, options, name, message) => {
    const error = (await run(subject as never, options as never).catch((thrown) => thrown)) as Error;
    expect([error.name, error.message]).toEqual([name, expect.stringMatching(message)]);
    if (!/^(activation|mul|softmax)/.test(error.message)) expect(error.message).toContain(check);
  });
});

test("checkGradients refuses a trainer, naming its model", async () => {
  const device = await openDevice({ backend: "cpu" });
  using trainer = new Trainer(model, { device, loss: huber(), optimizer: adam() });
  await expect(checkGradients(trainer as never)).rejects.toThrow(/got a trainer: give its model/);
  device.dispose();
});

test("checkGradients refuses what has no gradient, and a sample of nothing", async () => {
  const jump = (x: ops.Tensor) => ops.greater(x, 0);
  await expect(checkGradients(jump, { inputs: [[3]] })).rejects.toThrow(
    /no gradient of the function "jump" by inputs\[0\]: .*steps, such as greater/,
  );
  await expect(checkGradients((x) => ops.oneHot(x, 3), { inputs: [{ shape: [2], below: 3 }] })).rejects.toThrow(
    /no f32 input to differentiate by: give one that isn't of integers/,
  );
  for (const elements of [0, 1.5, Number.NaN]) {
    await expect(checkGradients("relu", { elements })).rejects.toThrow(/elements must be a positive integer/);
  }
});

test("checkParity refuses devices that are none", async () => {
  for (const devices of [[], [{}], [undefined]] as never[]) {
    await expect(checkParity("relu", { devices })).rejects.toThrow(
      /devices must be a list of what openDevice\(\) gives/,
    );
  }
});
