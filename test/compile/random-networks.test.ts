// @module-tag slow
import { describe, test } from "vitest";
import { useDevices } from "../devices/backends.js";
import { expectImageNetworksAlike } from "./image-networks.js";
import { expectNetworksAlike } from "./networks.js";

const device = useDevices({ guards: true });

// On WebGPU each compiles kernels for seconds: test/long has more of them.
describe.each([
  ["webgpu", 4, 3],
  ["wasm", 40, 30],
] as const)("random networks train alike in fused plans and one op at a time, on %s:", (backend, dense, images) => {
  test("of dense layers", { timeout: 300_000 }, async () => {
    await expectNetworksAlike(device(backend), dense, { seed: 20261121 });
  });

  test("on images, with branches and residuals, and of two outputs", { timeout: 300_000 }, async () => {
    await expectImageNetworksAlike(device(backend), images, 20261129);
  });
});
