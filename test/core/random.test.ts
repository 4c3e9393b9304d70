import { expect, test } from "vitest";
import { philox, RandomStream, shuffle } from "../../src/core/random.js";
import { KNOWN_ANSWERS } from "./philox-vectors.js";

const hex = (words: Uint32Array) => [...words].map((word) => word.toString(16).padStart(8, "0")).join(" ");

test.each(KNOWN_ANSWERS)("philox4x32-10 of $counter under $key", ({ counter, key, answer }) => {
  const block = new Uint32Array(4);
  philox(counter, key, block);
  expect(hex(block)).toBe(answer);
});

test("a stream depends on seed, stream and position, and on nothing else", () => {
  const words = (...args: ConstructorParameters<typeof RandomStream>) => {
    const random = new RandomStream(...args);
    return Array.from({ length: 9 }, () => random.nextWord());
  };
  expect(words(1, 0)).toEqual(words(1, 0));
  const others = [words(2, 0), words(1, 1), words(1, 0, 1), words(1, 0, 0, 1), words(1 + 2 ** 32, 0)];
  for (const other of others) expect(other).not.toEqual(words(1, 0));
});

test("normals have mean 0 and deviation 1", () => {
  const random = new RandomStream(3, 0);
  const draws = Array.from({ length: 20000 }, () => random.nextNormal());
  const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
  const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
  expect(Math.abs(mean)).toBeLessThan(4 / Math.sqrt(draws.length));
  expect(Math.abs(variance - 1)).toBeLessThan((4 * Math.SQRT2) / Math.sqrt(draws.length));
});

test("shuffle permutes, differently for each seed", () => {
  const items = Array.from({ length: 100 }, (_, i) => i);
  const one = shuffle([...items], new RandomStream(1, 1));
  expect([...one].sort((a, b) => a - b)).toEqual(items);
  expect(one).not.toEqual(shuffle([...items], new RandomStream(2, 1)));
});
