import { describe, expect, test } from "vitest";
import { tableFromCsv } from "../../src/data/index.js";

/* Lines that are no rows, and values that are no measurements: told, with a remedy that works. */

const ROWS = 60;
const lines = (line: (row: number) => string, rows = ROWS) =>
  Array.from({ length: rows }, (_, row) => line(row)).join("\n");
const sales = lines((row) => `${"NSEW"[row % 4]},${row * 2},${row * 3.5},${row % 2 ? "a" : "b"}`);
const HEADER = "region,units,sales,y\n";

describe("a line of texts above or below numbers", () => {
  test.each([
    ["units", `${HEADER},t,EUR,\n${sales}`, "2", '"t", "EUR"', ROWS],
    ["a second line of names", `${HEADER}name,count,sum,kind\n${sales}`, "2", '"count", "sum"', ROWS],
    [
      "a note, of few rows as well",
      `${HEADER}${lines((row) => `N,${row},${row / 2},${"ab"[row % 2]}`, 6)}\nsee,page,seven,a`,
      "8",
      '"page", "seven"',
      6,
    ],
  ])("%s is told once, not for each column", (_, text, line, texts, rows) => {
    expect(() => tableFromCsv(text, { target: "y" })).toThrow(
      `CSV: line ${line} has ${texts} where other rows have numbers or dates. If it is no row (units, names, a note), remove it.`,
    );
    const mended = text.split("\n").filter((_, i) => i !== Number(line) - 1);
    expect(tableFromCsv(mended.join("\n"), { target: "y" }).rows).toBe(rows);
  });

  test("is told with the other faults, and not where its columns aren't read as numbers", () => {
    const text = `${HEADER.replace("y", "y,d")}${lines((row) => `N,${row === 8 ? "x" : row},${row === 8 ? "z" : row},a,${row === 9 ? "Inf" : row}`)}`;
    expect(() => tableFromCsv(text, { target: "region" })).toThrow(
      /\n- line 10 has "x", "z".*\n- .*region.*\n- column "d" holds/s,
    );
    const read = { ignore: ["units", "d"], categorical: ["sales"], target: "y", classNames: ["a", "b"] };
    expect(tableFromCsv(text, read).columns[2].kind).toBe("category");
  });
});

describe("a last row", () => {
  const warnings = (last: string, options = {}) =>
    tableFromCsv(`${HEADER}${sales}\n${last}`, { target: "sales", ...options }).warnings;

  test.each([
    ["sums", "Total,3540,6195,"],
    ["sums", ",3540,6195,"],
    ["means", "Mean,59,103.25,"],
  ])("of %s is said", (what, last) => {
    expect(warnings(last)).toContain(
      `The last of the 61 rows, in line 62, has the ${what} of those above it in "units", "sales". If it is no row, remove it.`,
    );
  });

  test("that is one isn't", () => {
    for (const last of ["N,3540,7,a", "N,59,7,a", "N,7,7,a"]) expect(warnings(last).join()).not.toMatch(/The last/);
    const equal = `a,b,x,y\n${lines((row) => `5,7,${row % 7},${row % 3}`)}`;
    expect(tableFromCsv(equal, { target: "y" }).warnings).toEqual([]);
  });

  test("of sums in a file's only column of numbers is said", () => {
    const { warnings: said } = tableFromCsv(`city,sales\n${lines((row) => `c${row % 5},${row / 2}`)}\nAll,885`, {
      target: "sales",
    });
    expect(said[0]).toMatch(/has the sums of those above it in "sales"/);
  });
});

describe("marks for what isn't known", () => {
  const read = (cell: (row: number) => string, options = {}) =>
    tableFromCsv(`x,y\n${lines((row) => `${(row * 7) % 23},${cell(row)}`)}`, { target: "y", ...options });

  test.each([
    ["-999", (row: number) => (row % 10 ? `${row * 2.5}` : "-999")],
    ["9999", (row: number) => (row % 10 ? `${row * 2.5}` : "9999")],
    ["1000000", (row: number) => (row % 10 ? `${row * 2.5}` : "1000000")],
  ])("%s among numbers to predict is said, and the remedy works", (mark, cell) => {
    expect(read(cell).warnings).toEqual([
      expect.stringContaining(
        `"y" has ${mark} in 6 of its rows. If they mark what is unknown, say so: missing: ["${mark}"]`,
      ),
    ]);
    const mended = read(cell, { missing: [mark] });
    expect([mended.rows, mended.warnings]).toEqual([54, []]);
  });

  test("are no numbers that others come near, or that stand once", () => {
    for (const cell of [(row: number) => `${row % 10 ? row * 10 : 999}`, (row: number) => `${row ? row / 2 : -99}`])
      expect(read(cell).warnings).toEqual([]);
  });

  test.each(["9999-12-31", "1900-01-01"])("the date %s is said, and the remedy works", (mark) => {
    const text = `d,y\n${lines((row) => `${row % 9 ? `2024-02-${10 + (row % 18)}` : mark},${row * 1.5}`)}`;
    const table = tableFromCsv(text, { target: "y" });
    expect(table.warnings).toEqual([
      expect.stringContaining(`Dates lie far from all others of their column: "d" has ${mark} in 7`),
    ]);
    expect(tableFromCsv(text, { target: "y", missing: [mark] }).warnings).toEqual([]);
  });

  test.each([
    "#SPILL!",
    "#BEZUG!",
    "#¡VALOR!",
    "#¿NOMBRE?",
    "#NV",
    "#N/D",
    "#GETTING_DATA",
    "---",
    ":---:",
    "----------",
  ])("%s of spreadsheets and pages is a gap", (mark) => {
    const table = tableFromCsv(
      `x,c,y\n${lines((row) => `${row % 6 ? row : mark},${row % 5 ? "uv"[row % 2] : mark},${row % 2}`)}`,
      { target: "y" },
    );
    expect(table.columns.map(({ kind, missing }) => [kind, missing])).toEqual([
      ["number", 10],
      ["category", 12],
      ["category", 0],
    ]);
  });

  test("are no hashtags, names with dashes, and words that end in a sign", () => {
    const table = tableFromCsv(`c,y\n${lines((row) => `${["#wow!", "-a-", "#1", "NV", "ok?"][row % 5]},${row % 2}`)}`, {
      target: "y",
    });
    expect(table.columns[0]).toMatchObject({ missing: 0, different: 5 });
  });
});

describe("classes", () => {
  const warnings = (...names: string[]) =>
    tableFromCsv(`x,y\n${lines((row) => `${row},${names[row % names.length]}`)}`, { target: "y" }).warnings;

  test("that are written in two ways are said", () => {
    for (const [one, other] of [
      ["caf\u00e9", "cafe\u0301"],
      ["<=50K", "<=50K."],
      ["New York", "New-York"],
      ["new_york", "New York"],
    ])
      expect(warnings(one, other, "else")).toEqual([expect.stringMatching(/may be one that is written in two ways/)]);
    expect(warnings("<=50K", ">50K", "-1", "1")).toEqual([]);
  });

  test("of a single row are said", () => {
    const text = `y,x\n${lines((row) => `${"pq"[row % 2]},${row / 2}`)}\n"Source: me",\n`;
    expect(tableFromCsv(text, { target: "y" }).warnings).toContain(
      `A class of a single row can't be learned and tested: "Source: me".`,
    );
    expect(tableFromCsv("y,x\na,1\nb,2\nc,3", { target: "y" }).warnings).toEqual([]);
  });
});

describe("a column to predict", () => {
  const read = (cell: (row: number) => string) =>
    tableFromCsv(`x,z,y\n${lines((row) => `${(row * 7) % 23},${row % 3},${cell(row)}`)}`, { target: "y" });

  test("that counts the rows is said", () => {
    expect(read((row) => `${row + 1}`).warnings).toEqual([
      expect.stringMatching(/"y", counts the rows.*name another one/),
    ]);
    expect(read((row) => `${row * 2}`).warnings).toEqual([]);
  });

  test("of one word and empty cells says what they may mean, and the remedy works", () => {
    expect(() => read((row) => (row % 3 ? "X" : ""))).toThrow(
      /single class, "X", in every row that has one: .*or write a word where an empty cell means another class\.$/,
    );
    expect(read((row) => (row % 3 ? "X" : "no")).classNames).toEqual(["X", "no"]);
  });
});
