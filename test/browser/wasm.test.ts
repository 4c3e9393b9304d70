// @module-tag slow
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser } from "playwright-core";
import { createServer } from "vite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { useFolder } from "../fixtures.js";
import { expectEqual } from "../tolerance.js";
import { launchChromium } from "./chromium.js";

const source = (file: string) => fileURLToPath(new URL(`../../src/${file}`, import.meta.url));
const cleanups: (() => Promise<unknown>)[] = [];
let browser: Browser;
const folder = useFolder().path();

beforeAll(async () => {
  browser = await launchChromium();
  cleanups.push(() => browser.close());
});

afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

/** A page of the demo's server, with headers that isolate it from other origins or without. */
async function openPage(isolated: boolean) {
  const server = await createServer({
    configFile: fileURLToPath(new URL("../../demo/vite.config.ts", import.meta.url)),
    cacheDir: join(folder, `${isolated}`),
    logLevel: "error",
    server: {
      headers: isolated
        ? { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" }
        : {},
    },
  });
  cleanups.push(() => server.close());
  await server.listen();
  const page = await browser.newPage();
  await page.goto(server.resolvedUrls!.local[0]);
  return page;
}

/** Trains a network that is large enough to be shared among threads, in the page. */
function train(page: Awaited<ReturnType<typeof openPage>>, threads?: number) {
  return page.evaluate(
    async ([index, dataset, asked]) => {
      // Vitest would put its own import in place of one that it sees.
      const load = new Function("path", "return import(path)");
      const library: typeof import("../../src/index.js") = await load(index);
      const { openDevice, sequential, dense, adam, softmaxCrossEntropy, Trainer } = library;
      const { Dataset }: typeof import("../../src/data/index.js") = await load(dataset);
      const device = await openDevice({ backend: "wasm", threads: asked as number | undefined });
      const data = Dataset.from({
        features: Float32Array.from({ length: 200 * 130 }, (_, i) => Math.sin(i * 1.7)),
        labels: Uint32Array.from({ length: 200 }, (_, row) => row % 5),
        shape: [130],
      });
      const model = sequential({ input: [130], seed: 1 }, [dense(100, { activation: "tanh" }), dense(5)]);
      const trainer = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam() });
      await trainer.fit(data, { epochs: 3, batchSize: 64 });
      const values = [...model.parameters().values()].flatMap((parameter) => [...parameter.values]);
      device.dispose();
      return { description: device.description, values };
    },
    [`/@fs${source("index.ts")}`, `/@fs${source("data/index.ts")}`, threads] as const,
  );
}

test("a page that is isolated trains on several threads, with the bits of one", async () => {
  const page = await openPage(true);
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  const [one, three] = [await train(page, 1), await train(page, 3)];
  expect(one.description).toMatch(/^CPU \(WebAssembly, 1 thread\b/);
  expect(three.description).toMatch(/^CPU \(WebAssembly, 3 threads\b/);
  expectEqual(three.values, one.values);
});

test("any other page trains on one thread", async () => {
  const { description, values } = await train(await openPage(false), 3);
  expect(description).toMatch(/^CPU \(WebAssembly, 1 thread\b/);
  expect(values.every(Number.isFinite)).toBe(true);
});
