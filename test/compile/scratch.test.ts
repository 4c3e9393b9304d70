import fc from "fast-check";
import { expect, test } from "vitest";
import { type Lifetime, Scratch } from "../../src/compile/scratch.js";

const overlap = (a: Lifetime, b: Lifetime) => a.from <= b.to && b.from <= a.to;

/** The last buffer whose tenants all live at other times, found by looking at each. */
function placeOneByOne(lifetimes: readonly Lifetime[]): number[] {
  const tenants: Lifetime[][] = [];
  return lifetimes.map((lifetime) => {
    const found = tenants.findLastIndex((others) => !others.some((other) => overlap(lifetime, other)));
    const buffer = found < 0 ? tenants.push([]) - 1 : found;
    tenants[buffer].push(lifetime);
    return buffer;
  });
}

const place = (lifetimes: readonly Lifetime[]) => {
  const scratch = new Scratch(lifetimes.length);
  return lifetimes.map((lifetime) => scratch.place(lifetime));
};

/** Largest first, those of one size by the launch that makes them. */
const inOrder = (lifetimes: Lifetime[]) => lifetimes.sort((a, b) => b.size - a.size || a.from - b.from);

test.each([
  [
    "follow each other",
    [
      { from: 0, to: 1, size: 8 },
      { from: 2, to: 3, size: 8 },
    ],
    [0, 0],
  ],
  [
    "meet at a launch, which may not write where it reads",
    [
      { from: 0, to: 1, size: 8 },
      { from: 1, to: 2, size: 8 },
    ],
    [0, 1],
  ],
  [
    "are of one launch",
    [
      { from: 1, to: 1, size: 8 },
      { from: 1, to: 1, size: 8 },
    ],
    [0, 1],
  ],
  [
    "fit between larger ones",
    [
      { from: 0, to: 1, size: 8 },
      { from: 4, to: 5, size: 8 },
      { from: 2, to: 3, size: 4 },
    ],
    [0, 0, 0],
  ],
  [
    "don't fit between larger ones",
    [
      { from: 0, to: 1, size: 8 },
      { from: 3, to: 4, size: 8 },
      { from: 2, to: 3, size: 4 },
    ],
    [0, 0, 1],
  ],
  [
    "come before the larger one",
    [
      { from: 4, to: 5, size: 8 },
      { from: 0, to: 3, size: 4 },
    ],
    [0, 0],
  ],
])("tensors that %s", (_, lifetimes, buffers) => {
  expect(place(lifetimes)).toEqual(buffers);
});

test("every tensor goes where a search through all buffers puts it", () => {
  const lifetime = fc
    .record({ from: fc.nat(40), length: fc.oneof(fc.nat(3), fc.nat(40)), size: fc.integer({ min: 1, max: 4 }) })
    .map(({ from, length, size }) => ({ from, to: from + length, size }));
  fc.assert(
    fc.property(fc.array(lifetime, { minLength: 1, maxLength: 60 }).map(inOrder), (lifetimes) => {
      expect(place(lifetimes)).toEqual(placeOneByOne(lifetimes));
    }),
    { numRuns: 500, seed: 11 },
  );
});
