import { expect, test } from "vitest";
import { crc32, crc32c } from "../../src/core/crc.js";

test('the checks of "123456789" are those that their definitions give', () => {
  const bytes = new TextEncoder().encode("123456789");
  expect(crc32(bytes)).toBe(0xcbf43926);
  expect(crc32c(bytes)).toBe(0xe3069283);
  expect(crc32(new Uint8Array())).toBe(0);
});
