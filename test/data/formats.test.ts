import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import { parquetWriteBuffer } from "hyparquet-writer";
import { imageDataset, readIdx, readTable, type Table } from "neuromotor/data";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ArgumentError, DataError } from "../../src/core/errors.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const count = (length: number) => Array.from({ length }, (_, i) => i);
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "neuromotor-formats-"));
});
afterAll(() => rm(folder, { recursive: true }));
const write = async (name: string, content: string | Uint8Array) => {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
};

const age = count(12).map((i) => (i === 3 ? null : 20 + i * 1.5));
const sex = count(12).map((i) => (i % 3 ? "m" : "f"));
const label = count(12).map((i) => i % 2);
const records = count(12).map((row) => ({ age: age[row], sex: sex[row], label: label[row] }));
const csv = `age,sex,label\n${records.map(({ age, sex, label }) => `${age ?? ""},${sex},${label}`).join("\n")}\n`;
/** Contents that every form of the same table must give. */
const contents = (table: Table) => [table.values("age"), table.values("sex"), table.values("label"), table.classNames];
const expected = [Float64Array.from(age, (value) => value ?? Number.NaN), sex, label.map(String), ["0", "1"]];

describe("readTable takes", () => {
  test.each<[string, () => Promise<Parameters<typeof readTable>[0]>]>([
    ["a path", () => write("a.csv", csv)],
    ["a path of gzip", () => write("a.csv.gz", gzipSync(csv))],
    ["a file: address", async () => pathToFileURL(await write("b.csv", csv))],
    ["a data: address", async () => `data:text/csv,${encodeURIComponent(csv)}`],
    ["bytes", async () => bytes(csv)],
    ["gzip bytes", async () => new Uint8Array(gzipSync(csv))],
    ["a Blob", async () => new Blob([csv])],
    ["a Response", async () => new Response(csv)],
    ["a stream", async () => new Blob([csv]).stream()],
    [
      "pieces that cut characters and lines",
      async () =>
        (async function* () {
          for (const byte of bytes(csv)) yield Uint8Array.of(byte);
        })(),
    ],
    ["rows of a program", async () => records],
    ["JSON", () => write("a.json", JSON.stringify(records, null, 1))],
    ["JSON of lists", async () => bytes(JSON.stringify([["age", "sex", "label"], ...records.map(Object.values)]))],
    ["JSON of columns", async () => bytes(JSON.stringify({ age, sex, label }))],
    ["JSON lines", () => write("a.jsonl", records.map((record) => JSON.stringify(record)).join("\n"))],
    ["tabs", async () => bytes(csv.replaceAll(",", "\t"))],
    [
      "Parquet",
      async () =>
        new Uint8Array(
          parquetWriteBuffer({
            columnData: [
              { name: "age", data: age, type: "DOUBLE" },
              { name: "sex", data: sex, type: "STRING" },
              { name: "label", data: label, type: "INT32" },
            ],
          }),
        ),
    ],
    [
      "Arrow",
      async () =>
        tableToIPC(tableFromArrays({ age: age.map((value) => value), sex, label: Int32Array.from(label) }), "file"),
    ],
    [
      "a stream of Arrow messages",
      async () =>
        tableToIPC(tableFromArrays({ age: age.map((value) => value), sex, label: Int32Array.from(label) }), "stream"),
    ],
  ])("%s", async (_, source) => {
    expect(contents(await readTable(await source(), { target: "label" }))).toEqual(expected);
  });

  test("JSON lines whose later lines have more columns", async () => {
    const lines = bytes('{"x":1,"y":0}\n{"x":2,"y":1,"z":"a"}\n\n{"x":3,"y":0,"z":"b"}\n{"x":4,"y":1,"z":"a"}\n');
    const table = await readTable(lines, { target: "y" });
    expect(table.columns.map(({ name, missing }) => [name, missing])).toEqual([
      ["x", 0],
      ["y", 0],
      ["z", 1],
    ]);
    expect(table.values("z")).toEqual([undefined, "a", "b", "a"]);
  });

  test.each<[string, Parameters<typeof readTable>[0], RegExp]>([
    [
      "JSON by columns and rows, pandas' own form",
      bytes('{"x":{"0":1},"y":{"0":2}}'),
      /list of objects.*orient="records"/,
    ],
    ["JSON columns of unlike length", bytes('{"a":[1],"b":[0,1]}'), /"a" has 1, "b" has 2/],
    ["lists of unlike length", bytes('[["a","b"],[1,2],[1]]'), /list 3 has 1 values, but the first has 2/],
    ["lists under one name twice", bytes('[["a","a"],[1,2]]'), /two columns are named "a"/],
    ["a file that isn't there", "/nowhere/x.csv", /x\.csv: there is no such file/],
    ["a folder", tmpdir(), /it is a folder/],
    ["text", "a,b\n1,2", /path or an address; for the text itself there is tableFromCsv/],
    ["nothing of use", 7 as never, /must be a path or address/],
    ["cut-off gzip", new Uint8Array(gzipSync(csv.repeat(50))).subarray(0, 60), /gzip file is damaged or cut off/],
    ["bad JSON", bytes('[{"a":1},'), /it isn't JSON/],
    ["a bad line", bytes('{"a":1}\n{"a":'), /line 2 isn't JSON/],
    ["a damaged Parquet file", bytes("PAR1xxxxxxxxxxxxxxxx"), /Parquet file can't be read/],
    ["a damaged Arrow file", bytes("ARROW1xxxxxxxxxxxxxxxxxxxx"), /Arrow file can't be read/],
    ["an IDX file", Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 1, 5), /IDX file.*imageDataset/],
  ])("%s is an error", async (_, source, message) => {
    const reading = readTable(source);
    await expect(reading).rejects.toThrow(message);
    await reading.catch((error) => expect(error instanceof DataError || error instanceof ArgumentError).toBe(true));
  });
});

describe("IDX", () => {
  const idx = (type: number, shape: number[], data: Uint8Array) =>
    Uint8Array.of(0, 0, type, shape.length, ...shape.flatMap((size) => [0, 0, size >> 8, size & 255]), ...data);
  const images = idx(8, [2, 2, 3], Uint8Array.from([0, 51, 102, 153, 204, 255, 255, 0, 0, 0, 0, 0]));

  test("images and labels", () => {
    const data = imageDataset(readIdx(images), readIdx(idx(8, [2], Uint8Array.of(1, 0))), { classNames: ["a", "b"] });
    expect([data.shape, [...data.labels], data.labelKind]).toEqual([[2, 3, 1], [1, 0], "classes"]);
    expect([...data.features.subarray(0, 3)].map((pixel) => pixel.toFixed(2))).toEqual(["0.00", "0.20", "0.40"]);
  });

  test("other numbers, big-endian", () => {
    expect([...readIdx(idx(13, [2], Uint8Array.of(0x3f, 0x80, 0, 0, 0xc0, 0x20, 0, 0))).values]).toEqual([1, -2.5]);
  });

  test.each<[string, () => unknown, RegExp]>([
    ["another file", () => readIdx(bytes("12345678")), /isn't an IDX file/],
    ["a file cut off", () => readIdx(images.subarray(0, -1)), /need 28 bytes, the file has 27/],
    [
      "too few labels",
      () => imageDataset(readIdx(images), readIdx(idx(8, [1], Uint8Array.of(1)))),
      /2 images, but labels are \[1\]/,
    ],
    [
      "labels as images",
      () => imageDataset(readIdx(idx(8, [1], Uint8Array.of(1))), readIdx(images)),
      /images must be bytes/,
    ],
  ])("%s is an error", (_, work, message) => {
    expect(work).toThrow(DataError);
    expect(work).toThrow(message);
  });
});

describe("files that are called JSON", () => {
  test("JSON: one row is a line of its own, lists without names are numbered", async () => {
    expect((await readTable(bytes('{"a":1,"b":"x"}'))).rows).toBe(1);
    const table = await readTable(bytes("[[1.5,2],[3,4]]"));
    expect(table.columns.map(({ name }) => name)).toEqual(["column 1", "column 2"]);
    expect(table.rows).toBe(2);
  });

  const read = (name: string, text: string) => readTable(new TextEncoder().encode(text), { name, target: "y" });
  test.each([
    ["rows.json", "[null, {}]", /rows\.json: the JSON must be a list of objects/],
    ["rows.json", "[1, 2, 3]", /rows\.json: the JSON must be a list of objects/],
    ["rows.json", "a,y\n1,2\n", /rows\.json: it isn't JSON/],
    ["rows.jsonl", "[1, 2]\n[3, 4]\n", /rows\.jsonl: line 1 must be an object/],
    ["rows.ndjson", '{"a":1,"y":0}\nnull\n', /rows\.ndjson: line 2 must be an object/],
  ])("%s with %j says what isn't", async (name, text, message) => {
    await expect(read(name, text)).rejects.toThrow(message);
  });

  test("rows whose names differ have gaps, in the order in which names first occur", async () => {
    const rows = [
      { a: 1, y: 0 },
      { b: 5, y: 1 },
      { y: 0, b: 6, a: 3 },
      { a: 4, b: 7, y: 1 },
    ];
    const lines = rows.map((row) => JSON.stringify(row)).join("\n");
    for (const [name, text] of [
      ["r.json", JSON.stringify(rows)],
      ["r.jsonl", lines],
    ] as const) {
      const { columns } = await read(name, text);
      expect(columns.map((column) => [column.name, column.missing])).toEqual([
        ["a", 1],
        ["y", 0],
        ["b", 1],
      ]);
    }
  });
});
