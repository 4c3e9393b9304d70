import { describe, expect, test } from "vitest";
import { readCsv, readTable, tableFromCsv } from "../../src/data/index.js";
import { parseDate } from "../../src/data/table/dates.js";
import { parseNumber } from "../../src/data/table/number-format.js";

/*
 * Tables as Excel, SAP, SPSS, Stata, SAS and R write them where decimals follow a comma, minus stands behind, months have
 * names, or the header is shorter than the rows.
 */

const ROWS = 40;
const lines = (line: (row: number) => string) => Array.from({ length: ROWS }, (_, row) => line(row)).join("\n");
const POINT = { decimal: ".", thousands: "," } as const;
const COMMA = { decimal: ",", thousands: "." } as const;

describe("numbers", () => {
  test.each([
    ["($1,234.50)", POINT, -1234.5],
    ["$(1,234.50)", POINT, -1234.5],
    ["(12 %)", { ...POINT, unit: "%" }, -12],
    ["12 %", POINT, Number.NaN],
    ["1.234,50-", COMMA, -1234.5],
    ["−1.5", POINT, -1.5],
    ["1,5E+03", COMMA, 1500],
    ["2,5e−2 €", COMMA, 0.025],
    ["1,23,456.00", POINT, 123_456],
    ["12,34,56,789", POINT, 123_456_789],
    // Neither: a sign twice, groups of two at the end, a telephone's number, an open class.
    ["(-12)", POINT, Number.NaN],
    ["-12-", POINT, Number.NaN],
    ["1,23,45", POINT, Number.NaN],
    ["(030) 1234", POINT, Number.NaN],
    ["36+", POINT, Number.NaN],
    ["1E", POINT, Number.NaN],
  ])("%s", (text, format, value) => {
    expect(parseNumber(text, format)).toEqual(value);
  });

  test("of which all begin with a decimal comma, as SPSS writes them", () => {
    const table = tableFromCsv(`sex;score\n${lines((row) => `${row % 2};${row % 5 ? `,${10 + row}` : "-,5"}`)}`, {
      target: "score",
    });
    expect([...table.values("score")].slice(0, 3)).toEqual([-0.5, 0.11, 0.12]);
  });

  test("of which one has a comma without more are told by line, with a remedy that works there", () => {
    const text = (stray: string) => `x;y\n${lines((row) => `${row === 6 ? stray : row * 3};${row % 2}`)}`;
    expect(() => tableFromCsv(text(",7"), { target: "y" })).toThrow(
      /line 8, column "x" must be a decimal number, got the text ",7"\. Correct it, or leave the cell empty\.$/,
    );
    expect(tableFromCsv(text(""), { target: "y" }).columns[0].missing).toBe(1);
  });
});

test.each([
  ["31-Jan-2024", "dmy", "2024-01-31T00:00"],
  ["31JAN2024", "dmy", "2024-01-31T00:00"],
  ["1 September 2024 08:30", "dmy", "2024-09-01T08:30"],
  ["May 2, 2024 1:05 PM", "mdy", "2024-05-02T13:05"],
])("the date %s", (text, order, time) => {
  expect(new Date(parseDate(text, order as "dmy")).toISOString()).toContain(time);
  expect(parseDate(text, "ymd")).toBeNaN();
  expect(parseDate(text.replace(/[A-Z][A-Za-z]+(?=[-, 2])/, "Foo"), order as "dmy")).toBeNaN();
});

describe("files", () => {
  test("of R's write.table: blanks between, rows named, the header one shorter", async () => {
    const text = `"mpg" "cyl" "ok"\n${lines((row) => `"car ${row}" ${20 + row / 8} ${4 + (row % 3)} "${row % 2}"`)}`;
    const table = await readTable(new TextEncoder().encode(text), { target: "ok" });
    expect(table.columns.map(({ name, role }) => [name, role])).toEqual([
      ["", "left out"],
      ["mpg", "feature"],
      ["cyl", "feature"],
      ["ok", "target"],
    ]);
  });

  test("without a header, known by a text that stands below as well, but not where only numbers do", () => {
    const adult = lines((row) => `${20 + row}, ${row % 7 ? "Private" : "?"}, ${row % 2 ? "<=50K" : ">50K"}`);
    expect(tableFromCsv(adult, { target: "column 3" }).rows).toBe(ROWS);
    const years = tableFromCsv(`country,2019,2020\n${lines((row) => `c${row},2019,${row}`)}`);
    expect(years.columns.map(({ name }) => name)).toEqual(["country", "2019", "2020"]);
  });

  test("with gaps as Stata and SAS mark them", () => {
    const table = tableFromCsv(`x,y\n${lines((row) => `${[".", ".a", ".z", "._"][row] ?? row * 3},${row % 2}`)}`, {
      target: "y",
    });
    expect(table.columns[0]).toMatchObject({ kind: "number", missing: 4 });
  });

  test("that are none: a web page, a title above the names, Python's NaN in JSON", async () => {
    const read = (text: string) => readTable(new TextEncoder().encode(text), { target: "y" });
    await expect(read("<!DOCTYPE html>\n<html>")).rejects.toThrow(/it is a web page, not a table/);
    await expect(read(`Report\nx,z,y\n${lines((row) => `${row},2,1`)}`)).rejects.toThrow(
      /line 2 has 3 fields, but the header has 1\. If that is a title, remove the lines above the names/,
    );
    await expect(read('[{"x": NaN, "y": 1}]')).rejects.toThrow(/Write null for NaN and Infinity/);
  });
});

describe("a class called None", () => {
  const text = `x,y\n${lines((row) => `${row},${["None", "Mild", "Severe"][row % 3]}`)}`;
  const classNames = ["None", "Mild", "Severe"];

  test("is a gap, which is said, unless the classes are given", () => {
    const gaps = tableFromCsv(text, { target: "y" });
    expect(gaps.rows).toBe(26);
    expect(gaps.notes).toEqual([
      '14 rows without a target or weight left out: "None" is taken for a gap, unless classNames lists all classes',
    ]);
    const told = tableFromCsv(text, { target: "y", classNames });
    expect([told.rows, told.classNames, told.notes]).toEqual([ROWS, classNames, []]);
    expect(readCsv(text, { target: "y", classNames }).labels.slice(0, 3)).toEqual(Uint32Array.of(0, 1, 2));
  });

  test("a column that is at fault isn't told twice", () => {
    const bad = `x,y\n${lines((row) => `${row === 4 ? "Inf" : row},${row % 2}`)}`;
    expect(() => tableFromCsv(bad, { target: "y" })).toThrow(/^CSV: column "x" holds 39 numbers.*\.$/);
  });
});
