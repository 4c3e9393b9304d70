import { expect, test } from "vitest";
import { openDevice } from "../../src/node.js";
import { BACKENDS } from "../devices/backends.js";
import { type Living, rounds, watch } from "./leaks.js";

// 2,000 rounds, and the process's memory, are in test/long.
test.each(BACKENDS)("fits, steps and predictions on %s leave nothing on the device", async (backend) => {
  const device = await openDevice({ backend });
  const living = watch(device);
  const seen: Living[] = [];
  await rounds(device, 5, () => void seen.push({ ...living }));
  expect(seen[0].buffers).toBeGreaterThan(5); // it was seen
  for (const each of seen) expect(each).toEqual(seen[0]);
  expect(living).toEqual({ buffers: 0, programs: 0 });
  device.dispose();
});
