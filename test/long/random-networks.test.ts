import { test } from "vitest";
import { expectImageNetworksAlike } from "../compile/image-networks.js";
import { expectNetworksAlike } from "../compile/networks.js";
import { useDevices } from "../devices/backends.js";

const device = useDevices({ guards: true });

// Others in every run; a failure names the seed.
test.each([
  [100, "webgpu"],
  [500, "wasm"],
] as const)(
  "%i random networks train alike in fused plans and one op at a time, on %s",
  { timeout: 3_600_000 },
  async (runs, backend) => {
    await expectNetworksAlike(device(backend), runs, { tame: true });
  },
);

test.each([
  [40, "webgpu"],
  [300, "wasm"],
] as const)("%i random networks on images do so, on %s", { timeout: 3_600_000 }, async (runs, backend) => {
  await expectImageNetworksAlike(device(backend), runs);
});
