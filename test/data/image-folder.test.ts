import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import jpeg from "jpeg-js";
import { imageFolder } from "neuromotor/data";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ArgumentError, DataError } from "../../src/core/errors.js";

/** Colour types of PNG. */
const TYPES = { grey: 0, colour: 2, palette: 3, greyAlpha: 4, colourAlpha: 6 } as const;

/** A PNG file of rows of bytes, as they lie in it. */
function png(width: number, rows: number[][], type: keyof typeof TYPES, depth = 8, palette?: number[]): Uint8Array {
  const u32 = (value: number) => [value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255];
  const chunk = (name: string, data: number[]) => {
    const body = [...Buffer.from(name), ...data];
    return [...u32(data.length), ...body, ...u32(crc32(Uint8Array.from(body)))];
  };
  const header = [...u32(width), ...u32(rows.length), depth, TYPES[type], 0, 0, 0];
  const pixels = deflateSync(Uint8Array.from(rows.flatMap((row) => [0, ...row])));
  return Uint8Array.from([
    ...[0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10],
    ...chunk("IHDR", header),
    ...(palette ? chunk("PLTE", palette) : []),
    ...chunk("IDAT", [...pixels]),
    ...chunk("IEND", []),
  ]);
}

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "neuromotor-images-"));
});
afterAll(() => rm(folder, { recursive: true }));

/** Writes images to folders by class. */
async function write(name: string, classes: Record<string, Record<string, Uint8Array>>): Promise<string> {
  for (const [label, files] of Object.entries(classes)) {
    await mkdir(join(folder, name, label), { recursive: true });
    for (const [file, bytes] of Object.entries(files)) await writeFile(join(folder, name, label, file), bytes);
  }
  return join(folder, name);
}

const levels = (features: Float32Array) => [...features].map((value) => Math.round(value * 255));

test("folders are classes, their images samples", async () => {
  const path = await write("two", {
    cats: {
      "a.png": png(
        2,
        [
          [0, 51],
          [102, 255],
        ],
        "grey",
      ),
    },
    ants: {
      "b.png": png(
        2,
        [
          [255, 0, 0, 0, 255, 0],
          [0, 0, 255, 9, 9, 9],
        ],
        "colour",
      ),
      ".DS_Store": Uint8Array.of(1),
    },
  });
  const data = await imageFolder(path);
  expect([data.name, data.shape, data.classNames, [...data.labels], data.labelKind]).toEqual([
    "two",
    [2, 2, 3],
    ["ants", "cats"],
    [0, 1],
    "classes",
  ]);
  expect(levels(data.features)).toEqual([
    255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9, 0, 0, 0, 51, 51, 51, 102, 102, 102, 255, 255, 255,
  ]);
  const grey = await imageFolder(path, { channels: 1 });
  expect([grey.shape, levels(grey.features).slice(0, 4)]).toEqual([
    [2, 2, 1],
    [76, 150, 29, 9],
  ]);
});

test.each<[string, Uint8Array, number[]]>([
  ["16 bits", png(2, [[0, 0, 255, 255]], "grey", 16), [0, 255]],
  ["one bit", png(10, [[0b10100000, 0b01000000]], "grey", 1), [255, 0, 255, 0, 0, 0, 0, 0, 0, 255]],
  ["a palette of 8 bits", png(2, [[1, 0]], "palette", 8, [10, 10, 10, 200, 200, 200]), [200, 10]],
  ["a palette of 4 bits", png(3, [[0x10, 0x10]], "palette", 4, [10, 10, 10, 200, 200, 200]), [200, 10, 200]],
  ["grey with opacity", png(2, [[200, 255, 200, 0]], "greyAlpha"), [200, 0]],
  ["colour with opacity", png(2, [[100, 100, 100, 255, 100, 100, 100, 51]], "colourAlpha"), [100, 20]],
])("PNG of %s", async (name, bytes, expected) => {
  const data = await imageFolder(await write(name, { a: { "a.png": bytes } }), { channels: 1 });
  expect(levels(data.features)).toEqual(expected);
});

test("JPEG, brought to a size", async () => {
  const pixels = Uint8Array.from({ length: 16 * 16 * 4 }, (_, i) => (i % 4 === 3 ? 255 : i < 16 * 16 * 2 ? 40 : 200));
  const { data: bytes } = jpeg.encode({ width: 16, height: 16, data: pixels }, 95);
  const data = await imageFolder(await write("jpeg", { a: { "a.jpg": bytes } }), { size: [2, 2], channels: 1 });
  const [top, , bottom] = levels(data.features);
  expect([data.shape, Math.abs(top - 40) < 6, Math.abs(bottom - 200) < 6]).toEqual([[2, 2, 1], true, true]);
});

test("files of a page by the folders they lie in", async () => {
  const file = (path: string, bytes: Uint8Array<ArrayBuffer>) =>
    Object.defineProperty(new File([bytes], "x.png"), "webkitRelativePath", { value: path });
  const bytes = png(1, [[7]], "grey") as Uint8Array<ArrayBuffer>;
  const data = await imageFolder([file("set/b/1.png", bytes), file("set/a/2.png", bytes)]);
  expect([data.classNames, [...data.labels]]).toEqual([
    ["a", "b"],
    [1, 0],
  ]);
});

test("files that are no images are left out, and that is said", async () => {
  const image = png(1, [[7]], "grey");
  const text = Uint8Array.from(Buffer.from("images of cats"));
  const path = await write("stray", {
    cats: { "1.png": image, "README.md": text },
    dogs: { "2.png": image, "Thumbs.db": Uint8Array.of(0xd0, 0xcf) },
  });
  await writeFile(join(path, "LICENSE"), text);
  const data = await imageFolder(path);
  expect([data.rows, data.classNames, [...data.labels], levels(data.features)]).toEqual([
    2,
    ["cats", "dogs"],
    [0, 1],
    [7, 7, 7, 7, 7, 7],
  ]);
  expect(data.warnings).toEqual([
    expect.stringMatching(/^2 files are no images and are left out: cats\/README\.md, dogs\/Thumbs\.db\.$/),
  ]);
});

test("images of a single class are told to be that", async () => {
  const { warnings } = await imageFolder(await write("single", { cats: { "1.png": png(1, [[7]], "grey") } }));
  expect(warnings).toEqual([expect.stringMatching(/of one class, "cats": there is nothing to tell apart/)]);
});

test.each<[string, () => Promise<unknown>, RegExp]>([
  [
    "folders one level deeper",
    async () =>
      imageFolder(await write("deeper", { "train/cats": { "1.png": png(1, [[1]], "grey") }, "test/cats": {} })),
    /deeper: the folder .*test holds folders, "cats"\. Give the one folder whose folders are the classes/,
  ],
  [
    "files of a page in several folders",
    () =>
      imageFolder(
        ["set/train/b/1.png", "set/test/b/2.png"].map((value) =>
          Object.defineProperty(new File([], "x"), "webkitRelativePath", { value }),
        ),
      ),
    /its classes lie in several folders, "set\/test", "set\/train"/,
  ],
  [
    "an image beside the folders",
    async () => {
      const path = await write("beside", { a: { "1.png": png(1, [[1]], "grey") } });
      await writeFile(join(path, "2.png"), png(1, [[1]], "grey"));
      return imageFolder(path);
    },
    /2\.png: it lies in no folder/,
  ],
  [
    "another size",
    async () =>
      imageFolder(await write("sizes", { a: { "1.png": png(1, [[1]], "grey"), "2.png": png(2, [[1, 2]], "grey") } })),
    /2\.png: it is 1 x 2, the first image 1 x 1.*size: \[1, 1\]/,
  ],
  [
    "another format",
    async () => imageFolder(await write("gif", { a: { "1.gif": Uint8Array.from(Buffer.from("GIF89a")) } })),
    /neither a PNG nor a JPEG/,
  ],
  [
    "a damaged image",
    async () => imageFolder(await write("damaged", { a: { "1.png": png(1, [[1]], "grey").subarray(0, 40) } })),
    /can't be decoded/,
  ],
  [
    "no images",
    async () => {
      await mkdir(join(folder, "none"), { recursive: true });
      return imageFolder(join(folder, "none"));
    },
    /there are no images/,
  ],
  ["no folder", () => imageFolder(join(folder, "nowhere")), /there is no such file/],
  ["two channels", () => imageFolder(folder, { channels: 2 as never }), /channels must be 1 or 3/],
  ["a bad size", () => imageFolder(folder, { size: [0, 4] }), /size must be/],
  ["an unknown option", () => imageFolder(folder, { imageSize: 4 } as never), /no option "imageSize"/],
])("%s is an error", async (_, work, message) => {
  const failing = work();
  await expect(failing).rejects.toThrow(message);
  await failing.catch((error) => expect(error instanceof DataError || error instanceof ArgumentError).toBe(true));
});
