import { expect, test } from "vitest";
import { printFunctions } from "../../src/backends/wasm/print-functions.js";
import { registry } from "../../src/graph/op.js";
import { defineElementwise } from "../../src/ops/define-elementwise.js";
import "../../src/ops/index.js";
import { runOp } from "../parity/run.js";
import { useVariants } from "./wasm-devices.js";

const device = useVariants();
const known = [...registry.values()].filter(({ scalar }) => scalar);
const { text, functions } = printFunctions(registry.values());

test.each(known)("$name has a loop that loads its operands and its numbers", ({ name, scalar }) => {
  const { operands, numbers = [] } = scalar!;
  const loop = new RegExp(`^function each_${name}\\([^]*?^\\}`, "m").exec(text)![0];
  expect(loop.split("v128.load(").length - 1).toBe(operands + numbers.length);
  expect(text).toContain(`case ${functions.indexOf(name)}: return each_${name}(`);
});

test("an op of four operands and numbers is refused when the engine is built", () => {
  const scalar = { operands: 2 as const, numbers: ["low", "high"], formula: "a" };
  expect(() => printFunctions([{ ...known[0], name: "four", scalar }])).toThrow(/four: takes 4 operands and numbers/);
});

test("an op that the engine was built without is named", async () => {
  const unknown = defineElementwise("half", { operands: 1, formula: "x / 2", error: {} });
  const run = runOp(device("on one thread"), (x) => [unknown(x)], [{ shape: [2], values: Float32Array.of(1, 2) }]);
  await expect(run).rejects.toThrow(/half: the WASM engine has no such elementwise op\. .* use backend: "cpu"/);
});
