import { deflateRawSync } from "node:zlib";
import { readNpy, readNpz, readTable } from "neuromotor/data";
import { describe, expect, test } from "vitest";
import { DataError } from "../../src/core/errors.js";
import { readZip } from "../../src/data/formats/zip.js";

const bytes = (text: string) => new TextEncoder().encode(text);
const count = (length: number) => Array.from({ length }, (_, i) => i);

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
