import { DataError } from "../../core/errors.js";
import { orientationOf, turned } from "./orientation.js";

/** An image in bytes: red, green, blue and opacity of each pixel, row by row. */
export interface DecodedImage {
  width: number;
  height: number;
  /** [height, width, 4] */
  pixels: ArrayLike<number>;
}

const BRIGHTEST = 255;

const isPng = (bytes: Uint8Array) => bytes[0] === 0x89 && bytes[1] === 0x50 && bytes[2] === 0x4e && bytes[3] === 0x47;
const isJpeg = (bytes: Uint8Array) => bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff;

/** Whether bytes begin as a PNG or JPEG image does. */
export const isImage = (bytes: Uint8Array): boolean => isPng(bytes) || isJpeg(bytes);

/** Beginnings of images of other kinds: GIF, BMP, WebP and others in RIFF, TIFF; AVIF and HEIC begin so from the fifth byte. */
const OTHERS = /^(?:GIF8|BM|RIFF|II\*\0|MM\0\*|.{4}ftyp)/s;

/** Whether bytes begin as an image of another kind does, which isn't read. */
export const isOtherImage = (bytes: Uint8Array): boolean => OTHERS.test(String.fromCharCode(...bytes.subarray(0, 12)));

/** In a browser by its own decoder, in Node by a package. */
export async function decodeImage(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<DecodedImage> {
  if (!isImage(bytes))
    throw new DataError(`${name}: it is neither a PNG nor a JPEG image. Save it as one of them, or remove it.`);
  try {
    if (typeof createImageBitmap === "function" && typeof OffscreenCanvas === "function")
      return await decodeOnPage(bytes);
    return isPng(bytes) ? await decodePng(bytes, name) : await decodeJpeg(bytes, name);
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    throw Object.assign(
      new DataError(`${name}: the image can't be decoded (${(cause as Error).message}). Save it anew, or remove it.`),
      { cause },
    );
  }
}

async function decodeOnPage(bytes: Uint8Array<ArrayBuffer>): Promise<DecodedImage> {
  const bitmap = await createImageBitmap(new Blob([bytes]), { colorSpaceConversion: "none" });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d")!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { width, height, pixels: context.getImageData(0, 0, width, height).data };
}

const absent = (name: string, cause: unknown) => {
  const message = `${name}: to read images in Node, install their decoders: npm install fast-png jpeg-js.`;
  return Object.assign(new DataError(message), { cause });
};

async function decodePng(bytes: Uint8Array, name: string): Promise<DecodedImage> {
  const png = await import("fast-png").catch((cause) => {
    throw absent(name, cause);
  });
  const { width, height, depth, channels, palette, data } = png.decode(bytes);
  const brightest = 2 ** depth - 1;
  const perRow = depth < 8 ? Math.ceil((width * depth) / 8) : width * channels;
  /** The level of a pixel's channel; below 8 bits several share a byte. */
  const level = (row: number, column: number, channel: number) => {
    if (depth >= 8) return data[row * perRow + column * channels + channel];
    const byte = data[row * perRow + Math.floor((column * depth) / 8)];
    return (byte >> (8 - depth - ((column * depth) % 8))) & brightest;
  };
  const hasOpacity = channels % 2 === 0;
  const pixels = new Uint8Array(width * height * 4);
  for (let i = 0; i < width * height; i++) {
    const [row, column] = [Math.floor(i / width), i % width];
    const brightness = (channel: number) => Math.round((level(row, column, channel) * BRIGHTEST) / brightest);
    const colour = palette?.[level(row, column, 0)];
    const opacity = colour?.[3] ?? (hasOpacity ? brightness(channels - 1) : BRIGHTEST);
    const grey = channels < 3 ? brightness(0) : undefined;
    const parts = colour ?? [grey ?? brightness(0), grey ?? brightness(1), grey ?? brightness(2)];
    pixels.set([parts[0], parts[1], parts[2], opacity], i * 4);
  }
  return { width, height, pixels };
}

async function decodeJpeg(bytes: Uint8Array, name: string): Promise<DecodedImage> {
  const library = await import("jpeg-js").catch((cause) => {
    throw absent(name, cause);
  });
  const { width, height, data } = library.default.decode(bytes, { useTArray: true });
  return turned({ width, height, pixels: data }, orientationOf(bytes));
}

/**
 * An image in a size of its own, each pixel the mean of those it covers, over black where it isn't opaque.
 *
 * @param out - [height, width, channels], written
 */
export function drawImage(
  { width, height, pixels }: DecodedImage,
  [rows, columns]: readonly [number, number],
  channels: 1 | 3,
  out: Uint8Array,
): void {
  for (let row = 0; row < rows; row++) {
    const [top, bottom] = spanOf(row, rows, height);
    for (let column = 0; column < columns; column++) {
      const [left, right] = spanOf(column, columns, width);
      const sums = [0, 0, 0];
      for (let y = top; y < bottom; y++) {
        for (let x = left; x < right; x++) {
          const at = (y * width + x) * 4;
          const opacity = pixels[at + 3] / 255;
          for (let channel = 0; channel < 3; channel++) sums[channel] += pixels[at + channel] * opacity;
        }
      }
      const count = (bottom - top) * (right - left);
      const place = (row * columns + column) * channels;
      if (channels === 3)
        sums.forEach((sum, channel) => {
          out[place + channel] = Math.round(sum / count);
        });
      else out[place] = Math.round((0.299 * sums[0] + 0.587 * sums[1] + 0.114 * sums[2]) / count);
    }
  }
}

/** The pixels that one of a smaller or larger image covers; at least one. */
function spanOf(place: number, of: number, size: number): [from: number, to: number] {
  const from = Math.min(size - 1, Math.floor((place * size) / of));
  return [from, Math.max(from + 1, Math.floor(((place + 1) * size) / of))];
}
