import { describe, expect, test } from "vitest";
import { readTable } from "../../src/data/index.js";

/* Files of other kinds than tables of text: refused by their name with a way out, or read where they hold one table. */

const bytes = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));
const filled = (text: string) => bytes(text.padEnd(400, "\0"));
const read = (source: Uint8Array) => readTable(source, { target: "y" });
const json = (value: unknown) => new TextEncoder().encode(typeof value === "string" ? value : JSON.stringify(value));
const rows = Array.from({ length: 30 }, (_, row) => ({ x: row / 2, y: "ab"[row % 2] }));

/** A zip archive of files that are stored as they are. */
function packed(files: Readonly<Record<string, string>>): Uint8Array {
  const [parts, directory]: Uint8Array[][] = [[], []];
  const headed = (signature: number, length: number, fields: readonly (readonly [at: number, value: number])[]) => {
    const view = new DataView(new ArrayBuffer(length));
    view.setUint32(0, signature, true);
    for (const [at, value] of fields) view.setUint16(at, value, true);
    return new Uint8Array(view.buffer);
  };
  const sizeOf = (list: readonly Uint8Array[]) => list.reduce((sum, { length }) => sum + length, 0);
  for (const [name, text] of Object.entries(files)) {
    const [entry, content] = [bytes(name), bytes(text)];
    const sizes = (at: number) =>
      [
        [at, content.length],
        [at + 4, content.length],
        [at + 8, entry.length],
      ] as const;
    directory.push(headed(0x02014b50, 46, [...sizes(20), [42, sizeOf(parts)]]), entry);
    parts.push(headed(0x04034b50, 30, sizes(18)), entry, content);
  }
  const { length } = Object.keys(files);
  const end = headed(0x06054b50, 22, [
    [8, length],
    [10, length],
    [12, sizeOf(directory)],
    [16, sizeOf(parts)],
  ]);
  return Uint8Array.from([...parts, ...directory, end].flatMap((part) => [...part]));
}

describe("a file of a format that isn't read is refused by name", () => {
  test.each<[string, string, RegExp]>([
    ["SPSS", "$FL2@(#) SPSS DATA FILE", /it is an SPSS file\. In Python: pandas\.read_spss/],
    ["Stata", "<stata_dta><header>", /a Stata file.*read_stata/],
    ["SAS", `${"\0".repeat(12)}\xc2\xea\x81\x60`, /a SAS file.*read_sas/],
    ["R", "X\n\0\0\0\x03", /an R object\. In R: write\.csv\(readRDS/],
    ["R's save", "RDX3\nX\n\0\0", /a file of R objects/],
    ["Python", "\x80\x05\x95", /a Python pickle/],
    ["HDF5", "\x89HDF\r\n", /an HDF5 file/],
    ["MATLAB", "MATLAB 5.0 MAT-file", /a MATLAB file/],
    ["SQLite", "SQLite format 3\0", /a SQLite database.*select \* from NAME/],
    ["old Excel", "\xd0\xcf\x11\xe0\xa1\xb1", /Excel workbook of before 2007\. Save the sheet as CSV/],
    ["PDF", "%PDF-1.7", /it is a PDF/],
    ["XML", '<?xml version="1.0"?>', /an XML file/],
    ["xz", "\xfd7zXZ\0", /packed by xz\. Unpack it first: xz -d/],
    ["bzip2", "BZh91AY&SY", /packed by bzip2/],
    ["Zstandard", "\x28\xb5\x2f\xfd", /packed by Zstandard/],
    ["7z", "7z\xbc\xaf\x27\x1c", /a 7z archive/],
    ["RAR", "Rar!\x1a\x07", /a RAR archive/],
    ["tar", `${"name".padEnd(257, "\0")}ustar`, /a tar archive.*tar xf/],
    ["PNG", "\x89PNG\r\n", /it is an image\. Images are read from a folder that has a folder of them for each class/],
    ["Git LFS", "version https://git-lfs.github.com/spec/v1\noid sha256:1", /git lfs pull/],
    ["Weka", "% iris\n\n@RELATION iris\n@ATTRIBUTE a NUMERIC\n", /an ARFF file\. Put the names/],
  ])("%s", async (_, begins, message) => {
    await expect(read(filled(begins))).rejects.toThrow(message);
  });

  test("and no table that begins alike is", async () => {
    for (const name of ["PDF", "X", "version", "ORC", "GIF", "RD", "BZh"]) {
      const text = `${name},y\n${rows.map(({ x, y }) => `${x},${y}`).join("\n")}`;
      expect((await read(json(text))).columns[0].name).toBe(name);
    }
  });
});

describe("an archive", () => {
  const table = `x,y\n${rows.map(({ x, y }) => `${x},${y}`).join("\n")}`;

  test("with one table is read, whatever systems put beside it", async () => {
    const files = {
      "a/": "",
      "a/data.csv": table,
      "__MACOSX/a/._data.csv": "\0\x05",
      "a/.DS_Store": "x",
      "Thumbs.db": "x",
    };
    expect((await read(packed(files))).rows).toBe(30);
    const two = packed({ "a/": "", "a/train.csv": table, "a/test.csv": table });
    await expect(read(two)).rejects.toThrow(/holds 2 files; unpack it and take one: a\/train\.csv, a\/test\.csv\./);
  });

  test.each([
    ["[Content_Types].xml", /it is an Excel workbook\. Save the sheet as CSV/],
    ["content.xml", /it is an OpenDocument file\. Save the sheet as CSV/],
    ["Index/Document.iwa", /it is a Numbers document/],
  ])("with %s is refused by name", async (entry, message) => {
    await expect(read(packed({ mimetype: "x", [entry]: "x" }))).rejects.toThrow(message);
  });
});

describe("JSON", () => {
  test.each<[string, unknown, string[]]>([
    ["of a service that answers", { count: 30, next: null, results: rows }, ['the rows are those of its "results"']],
    ["with that list alone", { data: rows }, ['the rows are those of its "data"']],
    [
      'of pandas, orient="table"',
      { schema: { fields: [{ name: "x" }] }, data: rows },
      ['the rows are those of its "data"'],
    ],
    ['of pandas, orient="split"', { columns: ["x", "y"], index: [0, 1], data: rows.map(({ x, y }) => [x, y]) }, []],
    [
      "of as many columns as rows",
      {
        columns: ["x", "y"],
        index: [0, 1],
        data: [
          [1, "a"],
          [2, "b"],
        ],
      },
      [],
    ],
  ])("%s is read", async (_, value, notes) => {
    const table = await read(json(value));
    expect([table.columns.map(({ name }) => name), table.notes]).toEqual([["x", "y"], notes]);
  });

  test("that is no table is refused with the way out", async () => {
    await expect(read(json({ train: rows, test: rows }))).rejects.toThrow(
      /several lists of objects: "train", "test"\. Save one/,
    );
    for (const text of ["null", "3", '{"a":{"b":1}}']) {
      const named = Object.assign(new Blob([text]), { name: "a.json" });
      await expect(readTable(named)).rejects.toThrow(/must be a list of objects/);
    }
    await expect(read(json([{}]))).rejects.toThrow(/its rows have no columns\. Give values/);
    for (const between of ["\n", ",\n"]) {
      const text = rows.map((row) => JSON.stringify(row, undefined, 1)).join(between);
      await expect(read(json(text))).rejects.toThrow(/Objects one after the other need \[ before the first/);
      expect((await read(json(`[${text.replaceAll(/\}\s*,?\s*\{/g, "},{")}]`))).rows).toBe(30);
    }
  });
});
