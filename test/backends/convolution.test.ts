// @module-tag slow
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Backend } from "../../src/backends/backend.js";
import { checkGuards } from "../../src/backends/buffers.js";
import type { DeviceOptions } from "../../src/backends/options.js";
import { compareOn, referenceOn } from "../../src/checks/compare-devices.js";
import { compile } from "../../src/compile/compile.js";
import { ALL_PASSES } from "../../src/compile/fuse.js";
import { openDevice } from "../../src/node.js";
import { convolutionCases } from "../parity/cases-images.js";
import { symbols, valuesOf, withGradients } from "../parity/run.js";

/* Convolutions without patches: products that walk over images, by every kernel, against the CPU's, which has patches. */

const devices: Record<string, DeviceOptions> = {
  wasm: { backend: "wasm" },
  "wasm on three threads": { backend: "wasm", threads: 3 },
  naive: { backend: "webgpu", products: "naive" },
  direct: { backend: "webgpu", products: "direct" },
  tiled: { backend: "webgpu", products: "tiled" },
  tiledLarge: { backend: "webgpu", products: "tiledLarge" },
  split: { backend: "webgpu", products: "split" },
};

const cases = Object.values(convolutionCases)
  .flat()
  .map((each) => [each.name, each] as const);

let cpu: Backend;
beforeAll(async () => {
  cpu = await openDevice({ backend: "cpu" });
});
afterAll(() => cpu.dispose());

describe.each(Object.keys(devices))("convolutions and their gradients by %s", (name) => {
  let device: Backend;
  beforeAll(async () => {
    device = await openDevice({ ...devices[name], guards: true });
  });
  afterAll(() => device.dispose());

  test.each(cases)("%s", async (_, { trace, inputs }) => {
    const variables = symbols(inputs);
    const traced = withGradients(trace)(...variables);
    const reference = await referenceOn(cpu, traced, valuesOf(variables, inputs));
    for (const { error, limit, place } of await compareOn(device, reference, true)) {
      expect(error, `element ${place}`).toBeLessThanOrEqual(limit);
    }
    await checkGuards(device);
  });
});

test.each(cases)("no patches are written: %s", (_, { trace, inputs }) => {
  const traced = withGradients(trace)(...symbols(inputs));
  const ops = compile("test", traced, { fused: true }).launches.map(({ op }) => op);
  expect(ops).toContain("matmul");
  const passes = { ...ALL_PASSES, patches: false };
  const plain = compile("test", traced, { fused: passes }).launches.map(({ op }) => op);
  expect(plain.some((op) => op === "unfold" || op === "fold")).toBe(true);
  for (const op of ["unfold", "fold", "transpose"]) expect(ops).not.toContain(op);
});
