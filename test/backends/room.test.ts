import { expect, test } from "vitest";
import { checkBuffer, checkRoom } from "../../src/backends/cpu/room.js";
import { compile } from "../../src/compile/compile.js";
import { variable } from "../../src/graph/tensor.js";
import { collect } from "../../src/ops/batch.js";
import { square } from "../../src/ops/elementwise.js";
import { matmul } from "../../src/ops/matmul.js";

test("a plan that the machine has no memory for is refused with its largest tensors, before any is taken", () => {
  const product = matmul(variable("x", [512, 4]), variable("w", [4, 1024])); // 2 MiB
  const plan = compile("training", [collect(variable("y", [512, 1024]), square(product))]);
  const bytes = 2 * 2 ** 21;
  expect(() => checkRoom(plan, 1, bytes)).not.toThrow();
  expect(() => checkRoom(plan, 1, bytes - 1)).toThrow(
    "training: 4 MiB are needed, this machine has 4 MiB. The largest tensors: matmul 2 MiB, square 2 MiB. Use a smaller batchSize",
  );
  expect(() => checkRoom(plan, 3, bytes)).toThrow("12 MiB are needed");
  expect(() => checkRoom(plan, 1)).not.toThrow();
});

test("a buffer that there is no memory for beside the others is refused by its size", () => {
  expect(() => checkBuffer("weight", 2 ** 21, 2 ** 20, 3 * 2 ** 20)).not.toThrow();
  expect(() => checkBuffer("weight", 2 ** 21, 2 ** 20, 2 ** 21)).toThrow(
    "weight: 2 MiB are needed beside the 1 MiB in use, this machine has 2 MiB. Use fewer rows or smaller layers",
  );
});
