import type { DecodedImage } from "./decode-image.js";

/*
 * The way in which a camera was held, which JPEG files state beside their pixels (Exif 2.3, tag 0x0112). Browsers turn
 * images by it.
 */

const EXIF = "Exif\0\0";
const ORIENTATION = 0x0112;
const FIRST_SEGMENT = 2;
const APPLICATION_1 = 0xffe1;
const SCAN = 0xffda;
const BIG_ENDIAN = 0x4d4d;

/** From 1 (as it lies) to 8; 1 where a JPEG file doesn't say. */
export function orientationOf(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = FIRST_SEGMENT; at + 10 <= bytes.length; ) {
    const marker = view.getUint16(at);
    if (marker < 0xff00 || marker === SCAN) return 1;
    const end = at + 2 + view.getUint16(at + 2);
    const isExif = marker === APPLICATION_1 && String.fromCharCode(...bytes.subarray(at + 4, at + 10)) === EXIF;
    if (isExif && end <= bytes.length)
      return inSegment(new DataView(bytes.buffer, bytes.byteOffset + at + 10, end - at - 10));
    at = end;
  }
  return 1;
}

/** @param tiff - the fields of an Exif segment */
function inSegment(tiff: DataView): number {
  if (tiff.byteLength < 8) return 1;
  const little = tiff.getUint16(0) !== BIG_ENDIAN;
  const first = tiff.getUint32(4, little);
  if (first + 2 > tiff.byteLength) return 1;
  for (let i = 0; i < tiff.getUint16(first, little); i++) {
    const at = first + 2 + i * 12;
    if (at + 12 > tiff.byteLength) return 1;
    if (tiff.getUint16(at, little) !== ORIENTATION) continue;
    const value = tiff.getUint16(at + 8, little);
    return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

/** An image as it is seen. @param orientation - how it lies */
export function turned(image: DecodedImage, orientation: number): DecodedImage {
  if (orientation === 1) return image;
  const { width, height, pixels } = image;
  const isUpright = orientation < 5;
  const [columns, rows] = isUpright ? [width, height] : [height, width];
  const fromRight = [2, 3, 7, 8].includes(orientation);
  const fromBottom = [3, 4, 6, 7].includes(orientation);
  const out = new Uint8Array(pixels.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [x, y] = isUpright ? [column, row] : [row, column];
      const from = ((fromBottom ? height - 1 - y : y) * width + (fromRight ? width - 1 - x : x)) * 4;
      for (let part = 0; part < 4; part++) out[(row * columns + column) * 4 + part] = pixels[from + part];
    }
  }
  return { width: columns, height: rows, pixels: out };
}
