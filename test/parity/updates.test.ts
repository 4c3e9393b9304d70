import { test } from "vitest";
import { rules } from "../../src/optimizers/index.js";
import { useVariants } from "../backends/wasm-devices.js";
import { updates } from "./cases-step.js";
import { expectParity, useGuardedDevices } from "./run.js";

const devices = useGuardedDevices();
const variant = useVariants();

/* Of a single parameter some of these momentums and gradients nearly cancel: the state is far smaller than its terms. */
test.each([...rules])("%s of one parameter agrees with the CPU for many numbers", async (_, rule) => {
  for (let round = 0; round < 30; round++) {
    for (const { trace, inputs, steps } of updates(rule, [1])) {
      const all = [devices.wasm, variant("without fused multiply-add")];
      await expectParity({ cpu: devices.cpu, all }, trace, inputs, { steps, gradient: false });
    }
  }
});
