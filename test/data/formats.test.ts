import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { deflateRawSync, gzipSync } from "node:zlib";
import {
  Table as ArrowTable,
  Bool,
  Decimal,
  Dictionary,
  Field,
  Float64,
  Int32,
  Int64,
  List,
  makeData,
  makeVector,
  RecordBatch,
  Schema,
  Struct,
  TimestampMillisecond,
  tableFromArrays,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from "apache-arrow";
import { parquetWriteBuffer } from "hyparquet-writer";
import { imageDataset, readIdx, readNpy, readNpz, readTable, type Table } from "neuromotor/data";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ArgumentError, DataError } from "../../src/core/errors.js";
import { readZip } from "../../src/data/formats/zip.js";
import { recordRows } from "../../src/data/preprocessing/raw-rows.js";

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
    ["JSON in parts", bytes('{"columns":["a"],"index":[0,1],"data":[[1],[2]]}'), /"columns" has 1, "index" has 2/],
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

const nested = { place: { lat: 1.5, big: 3n }, tags: ["a"] };
const flat = count(6).map((i) => ({ x: i * i, y: i % 2 ? "a" : "b" }));
describe("lists and objects aren't cells", () => {
  const rows = flat.map((row, i) => ({ ...row, ...(i === 2 ? { ...nested, place: { lat: 1 } } : { tags: null }) }));
  test.each<[string, () => Promise<Parameters<typeof readTable>[0]>]>([
    ["in JSON", async () => bytes(JSON.stringify(rows))],
    ["in JSON lines", async () => bytes(rows.map((row) => JSON.stringify(row)).join("\n"))],
    ["in rows of a program", async () => flat.map((row) => ({ ...row, ...nested }))],
    [
      "in Parquet",
      async () =>
        new Uint8Array(
          parquetWriteBuffer({
            columnData: [
              { name: "x", data: flat.map(({ x }) => x), type: "INT32" },
              { name: "y", data: flat.map(({ y }) => y), type: "STRING" },
              { name: "place", data: flat.map(() => ({ lat: 1 })), type: "JSON" },
              { name: "tags", data: flat.map(() => ["a"]), type: "JSON" },
            ],
          }),
        ),
    ],
    [
      "in Arrow",
      async () =>
        tableToIPC(
          new ArrowTable({
            x: vectorFromArray(flat.map(({ x }) => x)),
            y: vectorFromArray(flat.map(({ y }) => y)),
            place: vectorFromArray(
              flat.map(() => ({ lat: 1 })),
              new Struct([new Field("lat", new Float64())]),
            ),
            tags: vectorFromArray(
              flat.map(() => ["a"]),
              new List(new Field("item", new Utf8())),
            ),
          }),
        ),
    ],
  ])("%s: refused, and read without their columns", async (_, source) => {
    const reading = readTable(await source(), { target: "y" });
    await expect(reading).rejects.toThrow(/"place" holds lists or objects such as .*name the column in ignore/);
    await expect(reading).rejects.toThrow(/"tags" holds/);
    const table = await readTable(await source(), { target: "y", ignore: ["place", "tags"] });
    expect(table.values("x")).toEqual(Float64Array.from(flat, ({ x }) => x));
  });

  test.each<[string, Parameters<typeof readTable>[1]]>([
    ["the target", { target: "tags", ignore: ["place"] }],
    ["a category", { target: "y", ignore: ["place"], categorical: ["tags"] }],
    ["a number", { target: "y", ignore: ["place"], numeric: ["tags"] }],
    ["a weight", { target: "y", ignore: ["place"], weights: "tags" }],
    ["a group", { target: "y", ignore: ["place"], groups: "tags" }],
  ])("not as %s either", async (_, options) => {
    const source = flat.map((row) => ({ ...row, ...nested }));
    await expect(readTable(source, options)).rejects.toThrow(/"tags" holds lists or objects such as "\[/);
  });

  test("in rows to predict for", async () => {
    const kinds = count(40).map((i) => ({ x: i % 7, kind: i % 3 ? "p" : "q", y: i % 2 ? "a" : "b" }));
    const { preprocessing } = (await readTable(kinds, { target: "y" })).split({ test: 0.2 });
    expect(() => recordRows(preprocessing, [{ x: 1, kind: ["p"] }])).toThrow(/column "kind".*is a list or an object/);
    expect(() => recordRows(preprocessing, [{ x: { a: 1 }, kind: "p" }])).toThrow(
      /column "x" must be a decimal number/,
    );
  });
});

/** Of each type, values that are missing in every fourth row. */
const typed = <T>(value: (row: number) => T) => count(24).map((row) => (row % 4 === 1 ? null : value(row)));
const moments = typed((row) => new Date(Date.UTC(2024, 0, 1, row)));
const mixed = {
  truth: typed((row) => row % 3 === 0),
  small: typed((row) => row * 3),
  long: typed((row) => BigInt(row * 5)),
  huge: typed((row) => 2n ** 53n + 1n + 2n * BigInt(row)),
  real: typed((row) => row / 3),
  word: typed((row) => ["a", "b"][row % 2]),
  time: moments,
};
const read = {
  truth: Float64Array.from(mixed.truth, (value) => (value === null ? Number.NaN : Number(value))),
  small: Float64Array.from(mixed.small, (value) => value ?? Number.NaN),
  long: Float64Array.from(mixed.long, (value) => (value === null ? Number.NaN : Number(value))),
  real: Float64Array.from(mixed.real, (value) => value ?? Number.NaN),
  word: mixed.word.map((value) => value ?? undefined),
  time: Float64Array.from(moments, (value) => value?.getTime() ?? Number.NaN),
};
test.each<[string, () => Uint8Array]>([
  [
    "Parquet",
    () => {
      const types = { truth: "BOOLEAN", small: "INT32", long: "INT64", huge: "INT64", real: "DOUBLE", word: "STRING" };
      const columns = Object.entries({ ...types, time: "TIMESTAMP" } as const).map(([name, type]) => {
        return { name, data: mixed[name as keyof typeof mixed], type } as const;
      });
      return new Uint8Array(parquetWriteBuffer({ columnData: columns as never }));
    },
  ],
  [
    "Arrow",
    () => {
      const types = {
        truth: new Bool(),
        small: new Int32(),
        long: new Int64(),
        huge: new Int64(),
        real: new Float64(),
        word: new Dictionary(new Utf8(), new Int32()),
        time: new TimestampMillisecond(),
      };
      const columns = Object.entries(types).map(([name, type]) => {
        const values: readonly unknown[] = mixed[name as keyof typeof mixed];
        return [name, vectorFromArray(values, type as never)] as const;
      });
      return tableToIPC(new ArrowTable(Object.fromEntries(columns)));
    },
  ],
])("%s: every type of column has gaps; whole numbers that float64 would round are codes", async (_, bytes) => {
  const table = await readTable(bytes());
  for (const [name, values] of Object.entries(read)) expect(table.values(name), name).toEqual(values);
  expect(table.columns.map(({ missing }) => missing)).toEqual(Object.keys(mixed).map(() => 6));
  const codes = table.columns.find(({ name }) => name === "huge");
  expect(codes).toMatchObject({ kind: "text", role: "left out", reason: "18 different codes in 18 rows" });
});

test("JSON: one row is a line of its own, lists without names are numbered", async () => {
  expect((await readTable(bytes('{"a":1,"b":"x"}'))).rows).toBe(1);
  const table = await readTable(bytes("[[1.5,2],[3,4]]"));
  expect(table.columns.map(({ name }) => name)).toEqual(["column 1", "column 2"]);
  expect(table.rows).toBe(2);
});

test("Arrow: decimals are numbers, names of rows aren't features, compression is told", async () => {
  const decimals = new Decimal(2, 9, 128);
  const words = Uint32Array.from([57, 0, 0, 0, -125 >>> 0, 2 ** 32 - 1, 2 ** 32 - 1, 2 ** 32 - 1]);
  const vector = makeVector(makeData({ type: decimals, length: 2, nullCount: 0, data: words }));
  const plain = new ArrowTable({ price: vector, names: vectorFromArray(["r1", "r2"]) });
  expect((await readTable(tableToIPC(plain))).values("price")).toEqual(Float64Array.of(0.57, -1.25));
  const pandas = JSON.stringify({
    columns: [
      { name: "price", field_name: "price" },
      { name: null, field_name: "names" },
    ],
  });
  const schema = new Schema(plain.schema.fields, new Map([["pandas", pandas]]));
  const indexed = new ArrowTable(
    schema,
    plain.batches.map((batch) => new RecordBatch(schema, batch.data)),
  );
  const [first] = (await readTable(tableToIPC(indexed))).columns;
  expect(first).toMatchObject({ name: "", role: "left out", reason: "names of the rows" });
});

/** An array as NumPy saves it. */
function npy(descr: string, shape: readonly number[], data: Uint8Array, fortran = false): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const header = `${`{'descr': '${descr}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': (${sizes}), }`.padEnd(117)}\n`;
  return Uint8Array.of(0x93, ...bytes("NUMPY"), 1, 0, header.length, 0, ...bytes(header), ...data);
}
const raw = (values: ArrayBufferView) => new Uint8Array(values.buffer, values.byteOffset, values.byteLength);

/** A zip archive of stored or deflated files. */
function zip(files: Record<string, Uint8Array>, deflated: boolean): Uint8Array {
  const [parts, directory]: [number[][], number[][]] = [[], []];
  let at = 0;
  const u16 = (value: number) => [value & 255, (value >> 8) & 255];
  const u32 = (value: number) => [...u16(value & 0xffff), ...u16(value >>> 16)];
  for (const [name, content] of Object.entries(files)) {
    const data = deflated ? deflateRawSync(content) : content;
    const common = [
      ...u16(20),
      ...u16(0),
      ...u16(deflated ? 8 : 0),
      ...u32(0),
      ...u32(0),
      ...u32(data.length),
      ...u32(content.length),
      ...u16(name.length),
    ];
    const local = [...u32(0x04034b50), ...common, ...u16(4), ...bytes(name), 1, 2, 3, 4, ...data];
    directory.push([
      ...u32(0x02014b50),
      ...u16(20),
      ...common,
      ...u16(0),
      ...u16(0),
      ...u16(0),
      ...u16(0),
      ...u32(0),
      ...u32(at),
      ...bytes(name),
    ]);
    parts.push(local);
    at += local.length;
  }
  const entries = directory.flat();
  const count = Object.keys(files).length;
  return Uint8Array.from([
    ...parts.flat(),
    ...entries,
    ...u32(0x06054b50),
    0,
    0,
    0,
    0,
    ...u16(count),
    ...u16(count),
    ...u32(entries.length),
    ...u32(at),
    0,
    0,
  ]);
}

describe("NumPy arrays", () => {
  test.each<[string, string, ArrayBufferView]>([
    ["float32", "<f4", Float32Array.of(1, 2, 3, 4, 5, -6.5)],
    ["float64", "<f8", Float64Array.of(1, 2, 3, 4, 5, -6.5)],
    ["int64", "<i8", BigInt64Array.of(1n, 2n, 3n, 4n, 5n, -6n)],
    ["uint8", "|u1", Uint8Array.of(1, 2, 3, 4, 5, 6)],
    ["int16", "<i2", Int16Array.of(1, 2, 3, 4, 5, -6)],
    ["big-endian", ">i2", Int16Array.of(0x0100, 0x0200, 0x0300, 0x0400, 0x0500, 0x0600)],
    ["float16", "<f2", Uint16Array.of(0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0xc680)],
  ])("%s", (_, descr, values) => {
    const array = readNpy(npy(descr, [2, 3], raw(values)));
    expect(array.shape).toEqual([2, 3]);
    expect([...array.values].slice(0, 5)).toEqual([1, 2, 3, 4, 5]);
    expect([6, -6, -6.5]).toContain(array.values[5]);
  });

  test("in Fortran's order, of one axis, and none of numbers", () => {
    expect([...readNpy(npy("<f4", [2, 3], raw(Float32Array.of(1, 4, 2, 5, 3, 6)), true)).values]).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
    expect(readNpy(npy("|u1", [3], Uint8Array.of(1, 2, 3))).shape).toEqual([3]);
    expect(() => readNpy(npy("<c8", [1], new Uint8Array(8)))).toThrow(/real numbers.*<c8/);
    expect(() => readNpy(npy("<f4", [9], new Uint8Array(8)))).toThrow(/need 36 bytes, the file has 8/);
    expect(() => readNpy(bytes("no"))).toThrow(DataError);
  });

  test.each([true, false])("archives of them, deflated %s", async (deflated) => {
    const archive = zip(
      { "x.npy": npy("<f4", [2], raw(Float32Array.of(1, 2))), "y.npy": npy("|u1", [2], Uint8Array.of(0, 1)) },
      deflated,
    );
    const arrays = await readNpz(archive);
    expect([[...arrays.keys()], [...arrays.get("x")!.values]]).toEqual([
      ["x", "y"],
      [1, 2],
    ]);
    await expect(readZip(archive.subarray(0, archive.length - 30))).rejects.toThrow(DataError);
    await expect(readNpz(zip({ a: bytes("b") }, deflated))).rejects.toThrow(/no NumPy array/);
  });

  test("archives are tables: features and labels by their names", async () => {
    const x = npy("<f4", [6, 2], raw(Float32Array.from(count(12))));
    const y = npy("<i8", [6], raw(BigInt64Array.from([0n, 1n, 0n, 1n, 0n, 1n])));
    const archive = zip({ "X.npy": x, "y.npy": y, "z.npy": npy("|u1", [6, 1], Uint8Array.of(5, 1, 4, 2, 6, 3)) }, true);
    const table = await readTable(archive, { target: "y" });
    expect(table.columns.map(({ name, role }) => [name, role])).toEqual([
      ["X 1", "feature"],
      ["X 2", "feature"],
      ["y", "target"],
      ["z", "feature"],
    ]);
    expect([table.values("X 2"), table.classNames]).toEqual([Float64Array.of(1, 3, 5, 7, 9, 11), ["0", "1"]]);
    const parts = zip({ "x_train.npy": x, "x_test.npy": npy("|u1", [1, 2], Uint8Array.of(1, 2)) }, false);
    await expect(readTable(parts)).rejects.toThrow(/x_train \[6, 2\], x_test \[1, 2\].*readNpz\(\)/);
  });

  test.each([
    ["'<U3'", /not '<U3'. Number its names: numpy.unique/],
    ["'<M8[ns]'", /not '<M8\[ns\]'. Save it with astype/],
    ["[('a', '<f4'), ('b', '<i4')]", /not \[\('a', '<f4'\), \('b', '<i4'\)\]. Save each of its fields/],
  ])("of %s are an error with the way out", (descr, message) => {
    const array = npy("<f4", [1], new Uint8Array(16));
    const [first, second] = new TextDecoder("latin1").decode(array).split("'<f4'");
    const text = `${first}${descr}${second.replace(" ".repeat(descr.length - 5), "")}`;
    expect(() => readNpy(Uint8Array.from(text, (char) => char.charCodeAt(0)))).toThrow(message);
  });

  test("a table of numbers", async () => {
    const table = await readTable(
      npy("<f8", [6, 2], raw(Float64Array.of(0.5, 0, 1.5, 1, 2.5, 0, 3.5, 1, 4.5, 0, 5.5, 1))),
      { target: "column 2" },
    );
    expect([table.rows, table.classNames, [...(table.values("column 1") as Float64Array)]]).toEqual([
      6,
      ["0", "1"],
      [0.5, 1.5, 2.5, 3.5, 4.5, 5.5],
    ]);
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
