// @module-tag slow
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { digits } from "../../src/data/index.js";
import { useFolder } from "../fixtures.js";
import { cli, expectFailure } from "./command-line.js";

const folder = useFolder();

describe("networks on images", () => {
  test("as layers are written out, and as the settings are shown", async () => {
    const layers = ["--layers", "conv 4x3, pool, flatten, dropout 0.2, 16"];
    const { code, stdout, stderr } = await cli(
      "train",
      "syntheticDigits",
      "--max-rows",
      "200",
      ...layers,
      "--epochs",
      "1",
      "--backend",
      "wasm",
    );
    expect(code, stderr).toBe(0);
    for (const row of [
      /conv2d +conv2d +\[batch, 26, 26, 4\] +40/,
      /maxPool2d +maxPool2d +\[batch, 13, 13, 4\]/,
      /dense +dense +\[batch, 16\]/,
    ]) {
      expect(stdout).toMatch(row);
    }
    expect(stdout).toContain("--layers conv4x3,pool,flatten,dropout0.2,16");
  });

  test("by name: Keras's for MNIST", async () => {
    const sizes = ["--layers", "cnn", "--epochs", "1", "--max-rows", "200"];
    const { code, stdout, stderr } = await cli("train", "syntheticDigits", ...sizes, "--backend", "wasm", "--json");
    expect(code, stderr).toBe(0);
    const { settings } = JSON.parse(stdout);
    expect(settings.layers).toEqual(["conv32x3", "pool", "conv64x3", "pool", "flatten", "dropout0.5"]);
  });

  test("on flat rows that are known to be images; the page shows kernels, their outputs, and pixels that count", async () => {
    const run = folder.path("run");
    const layers = ["--layers", "conv 6x3, pool, flatten", "--epochs", "2", "--max-rows", "300", "--out", run];
    const { code, stdout, stderr } = await cli("train", "digits", ...layers, "--backend", "wasm");
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/reshape +reshape +\[batch, 8, 8, 1\] +0 +0\n *conv2d +conv2d +\[batch, 6, 6, 6\] +60/);
    const page = readFileSync(folder.path("run/report.html"), "utf8");
    const imagesUnder = (title: string, size: string) => {
      const [, block] = new RegExp(`<h3>${title}</h3>.*?<ul[^>]*>(.*?)</ul>`, "s").exec(page)!;
      return [...block.matchAll(new RegExp(`<img src="data:image/png;base64,[^"]+" ${size}`, "g"))].length;
    };
    expect(imagesUnder("What the first layer looks for", 'width="3" height="3"')).toBe(6);
    expect(imagesUnder("What its filters find", 'width="6" height="6"')).toBe(6);
    expect(imagesUnder("Pixels that count", 'width="8" height="8"')).toBe(2 * 4);
    const { model, predictions } = JSON.parse(readFileSync(folder.path("run/run.json"), "utf8"));
    for (const { place, pixels } of model.slopes) {
      expect(predictions.samples.some((sample: { place: number }) => sample.place === place)).toBe(true);
      expect([pixels.length, Math.max(...pixels)]).toEqual([64, 255]);
    }
  });

  test("by name on small images in flat rows, changed at random; the model is scored as it was trained", async () => {
    const run = folder.path("augmented");
    const given = ["--network", "cnn", "--augment", "shift=1,rotate=10", "--epochs", "2", "--max-rows", "200"];
    const { code, stdout, stderr } = await cli("train", "digits", ...given, "--backend", "wasm", "--out", run);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/conv2d_1 +conv2d +\[batch, 4, 4, 64\]/);
    const [, accuracy] = /accuracy (\S+), loss/.exec(stdout)!;
    const again = await cli("evaluate", run, "digits", "--held-out", "--backend", "wasm");
    expect(again.stdout, again.stderr).toContain(`accuracy ${accuracy}`);
  });

  test("on a file's rows of pixels, as bytes; rows are predicted as they stand in it", async () => {
    const { features, labels, rows } = (await digits()).take(Array.from({ length: 240 }, (_, i) => i));
    const header = [...Array.from({ length: 64 }, (_, i) => `pixel${i}`), "label"].join();
    const lines = Array.from({ length: rows }, (_, row) =>
      [
        ...Array.from(features.subarray(64 * row, 64 * row + 64), (x) => Math.round(255 * x)),
        `"${labels[row]}"`,
      ].join(),
    );
    const file = folder.path("pixels.csv");
    writeFileSync(file, [header, ...lines, ""].join("\n"));
    const run = folder.path("pixels");
    const given = ["--target", "label", "--image-size", "8x8", "--network", "cnn", "--augment", "shift=1"];
    const trained = await cli("train", file, ...given, "--epochs", "2", "--backend", "wasm", "--out", run);
    expect(trained.code, trained.stderr).toBe(0);
    expect(trained.stdout).toMatch(/reshape +reshape +\[batch, 8, 8, 1\]/);
    const [, accuracy] = /accuracy (\S+), loss/.exec(trained.stdout)!;
    const again = await cli("evaluate", run, file, "--held-out", "--backend", "wasm");
    expect(again.stdout, again.stderr).toContain(`accuracy ${accuracy}`);
    const predicted = await cli("predict", run, file, "--backend", "wasm");
    expect(predicted.stdout.trim().split("\n"), predicted.stderr).toHaveLength(rows + 1);
  });

  test("need images", async () => {
    expectFailure(
      await cli("train", "iris", "--layers", "conv 4x3, flatten"),
      2,
      /need images.* Use sizes such as 128,64/,
    );
    expectFailure(await cli("train", "iris", "--layers", "conv 4"), 2, /--layers .*conv 32x3/);
    expectFailure(await cli("train", "iris", "--augment", "shift=1"), 2, /is for images/);
  });
});
