import { expect, test } from "vitest";
import { dataColumns } from "../../src/report/data-columns.js";

const columnOf = (cells: readonly (number | string)[], language: "en" | "es" = "en") => {
  const samples = cells.map((cell) => ({ cells: [cell] }));
  const { row } = dataColumns(samples as never, ["x"], language);
  return cells.map((_, place) => row(place)[0]);
};

test.each([
  ["all with as many decimals as the one that needs most", [4.9, 6, 5.25], ["4.90", "6.00", "5.25"]],
  ["no zeros that all end in", [4.900000095, 5.1, 6], ["4.9", "5.1", "6.0"]],
  ["about four digits of the largest", [0.123456, 12.3456], ["0.12", "12.35"]],
  ["whole numbers as they are, a gap empty", [7, "", 120], ["7", "", "120"]],
])("a column of numbers has %s", (_, cells, texts) => {
  expect(columnOf(cells)).toEqual(texts);
});

test("in Spanish decimals follow a comma", () => {
  expect(columnOf([0.2, 1.4], "es")).toEqual(["0,2", "1,4"]);
});
