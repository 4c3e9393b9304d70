import { describe, test } from "vitest";
import { allCases, hasGradient } from "./cases.js";
import { expectParity, useGuardedDevices } from "./run.js";

/** Tests that every backend gives the CPU's results and gradients of some ops and functions, in all of their cases. */
export function describeParity(names: readonly string[]): void {
  const devices = useGuardedDevices();
  describe.each(names)("WebGPU and WASM agree with the CPU: %s", (name) => {
    test.each(allCases[name].map((each) => [each.name, each] as const))("%s", async (_, each) => {
      await expectParity(devices, each.trace, each.inputs, { ...each, gradient: hasGradient(name, each) });
    });
  });
}
