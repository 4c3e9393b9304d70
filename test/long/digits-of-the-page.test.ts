import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { gunzipSync } from "node:zlib";
import { adam, decodeModel, openDevice, softmaxCrossEntropy, Trainer } from "neuromotor";
import { centreImages, imageDataset, readIdx } from "neuromotor/data";
import { expect, test } from "vitest";
import { usePlayground } from "../browser/playground.js";

const playground = usePlayground();

const folder = fileURLToPath(new URL("../../../shared/data/mnist/", import.meta.url));
const read = (file: string) => readIdx(gunzipSync(readFileSync(`${folder}t10k-${file}-ubyte.gz`)), file);

test.runIf(existsSync(folder))(
  "the network that the page trains on drawn digits reads 93 % of MNIST's test images",
  async () => {
    const page = await playground.open({ hash: "#data=syntheticDigits" });
    await page.evaluate(() => globalThis.playground.play(12));
    const isDone = () =>
      globalThis.playground.status.value === "resting" && globalThis.playground.frame.value!.epoch === 12;
    await page.waitForFunction(isDone, null, { timeout: 800_000, polling: 1000 });
    const files = await page.evaluate(async () => {
      const { json, safetensors } = await globalThis.playground.ask("files", undefined);
      return { json, safetensors: [...safetensors] };
    });
    const model = decodeModel({ json: files.json, safetensors: Uint8Array.from(files.safetensors) });
    const device = await openDevice({ backend: "wasm" });
    using trainer = new Trainer(model, {
      device,
      loss: softmaxCrossEntropy(),
      optimizer: adam(),
      metrics: ["accuracy"],
    });
    const images = centreImages(imageDataset(await read("images-idx3"), await read("labels-idx1")));
    const { accuracy } = await trainer.evaluate(images);
    console.log(`accuracy on MNIST's 10,000 test images: ${accuracy}`);
    expect(accuracy).toBeGreaterThanOrEqual(0.93);
    device.dispose();
  },
  900_000,
);
