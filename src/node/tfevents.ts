import { crc32c } from "../core/crc.js";

/*
 * TensorBoard's event files: TFRecords (tensorflow/core/lib/io/record_writer.h) of Event messages
 * (tensorflow/core/util/event.proto), of which only what scalars need is written here.
 */

/** First record of a file: the version by whose rules it is read. */
const FILE_VERSION = "brain.Event:2";

// Wire types of protocol buffers.
const VARINT = 0;
const FIXED_64 = 1;
const DELIMITED = 2;
const FIXED_32 = 5;

/** Field numbers. */
const EVENT = { wallTime: 1, step: 2, fileVersion: 3, summary: 5, sessionLog: 7 } as const;
const SUMMARY_VALUE = 1;
const VALUE = { tag: 1, simpleValue: 2 } as const;
const SESSION_STATUS = 1;
const SESSION_START = 1;

/**
 * Masked CRC-32C, as TFRecords have it, so that data which contain checksums can be checksummed: rotated right by 15
 * bits, plus a constant.
 */
export function maskedCrc(bytes: Uint8Array): number {
  const crc = crc32c(bytes);
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** A record: length as u64, masked CRC of its bytes, the data, masked CRC of the data; little-endian. */
export function tfRecord(data: Uint8Array): Uint8Array {
  const record = new Uint8Array(data.length + 16);
  const view = new DataView(record.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc(record.subarray(0, 8)), true);
  record.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc(data), true);
  return record;
}

/** The first event of a file: the version of its format. */
export const versionEvent = (seconds: number): Uint8Array =>
  message(double(EVENT.wallTime, seconds), text(EVENT.fileVersion, FILE_VERSION));

/** Start of a session at a step: the reader drops records of earlier files of the folder from this step on. */
export const startEvent = (seconds: number, step: number): Uint8Array =>
  message(
    double(EVENT.wallTime, seconds),
    integer(EVENT.step, step),
    nested(EVENT.sessionLog, integer(SESSION_STATUS, SESSION_START)),
  );

/** Numbers by their tags, at a step. */
export function scalarEvent(seconds: number, step: number, scalars: Iterable<readonly [string, number]>): Uint8Array {
  const values = [...scalars].map(([tag, value]) =>
    nested(SUMMARY_VALUE, message(text(VALUE.tag, tag), float(VALUE.simpleValue, value))),
  );
  return message(double(EVENT.wallTime, seconds), integer(EVENT.step, step), nested(EVENT.summary, message(...values)));
}

const message = (...fields: Uint8Array[]): Uint8Array => Uint8Array.from(fields.flatMap((field) => [...field]));
const key = (field: number, wireType: number) => varint(field * 8 + wireType);
const nested = (field: number, content: Uint8Array) => message(key(field, DELIMITED), varint(content.length), content);
const text = (field: number, value: string) => nested(field, new TextEncoder().encode(value));
const integer = (field: number, value: number) => message(key(field, VARINT), varint(value));

/** Seven bits to a byte, the lowest first; all but the last have the highest bit. Exact up to 2^53. */
function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Uint8Array.from([...bytes, rest]);
}

function double(field: number, value: number): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(8));
  bytes.setFloat64(0, value, true);
  return message(key(field, FIXED_64), new Uint8Array(bytes.buffer));
}

function float(field: number, value: number): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(4));
  bytes.setFloat32(0, value, true);
  return message(key(field, FIXED_32), new Uint8Array(bytes.buffer));
}
