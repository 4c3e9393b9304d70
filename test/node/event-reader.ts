/*
 * A reader of TensorBoard's event files that shares nothing with the writer: the record format by its specification,
 * protocol buffers field by field, checksums bit by bit.
 */

export interface Event {
  wallTime: number;
  step?: number;
  fileVersion?: string;
  sessionStart?: boolean;
  scalars: Record<string, number>;
}

/** CRC-32C by long division, a bit at a time. */
export function crcBitByBit(bytes: Uint8Array): number {
  let rest = 0xffffffffn;
  for (const byte of bytes) {
    for (let bit = 0n; bit < 8n; bit++) {
      const carry = (rest ^ (BigInt(byte) >> bit)) & 1n;
      rest = (rest >> 1n) ^ (carry ? 0x82f63b78n : 0n);
    }
  }
  return Number(rest ^ 0xffffffffn);
}

/** Undoes the mask. */
const unmasked = (masked: number) => {
  const rotated = (masked - 0xa282ead8 + 2 ** 32) % 2 ** 32;
  return ((rotated << 15) | (rotated >>> 17)) >>> 0;
};

/** @throws Error when a checksum is wrong, or there is more than records */
export function readEvents(file: Uint8Array): Event[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const check = (from: number, to: number) => {
    if (unmasked(view.getUint32(to, true)) !== crcBitByBit(file.subarray(from, to))) throw new Error("wrong checksum");
  };
  const events: Event[] = [];
  let place = 0;
  while (place < file.length) {
    check(place, place + 8);
    const length = Number(view.getBigUint64(place, true));
    check(place + 12, place + 12 + length);
    events.push(eventOf(file.subarray(place + 12, place + 12 + length)));
    place += length + 16;
  }
  return events;
}

type Field = [number: number, value: number | bigint | Uint8Array];

/** The fields of a message: numbers as they are on the wire, but floats. */
function fieldsOf(bytes: Uint8Array): Field[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields: Field[] = [];
  let place = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = bytes[place++];
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (place < bytes.length) {
    const key = Number(varint());
    const field = key >> 3;
    if ((key & 7) === 0) fields.push([field, varint()]);
    else if ((key & 7) === 1) {
      fields.push([field, view.getFloat64(place, true)]);
      place += 8;
    } else if ((key & 7) === 5) {
      fields.push([field, view.getFloat32(place, true)]);
      place += 4;
    } else if ((key & 7) === 2) {
      const length = Number(varint());
      fields.push([field, bytes.subarray(place, place + length)]);
      place += length;
    } else throw new Error(`wire type ${key & 7}`);
  }
  if (place !== bytes.length) throw new Error("a message that ends inside a field");
  return fields;
}

const textOf = (value: Field[1]) => new TextDecoder().decode(value as Uint8Array);

function eventOf(bytes: Uint8Array): Event {
  const event: Event = { wallTime: Number.NaN, scalars: {} };
  for (const [field, value] of fieldsOf(bytes)) {
    if (field === 1) event.wallTime = value as number;
    else if (field === 2) event.step = Number(value);
    else if (field === 3) event.fileVersion = textOf(value);
    else if (field === 5) {
      for (const [, entry] of fieldsOf(value as Uint8Array)) {
        const [[, tag], [, number]] = fieldsOf(entry as Uint8Array);
        event.scalars[textOf(tag)] = number as number;
      }
    } else if (field === 7) event.sessionStart = fieldsOf(value as Uint8Array)[0][1] === 1n;
    else throw new Error(`field ${field}`);
  }
  return event;
}
