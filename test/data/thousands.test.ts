import { describe, expect, test } from "vitest";
import { tableFromCsv, tableFromRecords } from "../../src/data/index.js";
import { recordRows } from "../../src/data/preprocessing/raw-rows.js";

/* Points that part thousands, of which a column may have no other sign: 2.851 is 2851 where the comma is decimal. */

const ROWS = 40;
const file = (header: string, line: (row: number) => string) =>
  `${header}\n${Array.from({ length: ROWS }, (_, row) => line(row)).join("\n")}\n`;
const sales = (row: number) => ["942", "1.621", "2.003", "1", "12.000", "3.000"][row % 6];
const NUMBERS = [942, 1621, 2003, 1, 12000, 3000];
const firstOf = (table: ReturnType<typeof tableFromCsv>, name: string) =>
  Array.from(table.values(name) as Float64Array).slice(0, 6);

const told = ({ warnings }: ReturnType<typeof tableFromCsv>) => warnings.filter((each) => each.includes("decimals"));

describe("a column of points before three digits", () => {
  const text = file("sales;y", (row) => `${sales(row)};${row % 2}`);

  test("is thousands where the comma is said to be decimal, as a feature, a target and by name", () => {
    const feature = tableFromCsv(text, { target: "y", decimal: "," });
    expect(firstOf(feature, "sales")).toEqual(NUMBERS);
    expect([feature.columns[0].reason, told(feature)]).toEqual(['thousands such as "1.621"', []]);
    expect(firstOf(tableFromCsv(text, { target: "sales", decimal: "," }), "sales")).toEqual(NUMBERS);
    expect(firstOf(tableFromCsv(text, { target: "y", numeric: ["sales"], decimal: "," }), "sales")).toEqual(NUMBERS);
  });

  test("is thousands where another column has decimal commas and none has points", () => {
    const table = (price: (row: number) => string) =>
      tableFromCsv(
        file("sales;price;y", (row) => `${sales(row)};${price(row)};${row % 2}`),
        { target: "y" },
      );
    const commas = table((row) => `${row},5`);
    expect(firstOf(commas, "sales")).toEqual(NUMBERS);
    expect([commas.columns[0].reason, told(commas)]).toEqual([
      'thousands such as "1.621": other columns have decimal commas',
      [],
    ]);
    // One comma among whole numbers is a hint, and points elsewhere say the contrary.
    for (const price of [(row: number) => (row === 3 ? "1,5" : `${row}`), (row: number) => `${row}.25`])
      expect(firstOf(table(price), "sales")[1]).toBe(1.621);
  });

  test("is decimals where the point is said to be, without a warning; else a warning says what to give", () => {
    const point = tableFromCsv(text, { target: "y", decimal: "." });
    expect([firstOf(point, "sales")[1], told(point)]).toEqual([1.621, []]);
    const unsure = tableFromCsv(text, { target: "y" });
    expect(unsure.columns[0].reason).toBe('1 to 942; decimals such as "1.621", if not thousands');
    expect(told(unsure)).toEqual([
      'Numbers such as 1.621 in "sales" are read as decimals. If points part thousands there, give decimal: ",".',
    ]);
    // Commas that delimit are no decimal ones.
    expect(told(tableFromCsv(text.replaceAll(";", ","), { target: "y" }))).toEqual([]);
    expect(told(tableFromCsv(file("x;y", (row) => `${row === 9 ? 1.5 : sales(row)};${row % 2}`)))).toEqual([]);
  });

  test("has thousands that end in zeros beside decimal commas", () => {
    const both = file("x;y", (row) => `${["1.234,5", "2.000", "1,5", "7", "12.000", "1.000.000"][row % 6]};${row % 2}`);
    expect(firstOf(tableFromCsv(both, { target: "y" }), "x")).toEqual([1234.5, 2000, 1.5, 7, 12000, 1_000_000]);
  });

  test("is numbers as they are in a program, texts as in a file", () => {
    const records = Array.from({ length: ROWS }, (_, row) => ({ typed: 1.5 + row, text: sales(row), y: row % 2 }));
    const table = tableFromRecords(records, { target: "y", decimal: "," });
    expect([firstOf(table, "typed")[1], firstOf(table, "text")[1]]).toEqual([2.5, 1621]);
  });
});

test("whole numbers of a file with decimal commas are read as thousands in other rows, and may be classes", () => {
  const table = tableFromCsv(
    file("guests;price;weight;y", (row) => `${(row * 7) % 40};${row},5;${row} kg;${row % 2}`),
    { target: "y" },
  );
  expect([table.task, table.columns[0].reason]).toEqual(["classification", "0 to 39"]);
  const { preprocessing } = table.split({ scale: "none" });
  const rows = [{ guests: "1.100", price: "2.000", weight: "1.500 kg" }];
  expect([...preprocessing.apply(recordRows(preprocessing, rows), [0]).features.values]).toEqual([1100, 2000, 1500]);
});

test("numbers with decimal points beside decimal commas are read as they are", () => {
  const text = file("x;z;y", (row) => `$1,${100 + row}.50;${row}.25;${row % 2}`);
  const table = tableFromCsv(text, { target: "y", decimal: "," });
  expect([firstOf(table, "x")[1], firstOf(table, "z")[1]]).toEqual([1101.5, 1.25]);
});

test("commas before three digits are what other columns show", () => {
  const table = tableFromCsv(
    file("x;z;y", (row) => `1,${100 + row};${row}.25;${row % 2}`),
    { target: "y" },
  );
  expect(firstOf(table, "x")[1]).toBe(1101);
});
