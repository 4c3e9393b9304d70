import { expect, test } from "vitest";
import { bytesOf, exactOf, fromBytes, joined, toFloat32 } from "../../src/data/exact.js";

test("joined arrays keep float64 originals, or bytes", () => {
  const exact = toFloat32(Float64Array.of(1_700_000_000.25, 2));
  const whole = joined(exact, Float32Array.of(3));
  expect([...exactOf(whole)]).toEqual([1_700_000_000.25, 2, 3]);
  const bytes = joined(fromBytes(Uint8Array.of(0, 255)), fromBytes(Uint8Array.of(7, 8)));
  expect([...new Uint8Array(bytesOf(bytes)!.buffer)]).toEqual([0, 255, 7, 8]);
  expect(bytesOf(joined(fromBytes(Uint8Array.of(0)), Float32Array.of(0.5)))).toBeUndefined();
  expect(joined(Uint32Array.of(1), Uint32Array.of(2))).toEqual(Uint32Array.of(1, 2));
});
