import { describe, expect, test } from "vitest";
import { readCsv, tableFromCsv } from "../../src/data/index.js";

/* Fields that a header or what isn't seen would shift or lose: names of rows, headers that come again, blanks, odd characters. */

const ROWS = 30;
const lines = (line: (row: number) => string) => Array.from({ length: ROWS }, (_, row) => line(row)).join("\n");
const names = ({ columns }: ReturnType<typeof tableFromCsv>) => columns.map(({ name }) => name);

describe("rows with one field more than the header", () => {
  test("begin with their names, as R writes them, where all are different, which is said", () => {
    for (const name of [(row: number) => `"car ${row}"`, (row: number) => `${row + 1}`]) {
      const table = tableFromCsv(`mpg cyl\n${lines((row) => `${name(row)} ${20 + row / 8} ${row % 3}`)}`, {
        target: "mpg",
      });
      expect([names(table), table.values("mpg")[1]]).toEqual([["", "mpg", "cyl"], 20.125]);
      expect(table.notes).toEqual([
        expect.stringMatching(/one field more than the header: the first, such as "(car 0|1)"/),
      ]);
    }
  });

  test.each([
    ["with a comma in one field", (row: number) => `New, York,${row},${row % 2}`],
    ["with quotes that a word processor made", (row: number) => `“a, ${row}”,${row},${row % 2}`],
    ["with decimal commas", (row: number) => `${row % 9},5,${row},${row % 2}`],
  ])("%s are at fault, not shifted", (_, row) => {
    expect(() => tableFromCsv(`x,z,y\n${lines(row)}`, { target: "y" })).toThrow(
      /line 2 has 4 fields, but the header has 3/,
    );
  });

  test("are told with a target that isn't there", () => {
    expect(() => tableFromCsv(`x,z\n${lines((row) => `${row},5,${row}`)}`, { target: "y" })).toThrow(
      /Note: the rows have one field more.*quote fields that hold a delimiter/,
    );
  });
});

describe("a header that comes again", () => {
  const body = lines((row) => `${row},${row % 7},${"pq"[row % 2]}`);

  test.each(["", "\ufeff"])("in files that were put together makes no row", (mark) => {
    const again = `${mark}x,z,y\n`;
    const table = tableFromCsv(`${again}1,2,p\n${again}${body}\n${again}${body}`, { target: "y" });
    expect([table.rows, table.classNames]).toEqual([2 * ROWS + 1, ["p", "q"]]);
    expect(table.notes).toEqual(["line 3 and 1 more repeat the names of the columns, and no row is made of it"]);
    expect(readCsv(`${again}${body}\n${again}${body}`, { target: "y" }).rows).toBe(2 * ROWS);
  });

  test("is a row where nothing tells that it is one", () => {
    const words = lines((row) => `${"ab"[row % 2]},${"cd"[row % 2]}`);
    expect(tableFromCsv(`${words}\n${words}`).rows).toBe(2 * ROWS);
  });
});

test("a first line of whole numbers is said to be taken for names, and the remedy works", () => {
  const text = lines((row) => `${2596 + row},${51 - row},${row % 7},${1 + (row % 3)}`);
  expect(() => tableFromCsv(text, { target: "column 4" })).toThrow(
    /taken for names.*If it is a row, give header: false/,
  );
  expect(tableFromCsv(text, { target: "column 4", header: false }).rows).toBe(ROWS);
  expect(tableFromCsv(text, { header: true }).notes).toEqual([]);
  expect(tableFromCsv(`country,2019,2020\n${lines((row) => `c${row},${row},1`)}`).notes).toEqual([]);
});

test("quotes may stand behind blanks", () => {
  const text = `name, city, y\n${lines((row) => `"n${row % 3}",  "Paris, ""FT"" ${row % 2}", ${row % 2}`)}`;
  const table = tableFromCsv(text, { target: "y" });
  expect([names(table), table.values("city")[1]]).toEqual([["name", "city", "y"], 'Paris, "FT" 1']);
  expect(() => tableFromCsv(text.replace('"n0"', ' "n0" x'), { target: "y" })).toThrow(
    /line 2: text follows a closing quote/,
  );
  expect(tableFromCsv(text.replaceAll(",", "\t").replaceAll("\t ", "\t"), { target: "y" }).rows).toBe(ROWS);
});

test("characters that show nothing aren't part of names and cells", () => {
  for (const unseen of ["\u200b", "\u00ad", "\u200e", "\u202a", "\u2060", "\ufeff", "\u00a0", "\u3000"]) {
    const text = `x${unseen},${unseen}y\n${lines((row) => `${unseen}${row * 3}${unseen},${"ab"[row % 2]}${row % 3 ? "" : unseen}`)}`;
    const table = tableFromCsv(text, { target: "y" });
    expect([names(table), table.classNames, table.values("x")[2]]).toEqual([["x", "y"], ["a", "b"], 6]);
  }
});

test("letters that were lost with a file's encoding are told with the names", () => {
  const bytes = Uint8Array.from([0xef, 0xee, 0xeb, 0x2c, 0x78, 10, ...new TextEncoder().encode("1,2\n3,4")]);
  expect(() => tableFromCsv(bytes, { target: "пол" })).toThrow(/Note: read as Latin-1.*save the file as UTF-8/);
});
