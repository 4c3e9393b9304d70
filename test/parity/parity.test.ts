// @module-tag slow
import { describe, test } from "vitest";
import { allCases, hasGradient } from "./cases.js";
import { expectParity, useGuardedDevices } from "./run.js";

const devices = useGuardedDevices();

describe.each(Object.keys(allCases))("WebGPU and WASM agree with the CPU: %s", (name) => {
  test.each(allCases[name].map((each) => [each.name, each] as const))("%s", async (_, each) => {
    await expectParity(devices, each.trace, each.inputs, { ...each, gradient: hasGradient(name, each) });
  });
});
