/** The polynomial of CRC-32C (Castagnoli, 1993), its bits reversed: what iSCSI, ext4 and TensorBoard's files use. */
const POLYNOMIAL = 0x82f63b78;

let table: Uint32Array | undefined;

/** Remainders of all bytes. */
function remainders(): Uint32Array {
  const found = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ POLYNOMIAL : rest >>> 1;
    found[byte] = rest;
  }
  return found;
}

/** The CRC-32C of bytes, as an unsigned 32-bit integer. */
export function crc32c(bytes: Uint8Array): number {
  table ??= remainders();
  let rest = 0xffffffff;
  for (let i = 0; i < bytes.length; i++) rest = (rest >>> 8) ^ table[(rest ^ bytes[i]) & 0xff];
  return (rest ^ 0xffffffff) >>> 0;
}
