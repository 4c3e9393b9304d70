/**
 * The safetensors file format (https://huggingface.co/docs/safetensors): the length of the header as a little-endian
 * u64, the header as JSON, then the elements of every tensor, little-endian and row-major, back to back. Elements are
 * copied as they lie in memory: JavaScript hosts are little-endian.
 */
import { type DType, type Values, zeros } from "../core/dtype.js";
import { ArgumentError, FormatError, ShapeError } from "../core/errors.js";
import { formatShape, type Shape, sizeOf } from "../core/shape.js";

/** A tensor as a file holds it. */
export interface StoredTensor<V extends Float32Array | Uint32Array = Float32Array | Uint32Array> {
  shape: Shape;
  dtype: DType;
  values: V;
}

/** The format's own limit on the header, in bytes. */
const MAX_HEADER_LENGTH = 100_000_000;
const LENGTH_BYTES = 8;
const ELEMENT_BYTES = 4;
const LONE_SURROGATE = /\p{Surrogate}/u;
const DAMAGED = "The file is damaged or was not written as safetensors; download or save it again.";

/** A tensor's entry in the header: elements lie in data bytes [begin, end). */
interface Entry {
  name: string;
  shape: Shape;
  dtype: DType;
  begin: number;
  end: number;
}

type Fail = (problem: string, remedy?: string) => never;

/**
 * Writes a safetensors file.
 *
 * @param tensors - by name; their data are laid out in the map's order
 * @param metadata - free text by name, kept in the header's `__metadata__`
 * @returns the file's bytes; the header is padded with spaces so that data start at a multiple of 8
 * @throws ShapeError when a tensor's shape isn't the shape of its values
 * @throws ArgumentError when a dtype isn't that of its values, or a name or the metadata can't be written
 */
export function encodeSafetensors(
  tensors: ReadonlyMap<string, StoredTensor>,
  metadata?: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const fields: string[] = [];
  if (metadata) {
    for (const [key, text] of Object.entries(metadata)) {
      if (isText(key) && isText(text)) continue;
      throw new ArgumentError(
        `encodeSafetensors: metadata ${describe(key)} must be well-formed text, got ${describe(text)}. ` +
          "Write other values as text first, with JSON.stringify() for example.",
      );
    }
    fields.push(`"__metadata__":${JSON.stringify(metadata)}`);
  }
  let end = 0;
  for (const [name, tensor] of tensors) {
    checkTensor(name, tensor);
    const { shape, dtype, values } = tensor;
    const begin = end;
    end += values.byteLength;
    // Written field by field: an object would move names such as "1" to the front and lose "__proto__".
    const entry = JSON.stringify({ dtype: dtype.toUpperCase(), shape, data_offsets: [begin, end] });
    fields.push(`${JSON.stringify(name)}:${entry}`);
  }
  const header = new TextEncoder().encode(`{${fields.join(",")}}`);
  const headerLength = Math.ceil(header.length / 8) * 8;
  if (headerLength > MAX_HEADER_LENGTH) {
    throw new ArgumentError(
      `encodeSafetensors: the header takes ${headerLength} bytes; the format allows ${MAX_HEADER_LENGTH}. ` +
        "Shorten the metadata.",
    );
  }
  const bytes = new Uint8Array(LENGTH_BYTES + headerLength + end);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(header, LENGTH_BYTES);
  bytes.fill(0x20, LENGTH_BYTES + header.length, LENGTH_BYTES + headerLength);
  let offset = LENGTH_BYTES + headerLength;
  for (const { values } of tensors.values()) {
    bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), offset);
    offset += values.byteLength;
  }
  return bytes;
}

/**
 * Reads a safetensors file. Nothing is taken on trust: every byte of the data must belong to exactly one tensor, and
 * no tensor is allocated before that is known.
 *
 * @param bytes - the whole file; any alignment, views too
 * @param name - what messages call it
 * @returns tensors in the order of their data, with values of their own (copies), and the metadata ({} if there are none)
 * @throws FormatError when the file breaks the format or holds a dtype other than F32 and U32
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  name = "safetensors file",
): { tensors: Map<string, StoredTensor<Values>>; metadata: Record<string, string> } {
  const fail: Fail = (problem, remedy = DAMAGED) => {
    throw new FormatError(`${name}: ${problem}. ${remedy}`);
  };
  if (bytes.length < LENGTH_BYTES) fail(`has ${bytes.length} bytes, fewer than the ${LENGTH_BYTES} that come first`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerLength = Number(view.getBigUint64(0, true));
  if (headerLength > MAX_HEADER_LENGTH) {
    fail(`says that its header takes ${headerLength} bytes; the format allows ${MAX_HEADER_LENGTH}`);
  }
  const data = LENGTH_BYTES + headerLength;
  if (data > bytes.length) fail(`ends inside its header: ${bytes.length} bytes, the header reaches to ${data}`);
  const { entries, metadata } = parseHeader(bytes.slice(LENGTH_BYTES, data), fail);

  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let covered = 0;
  for (const entry of entries) {
    if (entry.begin < covered)
      fail(`tensor ${describe(entry.name)} overlaps the one before it at data byte ${entry.begin}`);
    if (entry.begin > covered) fail(`data bytes ${covered} to ${entry.begin} belong to no tensor`);
    covered = entry.end;
  }
  const present = bytes.length - data;
  if (covered > present) fail(`is truncated: its tensors take ${covered} bytes of data, it has ${present}`);
  if (covered < present) fail(`has ${present - covered} bytes after its last tensor`);

  const tensors = new Map<string, StoredTensor<Values>>();
  for (const { name: key, shape, dtype, begin, end } of entries) {
    const values = zeros(dtype, (end - begin) / ELEMENT_BYTES);
    new Uint8Array(values.buffer).set(bytes.subarray(data + begin, data + end));
    tensors.set(key, { shape, dtype, values });
  }
  return { tensors, metadata };
}

/** Checks that a tensor can be written: name, dtype, shape and values agree. */
function checkTensor(name: string, { shape, dtype, values }: StoredTensor): void {
  const where = `encodeSafetensors: tensor ${describe(name)}`;
  if (name === "__metadata__" || !isText(name)) {
    throw new ArgumentError(
      `${where}: names must be well-formed text other than "__metadata__", which the format keeps for itself. Rename it.`,
    );
  }
  const holds = ({ Float32Array: "f32", Uint32Array: "u32" } as Record<string, string>)[values[Symbol.toStringTag]];
  if (holds === undefined || holds !== dtype) {
    throw new ArgumentError(
      `${where}: dtype is ${describe(dtype)}, its values are a ${values[Symbol.toStringTag]}. ` +
        'Pass "f32" with a Float32Array or "u32" with a Uint32Array.',
    );
  }
  if (!shape.every(isCount) || sizeOf(shape) !== values.length) {
    throw new ShapeError(
      `${where}: shape ${formatShape(shape)} doesn't hold its ${values.length} values. ` +
        "The product of the sizes must be the number of values.",
    );
  }
}

/** Reads the header's JSON: the tensors' entries in the order they stand, each checked by itself, and the metadata. */
function parseHeader(bytes: Uint8Array, fail: Fail): { entries: Entry[]; metadata: Record<string, string> } {
  let text = "";
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    fail("has a header that isn't UTF-8 text");
  }
  if (!text.startsWith("{")) fail("has a header that isn't a JSON object: it must begin with {");
  let header: object = {};
  try {
    header = JSON.parse(text);
  } catch (error) {
    fail(`has a header that isn't JSON (${error instanceof Error ? error.message : error})`);
  }
  const entries: Entry[] = [];
  const metadata: Record<string, string> = Object.create(null); // no prototype: "__proto__" is a name like any other
  let keys = 0;
  for (const [key, value] of Object.entries(header)) {
    if (!isText(key)) fail(`has a name that isn't well-formed text: ${describe(key)}`);
    if (key === "__metadata__") {
      if (!isObject(value)) fail(`has ${describe(value)} for __metadata__, which must be an object of texts`);
      for (const [label, note] of Object.entries(value)) {
        if (!isText(label) || !isText(note)) {
          fail(`has metadata ${describe(label)} that must be well-formed text, got ${describe(note)}`);
        }
        metadata[label] = note;
        keys++;
      }
    } else {
      entries.push(parseEntry(key, value, fail));
      keys += 3;
    }
    keys++;
  }
  if (countKeys(text) !== keys) fail("has a header in which one name stands twice");
  return { entries, metadata };
}

/** Checks one tensor's entry: exactly dtype, shape and data_offsets, which agree with each other. */
function parseEntry(name: string, value: unknown, fail: Fail): Entry {
  const where = `tensor ${describe(name)}`;
  if (!isObject(value)) fail(`${where} must be described by an object, got ${describe(value)}`);
  const fields = new Map<string, unknown>(Object.entries(value));
  if (fields.size !== 3 || !["dtype", "shape", "data_offsets"].every((field) => fields.has(field))) {
    fail(
      `${where} must have the fields dtype, shape and data_offsets and no others, got ${describe([...fields.keys()])}`,
    );
  }
  const type = fields.get("dtype");
  if (type !== "F32" && type !== "U32") {
    fail(
      `${where} is of dtype ${describe(type)}, but only F32 and U32 can be read`,
      "Convert it to F32, in Python with tensor.float(), and save the file again.",
    );
  }
  const shape = fields.get("shape");
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    fail(`${where} must have a shape of non-negative integers, got ${describe(shape)}`);
  }
  let length = ELEMENT_BYTES;
  for (const size of shape) {
    length *= size;
    if (!Number.isSafeInteger(length)) fail(`${where} has a shape too large for any file: ${describe(shape)}`);
  }
  const offsets = fields.get("data_offsets");
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isCount)) {
    fail(`${where} must have data_offsets of two non-negative integers, got ${describe(offsets)}`);
  }
  const [begin, end] = offsets;
  if (begin > end) fail(`${where} has data_offsets that run backwards: ${describe(offsets)}`);
  if (end - begin !== length) {
    fail(
      `${where} of shape ${describe(shape)} takes ${length} bytes, its data_offsets ${describe(offsets)} span ${end - begin}`,
    );
  }
  return { name, shape, dtype: type === "F32" ? "f32" : "u32", begin, end };
}

/**
 * Number of keys in `json`, which must be valid. JSON.parse keeps the last of equal keys without a word, so that
 * this count against the keys that it kept is how a name that stands twice is found.
 */
function countKeys(json: string): number {
  let keys = 0;
  for (let at = json.indexOf('"'); at >= 0; at = json.indexOf('"', at + 1)) {
    for (at++; json[at] !== '"'; at++) if (json[at] === "\\") at++;
    let next = at + 1;
    while (json.charCodeAt(next) <= 0x20) next++;
    if (json[next] === ":") keys++;
  }
  return keys;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isText(value: unknown): value is string {
  return typeof value === "string" && !LONE_SURROGATE.test(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0 && !Object.is(value, -0);
}

/** A value as messages show it: short, whatever a file holds, and never deeper than one list. */
function describe(value: unknown, inner = false): string {
  if (typeof value === "string") return JSON.stringify(value.length > 60 ? `${value.slice(0, 60)}...` : value);
  if (Array.isArray(value)) {
    if (inner) return "[...]";
    const items = value.slice(0, 8).map((item) => describe(item, true));
    return `[${items.join(", ")}${value.length > 8 ? ", ..." : ""}]`;
  }
  return isObject(value) ? "an object" : String(value);
}
