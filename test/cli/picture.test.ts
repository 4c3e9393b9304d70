import { expect, test } from "vitest";
import { bar, sparkline } from "../../src/cli/text/picture.js";

test("a sparkline has the least at the bottom and the greatest at the top, and gaps", () => {
  expect(sparkline([8, 4, 2, 1])).toBe("█▄▂▁");
  expect(sparkline([1, 2, 3, 4, 5, 6, 7, 8])).toBe("▁▂▃▄▅▆▇█");
  expect(sparkline([1, Number.NaN, 0])).toBe("█ ▁");
  expect(sparkline([2, 2])).toBe("▁▁");
  expect(sparkline([])).toBe("");
  expect(sparkline([Number.NaN])).toBe(" ");
});

test("more numbers than columns are means of stretches", () => {
  expect(sparkline([9, 7, 1, 3, 5, 5], 3)).toBe("█▁▅");
  expect(sparkline(Array.from({ length: 1000 }, (_, i) => -i))).toHaveLength(48);
});

test("a bar is a share, to an eighth of a column", () => {
  expect(bar(1, 4)).toBe("████");
  expect(bar(0.5, 4)).toBe("██  ");
  expect(bar(0.53125, 4)).toBe("██▏ ");
  expect(bar(0, 3)).toBe("   ");
  expect(bar(-2, 3)).toBe("   ");
  expect(bar(7, 3)).toBe("███");
  expect(bar(Number.NaN, 3)).toBe("   ");
});
