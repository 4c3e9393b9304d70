import { wilsonInterval } from "neuromotor";
import { expect, test } from "vitest";

test("Wilson's interval solves its equation, and stays within 0 and 1", () => {
  const z = 1.959964;
  for (const [hits, rows] of [
    [0, 10],
    [1, 1],
    [83, 100],
    [347, 359],
    [5000, 10_000],
  ]) {
    const { low, high } = wilsonInterval(hits, rows);
    for (const end of [low, high]) {
      // The interval's ends are the shares p from which hits / rows lies z standard errors away: (hits / rows - p)² = z² p (1 - p) / rows.
      expect((hits / rows - end) ** 2).toBeCloseTo((z ** 2 * end * (1 - end)) / rows, 12);
    }
    expect(low).toBeGreaterThanOrEqual(0);
    expect(high).toBeLessThanOrEqual(1);
    expect(low).toBeLessThan(high);
  }
  expect(wilsonInterval(81, 263)).toEqual({ low: expect.closeTo(0.2553, 4), high: expect.closeTo(0.3662, 4) }); // Newcombe, 1998
  expect(() => wilsonInterval(3, 2)).toThrow(/3 correct of 2 rows/);
});
