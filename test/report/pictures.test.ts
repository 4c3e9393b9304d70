import { inflateSync } from "node:zlib";
import { activations } from "neuromotor";
import { sampleActivation } from "neuromotor/report";
import { expect, test } from "vitest";
import { pngUrl } from "../../src/report/png.js";

test("curves of every activation are those of its ops", async () => {
  for (const name of Object.keys(activations) as (keyof typeof activations)[]) {
    const { x, y, derivative } = await sampleActivation(name);
    expect([...Array.from(y), ...Array.from(derivative)].every(Number.isFinite)).toBe(true);
    const slope = (Number(y[61]) - Number(y[59])) / (Number(x[61]) - Number(x[59]));
    expect(Math.abs(slope - derivative[60])).toBeLessThan(0.005 * (1 + Math.abs(derivative[60]))); // at 2, where none has a kink
  }
  const { y } = await sampleActivation("tanh");
  expect(y[50]).toBeCloseTo(Math.tanh(1), 6);
});

test("images are PNG files of the numbers they are made of", async () => {
  const pixels = Uint8Array.from({ length: 6 * 4 * 3 }, (_, i) => (i * 37) % 256);
  const file = Buffer.from((await pngUrl(pixels, 6, 4)).split(",")[1], "base64");
  expect(file.subarray(0, 8)).toEqual(Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]));
  const chunks: Record<string, Buffer> = {};
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    chunks[file.toString("latin1", at + 4, at + 8)] = file.subarray(at + 8, at + 8 + length);
    at += 12 + length;
  }
  expect(chunks.IHDR.readUInt32BE(0)).toBe(6);
  expect(chunks.IHDR[9]).toBe(2);
  const lines = inflateSync(chunks.IDAT);
  const unfiltered = Array.from({ length: 4 }, (_, y) => [...lines.subarray(y * 19 + 1, (y + 1) * 19)]).flat();
  expect(unfiltered).toEqual([...pixels]);
});
