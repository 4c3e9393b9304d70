// @module-tag slow
import { test } from "vitest";
import { useDevices } from "../devices/backends.js";
import { expectNetworksAlike } from "./networks.js";

const device = useDevices({ guards: true });

test.each([
  ["webgpu", 18],
  ["wasm", 40],
] as const)(
  "random networks train alike in fused plans and one op at a time, on %s",
  { timeout: 300_000 },
  async (backend, runs) => {
    await expectNetworksAlike(device(backend), runs, { seed: 20261121 });
  },
);
