// @module-tag slow
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { syntheticDigits } from "neuromotor/data";
import { expect, test, vi } from "vitest";
import { chooseData, lastPoint, parametersOf, press, rests, runProgram, trainTo, usePlayground } from "./playground.js";

const playground = usePlayground();

const shared = fileURLToPath(new URL("../../../shared/data/", import.meta.url));

/** An IDX file of bytes. */
function idx(shape: readonly number[], values: ArrayLike<number>): Buffer {
  const head = Buffer.alloc(4 + 4 * shape.length);
  head.set([0, 0, 8, shape.length]);
  for (const [axis, size] of shape.entries()) head.writeUInt32BE(size, 4 + 4 * axis);
  return Buffer.concat([head, Uint8Array.from(values)]);
}

/** Drawn digits as MNIST's four files, those of images packed. */
async function drawnFiles(train: number, test: number) {
  const part = async (name: string, rows: number, seed: number) => {
    const { features, labels } = await syntheticDigits({ rows, seed });
    const pixels = idx(
      [rows, 28, 28],
      features.map((value) => Math.round(255 * value)),
    );
    return [
      { name: `${name}-images-idx3-ubyte.gz`, mimeType: "application/gzip", buffer: gzipSync(pixels) },
      { name: `${name}-labels-idx1-ubyte`, mimeType: "application/octet-stream", buffer: idx([rows], labels) },
    ];
  };
  return [...(await part("train", train, 1)), ...(await part("t10k", test, 2))];
}

test("MNIST's four files are trained on by convolutions, also changed at random, and a digit is drawn for them", async () => {
  const page = await playground.open();
  await chooseData(page, "MNIST", "mnist");
  expect(await page.locator("#status").innerText()).toBe("Waiting for your data.");
  const files = await drawnFiles(600, 200);
  const field = page.locator("#data input[type=file]");
  await field.setInputFiles(files.slice(0, 3));
  await page.getByRole("alert").filter({ hasText: "t10k-labels-idx1-ubyte isn't among the files" }).waitFor();
  await field.setInputFiles(files);
  await page.waitForFunction(() => globalThis.playground.info.value?.trainRows === 600);
  await rests(page);
  expect(await page.getByRole("alert").filter({ hasText: "among" }).isVisible()).toBe(false);
  await trainTo(page, 6);
  expect((await lastPoint(page)).heldOut!.score).toBeGreaterThan(0.6);
  const { heldOutRows, layers } = await page.evaluate(() => globalThis.playground.info.value!);
  expect([heldOutRows, layers.map(({ isConvolution }) => isConvolution)]).toEqual([200, [true, true, false, false]]);
  const before = await parametersOf(page);
  await page.getByLabel("Images change at random").selectOption("little");
  await rests(page);
  await trainTo(page, 6);
  expect(await parametersOf(page)).not.toEqual(before);
  expect(await page.locator(".earlier li").innerText()).toBe("changes at random: no (now a little)");
  // Another width of one convolution is named as that layer's.
  await press(page, "Layer 1: one neuron more");
  await rests(page);
  await trainTo(page, 2);
  expect(await page.locator(".earlier li").last().innerText()).toBe(
    "Layer 1: convolution 8 5 × 5 / 2 relu (now convolution 9 5 × 5 / 2 relu)",
  );
  await page.locator("#draw-digit .board").focus();
  for (const key of [" ", ...Array(14).fill("ArrowDown"), " "]) await page.keyboard.press(key);
  await page.locator("#draw-digit .says").waitFor();
  // Clothing has files of the same names.
  await chooseData(page, "Fashion", "fashionMnist");
  await field.setInputFiles(files);
  await page.waitForFunction(() => globalThis.playground.info.value?.classNames[9] === "Ankle boot");
  await rests(page);
  expect(await page.locator("#draw-digit").count()).toBe(0);
});

test.runIf(existsSync(shared))(
  "published images are fetched when asked, kept, and trained on with the numbers of Node",
  async () => {
    const asked: string[] = [];
    const page = await playground.open({ hash: "#data=mnist&rows=900&layers=16-relu-0" }, (each) =>
      each.context().route(/^https?:\/\/(?!localhost)/, async (route) => {
        asked.push(route.request().url());
        const file = `${shared}mnist/${basename(route.request().url())}`;
        await route.fulfill({ body: await readFile(file), headers: { "access-control-allow-origin": "*" } });
      }),
    );
    expect(await page.locator("#status").innerText()).toBe("Waiting for your data.");
    expect(asked).toEqual([]);
    await press(page, "Fetch them (12 MB)");
    await page.waitForFunction(() => globalThis.playground.info.value?.trainRows === 900);
    await rests(page);
    expect(new Set(asked.map((url) => basename(url))).size).toBe(4);
    await trainTo(page, 2);
    const { heldOut } = await lastPoint(page);
    await page.locator("#further").scrollIntoViewIfNeeded();
    await press(page, "TypeScript");
    vi.stubEnv("NEUROMOTOR_DATA", shared);
    const { loss, accuracy } = await runProgram(await page.getByLabel("To copy").inputValue());
    vi.unstubAllEnvs();
    expect(accuracy).toBe(heldOut!.score);
    expect(loss).toBeCloseTo(heldOut!.loss, 5);
    const before = asked.length;
    await page.reload();
    await press(page, "Fetch them (12 MB)");
    await page.waitForFunction(() => globalThis.playground.info.value?.trainRows === 900);
    expect(asked.length).toBe(before);
    playground.expectProblem(/^another host: .*ubyte\.gz$/);
  },
);
