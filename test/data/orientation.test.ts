import jpeg from "jpeg-js";
import { describe, expect, test } from "vitest";
import { decodeImage } from "../../src/data/formats/decode-image.js";
import { orientationOf } from "../../src/data/formats/orientation.js";

/* Photographs of cameras that were held upright or upside down: seen as browsers show them. */

const [WIDTH, HEIGHT] = [32, 16];
/** A white block in the upper left corner, a grey one in the upper right. */
const pixels = new Uint8Array(WIDTH * HEIGHT * 4);
for (let y = 0; y < 8; y++) for (let x = 0; x < 8; x++) pixels.fill(255, (y * WIDTH + x) * 4, (y * WIDTH + x) * 4 + 4);
for (let y = 0; y < 8; y++)
  for (let x = 24; x < 32; x++) pixels.fill(128, (y * WIDTH + x) * 4, (y * WIDTH + x) * 4 + 4);
const plain = new Uint8Array(jpeg.encode({ width: WIDTH, height: HEIGHT, data: pixels }, 100).data);

/** The file with an Exif segment in front, whose second entry is the orientation. */
function taken(orientation: number, little: boolean): Uint8Array<ArrayBuffer> {
  const tiff = new DataView(new ArrayBuffer(38));
  tiff.setUint16(0, little ? 0x4949 : 0x4d4d);
  for (const [at, value] of [
    [2, 42],
    [8, 2],
    [10, 0x010f],
    [12, 2],
    [22, 0x0112],
    [24, 3],
    [30, orientation],
  ])
    tiff.setUint16(at, value, little);
  for (const [at, value] of [
    [4, 8],
    [14, 1],
    [26, 1],
  ])
    tiff.setUint32(at, value, little);
  const body = [...Buffer.from("Exif\0\0"), ...new Uint8Array(tiff.buffer)];
  return Uint8Array.from([0xff, 0xd8, 0xff, 0xe1, 0, body.length + 2, ...body, ...plain.subarray(2)]);
}

describe.each([true, false])("least significant byte first: %o", (little) => {
  // Where the blocks of the upper left and right corners are seen, by the table of Exif 2.3.
  test.each([
    [1, "upper left", "upper right"],
    [2, "upper right", "upper left"],
    [3, "lower right", "lower left"],
    [4, "lower left", "lower right"],
    [5, "upper left", "lower left"],
    [6, "upper right", "lower right"],
    [7, "lower right", "upper right"],
    [8, "lower left", "upper left"],
  ])("orientation %i", async (orientation, white, grey) => {
    const { width, height, pixels: seen } = await decodeImage(taken(orientation, little), "photo.jpg");
    expect([width, height]).toEqual(orientation < 5 ? [WIDTH, HEIGHT] : [HEIGHT, WIDTH]);
    const at = (corner: string) => {
      const [x, y] = [corner.endsWith("left") ? 3 : width - 4, corner.startsWith("upper") ? 3 : height - 4];
      return Math.round(seen[(y * width + x) * 4] / 64);
    };
    expect([at(white), at(grey)]).toEqual([4, 2]);
  });
});

test("files that don't say lie as they are seen, damaged ones as well", () => {
  expect(orientationOf(plain)).toBe(1);
  for (const wrong of [0, 9, 65_535]) expect(orientationOf(taken(wrong, true))).toBe(1);
  const whole = taken(6, true);
  expect(orientationOf(whole)).toBe(6);
  for (let length = 0; length < 50; length++) expect(orientationOf(whole.subarray(0, length))).toBe(1);
});
