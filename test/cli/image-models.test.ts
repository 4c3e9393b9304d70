// @module-tag slow
import { mkdirSync } from "node:fs";
import { encode as encodePng } from "fast-png";
import { beforeAll, expect, test } from "vitest";
import { useFolder } from "../fixtures.js";
import { cli, cliJson, expectFailure, writeImages } from "./command-line.js";

const folder = useFolder();
let images: string;
let model: string;

/** An image of grey stripes. */
function writeStripes(name: string, size: number): string {
  const data = Uint8Array.from({ length: size * size }, (_, p) => (Math.floor(p / size) % 4 < 2 ? 255 : 0));
  return folder.write(name, encodePng({ width: size, height: size, channels: 1, data }));
}

beforeAll(async () => {
  images = writeImages(folder, "images");
  model = folder.path("model");
  const trained = await cliJson(
    "train",
    images,
    "--layers",
    "conv 4x3, pool, flatten",
    "--epochs",
    "30",
    "--out",
    model,
  );
  expect(trained.accuracy).toBe(1);
});

test("a network on images is evaluated on folders of them, some of the classes among them", async () => {
  const all = await cliJson("evaluate", model, images);
  expect(all).toMatchObject({ rows: 40, includesTrainingRows: true });
  expect(await cliJson("evaluate", model, images, "--held-out")).toMatchObject({ rows: 8, accuracy: 1 });
  mkdirSync(folder.path("some/down"), { recursive: true });
  writeStripes("some/down/1.png", 8);
  // The only class there is the second of the model's.
  const some = await cliJson("evaluate", model, folder.path("some"));
  expect(some.confusionMatrix).toEqual([
    [0, 0],
    [1, 0],
  ]);
  mkdirSync(folder.path("other/left"), { recursive: true });
  writeStripes("other/left/1.png", 8);
  expectFailure(await cli("evaluate", model, folder.path("other")), 2, /no class "left"\. It tells apart across, down/);
});

test("it predicts for an image, and for all of a folder", async () => {
  const one = writeStripes("one.png", 8);
  expect((await cli("predict", model, one)).stdout).toBe(`file,prediction\n${one},across\n`);
  const { predictions, probabilities } = await cliJson("predict", model, images, "--probabilities");
  expect(predictions).toEqual(Array.from({ length: 40 }, (_, i) => (i < 20 ? "across" : "down")));
  expect(probabilities).toHaveLength(40);
  expect((await cliJson("predict", model, folder.path("images/down"))).predictions).toEqual(Array(20).fill("down"));
});

test("images of another size are refused, or brought to the size that was asked for", async () => {
  const large = writeStripes("large.png", 16);
  expectFailure(await cli("predict", model, large), 2, /it is 16 x 16, and the model takes 8 x 8.*--image-size/);
  const small = folder.path("small");
  await cliJson("train", images, "--image-size", "4x4x1", "--epochs", "60", "--out", small);
  expect((await cliJson("predict", small, large)).predictions).toHaveLength(1);
  expect((await cliJson("evaluate", small, images)).rows).toBe(40);
});

test("a model takes only what it was trained on", async () => {
  const table = folder.write("table.csv", "a,b\n1,2\n");
  expectFailure(await cli("predict", model, table), 2, /there is no column/);
  const iris = folder.path("iris");
  await cliJson("train", "iris", "--epochs", "1", "--out", iris);
  expectFailure(await cli("predict", iris, images), 2, /trained on iris, which has no images/);
});
