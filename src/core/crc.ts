/** A cyclic redundancy check by a polynomial whose bits are reversed, over bytes: an unsigned 32-bit integer. */
function checkBy(polynomial: number): (bytes: Uint8Array) => number {
  let table: Uint32Array | undefined;
  return (bytes) => {
    table ??= remainders(polynomial);
    let rest = 0xffffffff;
    for (let i = 0; i < bytes.length; i++) rest = (rest >>> 8) ^ table[(rest ^ bytes[i]) & 0xff];
    return (rest ^ 0xffffffff) >>> 0;
  };
}

/** Remainders of all bytes. */
function remainders(polynomial: number): Uint32Array {
  const found = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ polynomial : rest >>> 1;
    found[byte] = rest;
  }
  return found;
}

/** CRC-32C (Castagnoli, 1993), which iSCSI, ext4 and TensorBoard's files use. */
export const crc32c: (bytes: Uint8Array) => number = /* @__PURE__ */ checkBy(0x82f63b78);

/** CRC-32 of Ethernet, ZIP and PNG. */
export const crc32: (bytes: Uint8Array) => number = /* @__PURE__ */ checkBy(0xedb88320);
