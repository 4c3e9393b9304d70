import { expect, inject, test } from "vitest";
import { openDevice } from "../../../src/index.js";
import { expectClose } from "../../tolerance.js";
import { IRIS_STEPS, trainIris } from "./iris.js";

/* WebKit, as in Safari: WebAssembly without relaxed multiply-add, and on Debian without WebGPU. */

test("the engine without a fused multiply-add learns Iris, to the loss of the one that has it", async () => {
  const fused = inject("trainedInNode");
  expect(fused.description).toMatch(/fused multiply-add/);
  const device = await openDevice({ backend: "auto" });
  expect(device.backend).toBe("wasm");
  expect(device.description).toMatch(/WebAssembly/);
  expect(device.description).not.toMatch(/fused multiply-add/);
  const here = await trainIris(device);
  device.dispose();
  expect(here.accuracy).toBeCloseTo(29 / 30, 5);
  expect(here.accuracy).toBe(fused.accuracy);
  // Each step adds up products of 16 terms and a batch of 16; what is rounded once or twice differs in each.
  const terms = IRIS_STEPS * (16 + 16);
  expectClose([here.loss], [fused.loss], { terms, functions: ["exponential", "root", "division"] });
});

test("WebGPU, which isn't there, is an error with what to do", async () => {
  await expect(openDevice({ backend: "webgpu" })).rejects.toThrow(/No WebGPU adapter.*backend: "cpu"/);
});
