import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ArgumentError, FormatError, ShapeError } from "../../src/core/errors.js";
import { sizeOf } from "../../src/core/shape.js";
import { decodeSafetensors, encodeSafetensors, type StoredTensor } from "../../src/formats/safetensors.js";

const f32 = (shape: number[], ...values: number[]): StoredTensor => ({
  shape,
  dtype: "f32",
  values: new Float32Array(values),
});
const u32 = (shape: number[], ...values: number[]): StoredTensor => ({
  shape,
  dtype: "u32",
  values: new Uint32Array(values),
});

/** A file of this header (text or bytes), a header length (its own unless given) and `dataLength` bytes of data. */
function file(header: string | Uint8Array, dataLength = 0, headerLength?: bigint): Uint8Array<ArrayBuffer> {
  const text = typeof header === "string" ? new TextEncoder().encode(header) : header;
  const bytes = new Uint8Array(8 + text.length + dataLength);
  new DataView(bytes.buffer).setBigUint64(0, headerLength ?? BigInt(text.length), true);
  bytes.set(text, 8);
  return bytes;
}

const entry = (begin: number, end: number, shape: unknown = [(end - begin) / 4], dtype: unknown = "F32") =>
  JSON.stringify({ dtype, shape, data_offsets: [begin, end] });

const SAMPLE = new Map([
  ["dense.weight", f32([2, 3], 1, -2, 3.5, Number.NaN, Infinity, -0)],
  ["1", f32([], 7)],
  ["__proto__", u32([2, 1], 5, 0xffffffff)],
  ["empty", f32([3, 0, 2])],
  ["constructor", f32([1], 0.1)],
]);

// Written by the Python package safetensors 0.8.0: save({ b, e, s, a }, metadata={"k": "ü"}).
const REFERENCE_HEADER =
  '{"__metadata__":{"k":"ü"},"b":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},' +
  '"e":{"dtype":"F32","shape":[0,3],"data_offsets":[8,8]},"s":{"dtype":"F32","shape":[],"data_offsets":[8,12]},' +
  '"a":{"dtype":"U32","shape":[3],"data_offsets":[12,24]}}   ';
const REFERENCE_DATA = [
  ...[0, 0, 0xc0, 0x3f, 0, 0, 0, 0xc0, 0, 0, 0x50, 0x40],
  ...[1, 0, 0, 0, 2, 0, 0, 0, 0xff, 0xff, 0xff, 0xff],
];
const REFERENCE_TENSORS = new Map([
  ["b", f32([1, 2], 1.5, -2)],
  ["e", f32([0, 3])],
  ["s", f32([], 3.25)],
  ["a", u32([3], 1, 2, 4294967295)],
]);

test("the Python package's file, byte for byte, both ways", () => {
  const bytes = file(REFERENCE_HEADER, 24);
  bytes.set(REFERENCE_DATA, bytes.length - 24);
  expect(bytes[0]).toBe(0xf8);
  expect(encodeSafetensors(REFERENCE_TENSORS, { k: "ü" })).toEqual(bytes);
  const { tensors, metadata } = decodeSafetensors(bytes);
  expect(tensors).toEqual(REFERENCE_TENSORS);
  expect({ ...metadata }).toEqual({ k: "ü" });
});

describe("round trip", () => {
  test("keeps names, order, shapes, dtypes, bits and metadata", () => {
    const metadata = JSON.parse('{"format":"nm","__proto__":"x","quote\\"":"line\\n\\\\\\":"}');
    const { tensors, metadata: read } = decodeSafetensors(encodeSafetensors(SAMPLE, metadata));
    expect(tensors).toEqual(SAMPLE);
    expect([...tensors.keys()]).toEqual([...SAMPLE.keys()]);
    expect(Object.is((tensors.get("dense.weight") as StoredTensor).values[5], -0)).toBe(true);
    expect(Object.entries(read)).toEqual(Object.entries(metadata));
  });

  test("of no tensors and no metadata", () => {
    expect(encodeSafetensors(new Map())).toEqual(file("{}      "));
    const { tensors, metadata } = decodeSafetensors(file("{}"));
    expect(tensors.size).toBe(0);
    expect(Object.keys(metadata)).toEqual([]);
  });

  test("starts the data at a multiple of 8, whatever the names' lengths", () => {
    for (let length = 0; length < 9; length++) {
      const bytes = encodeSafetensors(new Map([["x".repeat(length), f32([1], 1)]]));
      expect((bytes.length - 4) % 8).toBe(0);
      expect(decodeSafetensors(bytes).tensors.size).toBe(1);
    }
  });

  test("reads views at any alignment, writes views, and copies values", () => {
    const values = new Float32Array([9, 1, 2, 9]).subarray(1, 3);
    const bytes = encodeSafetensors(new Map([["x", { shape: [2], dtype: "f32", values } as StoredTensor]]));
    for (let offset = 0; offset < 8; offset++) {
      const room = new Uint8Array(bytes.length + 16).fill(0xee);
      room.set(bytes, offset);
      const { tensors } = decodeSafetensors(room.subarray(offset, offset + bytes.length));
      room.fill(0xee);
      expect(tensors.get("x")).toEqual(f32([2], 1, 2));
    }
    expect(decodeSafetensors(Buffer.from(bytes)).tensors.get("x")).toEqual(f32([2], 1, 2));
  });
});

describe("what can't be written is refused", () => {
  const write = (name: string, tensor: unknown) => () => encodeSafetensors(new Map([[name, tensor as StoredTensor]]));
  test("shapes that aren't the values'", () => {
    expect(write("x", f32([2], 1))).toThrow(ShapeError);
    expect(write("x", f32([], 1, 2))).toThrow(ShapeError);
    expect(write("x", f32([-1, -2], 1, 2))).toThrow(ShapeError);
    expect(write("x", f32([0.5, 4], 1, 2))).toThrow(ShapeError);
  });
  test("dtypes that aren't the values'", () => {
    expect(write("x", { shape: [1], dtype: "f32", values: new Uint32Array(1) })).toThrow(ArgumentError);
    expect(write("x", { shape: [1], dtype: "f64", values: new Float64Array(1) })).toThrow(ArgumentError);
    expect(write("x", { shape: [1], dtype: undefined, values: new Float64Array(1) })).toThrow(ArgumentError);
  });
  test("names and metadata that the format can't hold", () => {
    expect(write("__metadata__", f32([1], 1))).toThrow(ArgumentError);
    expect(write("\ud83d", f32([1], 1))).toThrow(ArgumentError);
    expect(() => encodeSafetensors(new Map(), { n: 1 as unknown as string })).toThrow(/metadata "n".*got 1/);
    expect(() => encodeSafetensors(new Map(), { "\ud83d": "\ude00" })).toThrow(ArgumentError);
  });
});

const UTF8_BROKEN = new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x7d]);
const WITH_BOM = new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d]);
const REFUSED: [string, Uint8Array, RegExp][] = [
  ["no bytes", new Uint8Array(0), /has 0 bytes/],
  ["7 bytes", new Uint8Array(7), /has 7 bytes/],
  ["a header past the end", file("{}", 0, 3n), /ends inside its header: 10 bytes, the header reaches to 11/],
  ["a header over 100 MB", file("{}", 0, 100_000_001n), /100000001 bytes; the format allows/],
  ["a header length of 2^64 - 1", file("{}", 0, 2n ** 64n - 1n), /the format allows/],
  ["an empty header", file(""), /isn't a JSON object/],
  ["a header that isn't UTF-8", file(UTF8_BROKEN), /isn't UTF-8/],
  ["a byte order mark", file(WITH_BOM), /isn't a JSON object/],
  ["a header that isn't JSON", file("{nonsense}"), /isn't JSON/],
  ["JSON that ends early", file('{"x":{"dtype":'), /isn't JSON/],
  ["very deep JSON", file(`{"x":${"[".repeat(200_000)}`), /isn't JSON/],
  ["very deep valid JSON", file(`{"x":${"[".repeat(50_000)}${"]".repeat(50_000)}}`), /described by an object/],
  ["a list for a header", file("[]"), /isn't a JSON object/],
  ["null for a header", file("null"), /isn't a JSON object/],
  ["a space before the header", file(" {}"), /isn't a JSON object/],
  ["a number for an entry", file('{"x":1}'), /tensor "x" must be described by an object, got 1/],
  ["null for an entry", file('{"x":null}'), /got null/],
  ["a list for an entry", file('{"x":[]}'), /got \[\]/],
  ["a number for __proto__", file('{"__proto__":1}'), /tensor "__proto__" must be described by an object/],
  ["an entry without dtype", file('{"x":{"shape":[],"data_offsets":[0,4]}}', 4), /must have the fields dtype, shape/],
  ["an entry without shape", file('{"x":{"dtype":"F32","data_offsets":[0,4]}}', 4), /must have the fields/],
  ["an entry without offsets", file('{"x":{"dtype":"F32","shape":[1]}}', 4), /must have the fields/],
  ["fields inherited", file(`{"x":{"__proto__":${entry(0, 4)}}}`, 4), /must have the fields.*got \["__proto__"\]/],
  ["a field too many", file(`{"x":${entry(0, 4).replace("{", '{"a":1,')}}`, 4), /and no others/],
  ["dtype BF16", file(`{"x":${entry(0, 4, [2], "BF16")}}`, 4), /dtype "BF16", but only F32 and U32.*Convert it/],
  ["dtype f32", file(`{"x":${entry(0, 4, [1], "f32")}}`, 4), /dtype "f32"/],
  ["dtype 5", file(`{"x":${entry(0, 4, [1], 5)}}`, 4), /dtype 5/],
  ...[[-1], [1.5], ["1"], [null], [[1]], "1", 1, null, { 0: 1 }, [2 ** 53], [1e300]].map(
    (shape): [string, Uint8Array, RegExp] => [
      `shape ${JSON.stringify(shape)}`,
      file(`{"x":${entry(0, 4, shape)}}`, 4),
      /must have a shape of non-negative integers/,
    ],
  ),
  ["shape [-0]", file('{"x":{"dtype":"F32","shape":[-0],"data_offsets":[0,0]}}'), /non-negative integers/],
  ["a product over 2^53", file(`{"x":${entry(0, 4, [2 ** 30, 2 ** 30])}}`, 4), /too large/],
  ["a product over 2^53, then 0", file(`{"x":${entry(0, 0, [2 ** 52, 2 ** 52, 0])}}`), /too large/],
  ["a huge tensor in a small file", file(`{"x":${entry(0, 2 ** 42)}}`, 4), /truncated/],
  ["one offset", file('{"x":{"dtype":"F32","shape":[1],"data_offsets":[0]}}', 4), /two non-negative integers/],
  ["three offsets", file('{"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4,8]}}', 4), /two non-negative/],
  ["a negative offset", file(`{"x":${entry(-4, 0)}}`, 4), /two non-negative/],
  ["a fractional offset", file(`{"x":${entry(0.5, 4.5)}}`, 8), /two non-negative/],
  ["a text for offsets", file('{"x":{"dtype":"F32","shape":[1],"data_offsets":"04"}}', 4), /two non-negative/],
  ["offsets reversed", file(`{"x":${entry(4, 0, [1])}}`, 4), /run backwards: \[4, 0\]/],
  [
    "fewer bytes than the shape",
    file(`{"x":${entry(0, 4, [2])}}`, 4),
    /takes 8 bytes, its data_offsets \[0, 4\] span 4/,
  ],
  ["more bytes than the shape", file(`{"x":${entry(0, 8, [1])}}`, 8), /takes 4 bytes/],
  ["bytes for an empty shape", file(`{"x":${entry(0, 4, [0])}}`, 4), /takes 0 bytes/],
  ["offsets out of range", file(`{"x":${entry(0, 12)}}`, 8), /truncated: its tensors take 12 bytes of data, it has 8/],
  ["no data", file(`{"x":${entry(0, 4)}}`), /truncated/],
  ["overlap", file(`{"x":${entry(0, 8)},"y":${entry(4, 12)}}`, 12), /"y" overlaps/],
  ["the same bytes twice", file(`{"x":${entry(0, 8)},"y":${entry(0, 8)}}`, 8), /"y" overlaps/],
  ["an empty tensor inside another", file(`{"x":${entry(0, 8)},"y":${entry(4, 4)}}`, 8), /"y" overlaps/],
  ["a gap in front", file(`{"x":${entry(4, 8)}}`, 8), /data bytes 0 to 4 belong to no tensor/],
  ["a gap between", file(`{"x":${entry(0, 4)},"y":${entry(8, 12)}}`, 12), /data bytes 4 to 8 belong/],
  ["an empty tensor past the data", file(`{"x":${entry(8, 8)}}`), /belong to no tensor/],
  ["trailing bytes", file(`{"x":${entry(0, 4)}}`, 5), /has 1 bytes after/],
  ["data but no tensors", file("{}", 1), /has 1 bytes after/],
  ["a name twice", file(`{"x":${entry(0, 0)},"x":${entry(0, 0)}}`), /one name stands twice/],
  ["a field twice", file(`{"x":${entry(0, 0).replace("{", '{"dtype":"U32",')}}`), /one name stands twice/],
  ["a name twice, once escaped", file(`{"x":${entry(0, 0)},"\\u0078" : ${entry(0, 0)}}`), /one name stands twice/],
  ["metadata twice", file('{"__metadata__":{},"__metadata__":{}}'), /one name stands twice/],
  ["a list for metadata", file('{"__metadata__":[]}'), /for __metadata__/],
  ["metadata of numbers", file('{"__metadata__":{"n":1}}'), /metadata "n".*got 1/],
  ["a lone surrogate in a name", file(`{"\\ud83d":${entry(0, 0)}}`), /well-formed text/],
];

test.each(REFUSED)("refused: %s", (_, bytes, message) => {
  const read = () => decodeSafetensors(bytes, "model.safetensors");
  expect(read).toThrow(FormatError);
  expect(read).toThrow(message);
  expect(read).toThrow(/^model\.safetensors: .*\. [A-Z].*\.$/s);
});

test("strings that look like keys don't count as names that stand twice", () => {
  const header = `{"__metadata__":{"a\\\\":"\\"b\\":","c":"}{\\"x\\" :"},"x" : ${entry(0, 4)} \n}  `;
  const { tensors, metadata } = decodeSafetensors(file(header, 4));
  expect(tensors.get("x")).toEqual(f32([1], 0));
  expect({ ...metadata }).toEqual({ "a\\": '"b":', c: '}{"x" :' });
});

test("messages stay short, whatever a file holds", () => {
  const bytes = file(
    JSON.stringify({ ["n".repeat(1e5)]: { dtype: "F".repeat(1e5), shape: [1], data_offsets: [0, 4] } }),
    4,
  );
  const wide = file(`{"x":${entry(0, 4, new Array(1e5).fill(2))}}`, 4);
  for (const broken of [bytes, wide]) {
    try {
      decodeSafetensors(broken);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(FormatError);
      expect((error as Error).message.length).toBeLessThan(400);
    }
  }
});

test("damage gives a FormatError or a structurally valid file, nothing else", () => {
  const whole = encodeSafetensors(SAMPLE, { format: "nm" });
  const flips = fc.array(fc.nat(whole.length * 8 - 1), { maxLength: 4 });
  const headerFlip = fc.nat(8 * 48 - 1); // most flips further back only change values
  fc.assert(
    fc.property(flips, fc.option(headerFlip), fc.option(fc.nat(whole.length)), (bits, headerBit, length) => {
      const bytes = whole.slice();
      for (const bit of headerBit === null ? bits : [...bits, headerBit]) bytes[bit >> 3] ^= 1 << (bit & 7);
      try {
        const { tensors, metadata } = decodeSafetensors(bytes.subarray(0, length ?? bytes.length));
        for (const { shape, dtype, values } of tensors.values()) {
          expect(values).toBeInstanceOf(dtype === "f32" ? Float32Array : Uint32Array);
          expect(values.length).toBe(sizeOf(shape));
        }
        expect(decodeSafetensors(encodeSafetensors(tensors, metadata)).tensors).toEqual(tensors);
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
    }),
    { numRuns: 2000, seed: 1 },
  );
});

test("any bytes, and any JSON for a header, give a FormatError or a structurally valid file", () => {
  const attempt = (bytes: Uint8Array) => {
    try {
      for (const { shape, values } of decodeSafetensors(bytes).tensors.values())
        expect(values.length).toBe(sizeOf(shape));
    } catch (error) {
      expect(error).toBeInstanceOf(FormatError);
    }
  };
  fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), attempt), { numRuns: 500, seed: 1 });
  const json = fc.dictionary(fc.string(), fc.jsonValue()).map((header) => file(JSON.stringify(header)));
  fc.assert(fc.property(json, attempt), { numRuns: 500, seed: 1 });
});
