import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { kernels as cpuKernels } from "../../src/backends/cpu/kernels.js";
import { kernels as wasmKernels } from "../../src/backends/wasm/sequence-kernels.js";
import { kernels as furtherFunctions } from "../../src/backends/webgpu/further-functions.js";
import { kernels as furtherKernels } from "../../src/backends/webgpu/further-kernels.js";
import { kernels as otherKernels } from "../../src/backends/webgpu/kernels.js";
import { kernels as sequenceKernels } from "../../src/backends/webgpu/sequence-kernels.js";
import { registry } from "../../src/graph/op.js";
import { ancestors } from "../../src/graph/tensor.js";
import type { Case } from "./case.js";
import { allCases, hasGradient, isChecked, opCases } from "./cases.js";
import { withoutGradient } from "./exceptions.js";
import { symbols, withGradients } from "./run.js";

const webgpuKernels = { ...otherKernels, ...furtherKernels, ...furtherFunctions, ...sequenceKernels };

const folder = new URL("../../src/ops/", import.meta.url);
for (const file of readdirSync(folder)) await import(new URL(file, folder).href);

/** Names of the ops that a case runs on its way to the result. */
const opsOf = ({ trace, inputs }: Case) => new Set(ancestors([trace(...symbols(inputs))]).map(({ op }) => op.name));

describe.each([...registry.values()])("the op $name", (op) => {
  const cases = opCases[op.name] ?? [];

  test("has a kernel on every backend, or needs none", () => {
    const isLaunched = !op.view && !op.lower;
    expect(op.name in cpuKernels).toBe(isLaunched);
    expect(op.name in webgpuKernels).toBe(isLaunched);
    expect(op.name in wasmKernels || op.scalar !== undefined).toBe(isLaunched); // its functions are printed from these
  });

  test("is compared on both backends, in cases that run it", () => {
    expect(cases.length).toBeGreaterThan(0);
    for (const each of cases) expect(opsOf(each), each.name).toContain(op.name);
  });

  test("has a checked gradient, or a reason to have none", () => {
    expect(op.name in withoutGradient).toBe(!cases.some((each) => isChecked(op.name, each)));
  });
});

test("there are no kernels or cases of ops that don't exist", () => {
  const names = [
    ...Object.keys(cpuKernels),
    ...Object.keys(webgpuKernels),
    ...Object.keys(wasmKernels),
    ...Object.keys(opCases),
  ];
  expect(names.filter((name) => !registry.has(name))).toEqual([]);
  expect(Object.keys(withoutGradient).filter((name) => !registry.has(name))).toEqual([]);
});

test("every case with a gradient reaches all of its inputs", () => {
  for (const [name, cases] of Object.entries(allCases)) {
    for (const each of cases.filter((one) => hasGradient(name, one))) {
      const inputs = symbols(each.inputs);
      const outputs = withGradients(each.trace)(...inputs);
      expect(outputs.length - 1, name).toBe(inputs.filter(({ dtype }) => dtype === "f32").length);
    }
  }
});
