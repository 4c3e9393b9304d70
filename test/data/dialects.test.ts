import { describe, expect, test } from "vitest";
import { CsvReader } from "../../src/data/csv/reader.js";
import { readCsv, readTable, tableFromCsv } from "../../src/data/index.js";

/* Files with other quotes and delimiters, without a header, with comments alone: found where nothing else fits, or said. */

const lines = (line: (row: number) => string, rows = 30) =>
  Array.from({ length: rows }, (_, row) => line(row)).join("\n");

describe("apostrophes around fields", () => {
  const told = (text: string, options = {}) => {
    const table = tableFromCsv(text, { target: "y", ...options });
    return [table.rows, table.columns.map(({ name }) => name), table.values("x")[0]];
  };

  test("are quotes where records have one width with them only, or all rows have some", () => {
    expect(told(`x,z,y\n${lines((row) => `'a, ${row % 3}',${row},${row % 2}`)}`)).toEqual([
      30,
      ["x", "z", "y"],
      "a, 0",
    ]);
    expect(told(`x,z,y\n${lines((row) => `${row % 7 ? "b" : "'a, b'"},${row},${row % 2}`)}`)).toEqual([
      30,
      ["x", "z", "y"],
      "a, b",
    ]);
    expect(told(`'x','z','y'\n${lines((row) => `'${row}.5','${row}','${row % 2}'`)}`)).toEqual([
      30,
      ["x", "z", "y"],
      0.5,
    ]);
    expect(told(`x,z,y\n${lines((row) => `'it''s ${row % 2}',${row},${row % 2}`)}`)[2]).toBe("it's 0");
  });

  test("are letters in names, and where double quotes stand", () => {
    expect(told(`x,z,y\n${lines((row) => `${row % 2 ? "'t Hooft" : "O'Brien"},${row},${row % 2}`)}`)[2]).toBe(
      "O'Brien",
    );
    expect(told(`x,z,y\n${lines((row) => `${row % 2 ? "'99" : "'05"},${row},${row % 2}`)}`)[2]).toBe("'05");
    expect(told(`x,z,y\n${lines((row) => `"'a', 'b' ${row % 2}",${row},${row % 2}`)}`)[2]).toBe("'a', 'b' 0");
    expect(told(`x,z,y\n${lines((row) => `'a',${row},${row % 2}`)}`, { quote: '"', categorical: ["x"] })[2]).toBe(
      "'a'",
    );
  });

  test("are quotes where that is said", () => {
    expect(told(`x,z,y\n${lines((row) => `'a ""', ${row},${row % 2}`)}`, { quote: "'", categorical: ["x"] })[2]).toBe(
      'a ""',
    );
    expect(() => told("x,y\n1,2", { quote: "''" })).toThrow(/quote must be one character/);
  });
});

describe("delimiters that are said", () => {
  test.each([":", "~", "::", "||", " - ", "aab"])("%s", (delimiter) => {
    const record = (...fields: (string | number)[]) => fields.join(delimiter);
    const text = [
      record("x", "z", "y"),
      ...Array.from({ length: 30 }, (_, i) => record(i + 0.5, `"q${delimiter}${i % 3}"`, i % 2)),
    ];
    const table = tableFromCsv(text.join("\n"), { target: "y", delimiter });
    expect([table.rows, table.values("x")[1], table.values("z")[1]]).toEqual([30, 1.5, `q${delimiter}1`]);
  });

  test("come in any pieces", () => {
    const text = `x::z::y\n${lines((row) => `${row}::a:b:::${row % 2}`)}`;
    const all: string[][] = [];
    for (const size of [1, 2, 3, 7]) {
      const records: string[] = [];
      const reader = new CsvReader(
        { begin() {}, record: (cells) => void records.push([0, 1, 2].map((i) => cells.text(i)).join("|")) },
        { name: "pieces", delimiter: "::" },
      );
      for (let at = 0; at < text.length; at += size) reader.push(text.slice(at, at + size));
      reader.end();
      all.push(records);
    }
    expect(all[0][1]).toBe("1|a:b|:1");
    expect(all.slice(1)).toEqual(all.slice(1).map(() => all[0]));
  });

  test("are checked, and asked for where there is one column", () => {
    expect(() => tableFromCsv("a\n1", { delimiter: "" })).toThrow(/delimiter must be characters/);
    expect(() => tableFromCsv("x~y\n1~2", { target: "y" })).toThrow(/one column.*delimiter: "~"/);
    expect(tableFromCsv("1::a::5\n2::b::6").warnings).toEqual([
      expect.stringMatching(/read as one column.*delimiter: "::"/),
    ]);
  });
});

describe("headers", () => {
  const mushrooms = lines((row) => [["p", "e"][row % 2], ["x", "b"][row % 2], ["s", "y", "n"][row % 3]].join());

  test("are none where every field of the first line stands below it in its column", () => {
    const table = tableFromCsv(mushrooms, { target: "column 1" });
    expect([table.rows, table.notes[0]]).toEqual([30, expect.stringMatching(/there is no header/)]);
    expect(tableFromCsv(`class,cap,gill\n${mushrooms}`, { target: "class" }).rows).toBe(30);
  });

  test("are there or not as is said", async () => {
    expect(tableFromCsv(mushrooms, { target: "p", header: true }).rows).toBe(29);
    const text = lines((row) => `name ${row},${["a", "b"][row % 2]},${["c", "d"][row % 2]}`);
    const bytes = new TextEncoder().encode(text);
    expect((await readTable(bytes, { target: "column 2", header: false })).rows).toBe(30);
  });
});

test.each(["# one\n# two\n", "# one\n# two", "\ufeff# a,b\n# 1,2\n\n"])(
  "comments alone are said to be that",
  (text) => {
    expect(() => tableFromCsv(text)).toThrow(
      /all its lines begin with #, and are comments\. If they are rows.*remove the #/,
    );
  },
);

describe("options of a wrong kind", () => {
  test.each<[Record<string, unknown>, RegExp]>([
    [{ header: "false" }, /header must be true or false, got "false"/],
    [{ features: "age" }, /features must be a list, such as \["age", "sex"\], got "age"/],
    [{ missing: [-9999] }, /missing must be a list, such as \["-9999", "unknown"\], but its element 0 is -9999/],
    [{ missing: "unknown" }, /missing must be a list/],
    [{ decimal: "comma" }, /decimal must be "\." or ",", got "comma"/],
    [{ dates: { x: "dd/mm" } }, /dates must be columns with their orders.*got "x" with "dd\/mm"/],
    [{ dates: ["x"] }, /dates must be columns with their orders/],
    [{ target: 3 }, /target must be a text, got 3/],
    [{ delimiter: 9 }, /delimiter must be a text, got 9/],
    [{ task: "numbers" }, /task must be "auto" or "classification" or "regression", got "numbers"/],
  ])("%o", async (options, message) => {
    expect(() => tableFromCsv("x,y\n1,2\n3,4", { ...options })).toThrow(message);
    await expect(readTable([{ x: 1, y: 2 }], { ...options })).rejects.toThrow(message);
  });
});

test("readCsv takes other delimiters, too", () => {
  expect(readCsv(`x::y\n${lines((row) => `${row}::${row % 2}`)}`, { target: "y", delimiter: "::" }).rows).toBe(30);
});
