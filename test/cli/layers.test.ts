// @module-tag slow
import { describe, expect, test } from "vitest";
import { cli, expectFailure } from "./command-line.js";

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

  test("need images", async () => {
    expectFailure(
      await cli("train", "iris", "--layers", "conv 4x3, flatten"),
      2,
      /need images.* Use sizes such as 128,64/,
    );
    expectFailure(await cli("train", "iris", "--layers", "conv 4"), 2, /--layers .*conv 32x3, pool/);
  });
});
