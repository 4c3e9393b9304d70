import { describe, expect, test } from "vitest";
import type { Tensor } from "../../src/graph/tensor.js";
import { clipByGlobalNorm } from "../../src/optimizers/index.js";
import { literal } from "../parity/data.js";
import { runOp, useGuardedDevices } from "../parity/run.js";
import { expectClose } from "../tolerance.js";
import { flat, type Golden, readGolden } from "./read.js";

const { gradients, clipped, maxNorm, norm } = readGolden<{
  gradients: Golden[];
  clipped: Golden[];
  maxNorm: number;
  norm: number;
}>("clipping");

const devices = useGuardedDevices();
const inputs = [literal(flat(gradients[0]), 4, 3), literal(flat(gradients[1]), 3)];
const clipTo =
  (limit: number) =>
  (...tensors: Tensor[]) => [...clipByGlobalNorm(limit).apply(tensors, new Map())];

describe("1 case of clipping by the global norm, as in PyTorch", () => {
  test("gradients above the limit are scaled to it, all by the same factor", async () => {
    expect(gradients.length).toBe(2);
    const terms = gradients.flatMap((each) => flat(each)).length;
    for (const device of devices.all) {
      const results = await runOp(device, clipTo(maxNorm), inputs);
      results.forEach((values, i) => {
        expectClose(values, flat(clipped[i]), { terms, functions: ["root", "division"], what: device.backend });
      });
    }
  });

  test("gradients within the limit stay as they are", async () => {
    for (const device of devices.all) {
      const results = await runOp(device, clipTo(norm * 1.01), inputs);
      results.forEach((values, i) => {
        expect(values, device.backend).toEqual(inputs[i].values);
      });
    }
  });
});
