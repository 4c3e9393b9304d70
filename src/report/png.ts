import { crc32 } from "../core/crc.js";

/**
 * An image as a `data:` URL of a PNG file, in Node and on a page alike.
 *
 * @param pixels - [height, width, channels], bytes; channels: 1 grey, 3 colours, 4 colours and opacity
 */
export async function pngUrl(pixels: Uint8Array, width: number, height: number): Promise<string> {
  const channels = pixels.length / (width * height);
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header[8] = 8; // bits a channel
  header[9] = { 1: 0, 3: 2, 4: 6 }[channels]!;
  const line = width * channels;
  const lines = new Uint8Array(height * (line + 1)); // each begins with its filter: none
  for (let y = 0; y < height; y++) lines.set(pixels.subarray(y * line, (y + 1) * line), y * (line + 1) + 1);
  const signature = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
  const parts = [chunk("IHDR", header), chunk("IDAT", await deflate(lines)), chunk("IEND", new Uint8Array())];
  let file = String.fromCharCode(...signature);
  for (const part of parts) for (const byte of part) file += String.fromCharCode(byte);
  return `data:image/png;base64,${btoa(file)}`;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const body = new Uint8Array(4 + data.length);
  body.set([...type].map((letter) => letter.charCodeAt(0)));
  body.set(data, 4);
  const whole = new Uint8Array(body.length + 8);
  whole.set(body, 4);
  const view = new DataView(whole.buffer);
  view.setUint32(0, data.length);
  view.setUint32(4 + body.length, crc32(body));
  return whole;
}

async function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("deflate"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
