import { expect, test } from "vitest";
import { lastPoint, trainTo, usePlayground } from "../browser/playground.js";

const playground = usePlayground();

test("on WebGPU, spirals without noise are learned to 97 % held out", async () => {
  const page = await playground.open({ hash: "#data=spirals&noise=0&backend=webgpu" });
  expect(await page.evaluate(() => globalThis.playground.info.value!.backend)).toBe("webgpu");
  await trainTo(page, 300);
  expect((await lastPoint(page)).heldOut!.score).toBeGreaterThanOrEqual(0.97);
});
