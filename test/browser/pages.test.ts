// @module-tag slow
import { existsSync } from "node:fs";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dense, encodeModel, sequential } from "../../src/index.js";
import { loadPredictor } from "../../src/predict.js";
import { type Bundler, bundlers } from "../bundlers.js";
import { consumerFolder } from "../package.js";
import { ISOLATED, serve } from "./page-server.js";
import { useChromium } from "./use-chromium.js";

/* Pages that use the published package: with and without a bundler, in a worker, under policies. */

/** A page's program: reads a table, trains on what `openDevice` finds, and reports it. */
const PROGRAM = `
import { adam, dense, openDevice, sequential, softmaxCrossEntropy, Trainer } from "neuromotor";
import { readTable } from "neuromotor/data";

async function run(options) {
  const rows = Array.from({ length: 90 }, (_, i) => [i % 3, Math.sin(i), (i % 3) + Math.cos(i) / 9, "abc"[i % 3]].join());
  const table = await readTable(new File([["a,b,c,kind", ...rows].join("\\n")], "rows.csv"), { target: "kind" });
  const { train, test } = table.split({ test: 0.2, seed: 1 });
  const device = await openDevice(options);
  // Large enough to be shared among threads.
  const model = sequential({ input: train.shape, seed: 1 }, [dense(256, { activation: "relu" }), dense(256), dense(3)]);
  const trainer = new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam(), metrics: ["accuracy"] });
  await trainer.fit(train, { epochs: 25, batchSize: 72 });
  const { accuracy } = await trainer.evaluate(test);
  device.dispose();
  return { backend: device.backend, description: device.description, accuracy };
}
`;
/** Readers of data that work otherwise in a page than in Node: gzip, images, and published sets, which it keeps. */
const READERS = `
import { imageFolder, readTable, titanic } from "neuromotor/data";

const packed = new Blob(["a,b\\n1,x\\n2,y\\n3,x"]).stream().pipeThrough(new CompressionStream("gzip"));

async function picture(colour, path) {
  const canvas = new OffscreenCanvas(2, 2);
  const context = canvas.getContext("2d");
  context.fillStyle = colour;
  context.fillRect(0, 0, 2, 1);
  const file = new File([await canvas.convertToBlob({ type: "image/png" })], path.split("/").at(-1));
  return Object.defineProperty(file, "webkitRelativePath", { value: path });
}

async function run({ mirror }) {
  const table = await readTable(new File([await new Response(packed).blob()], "rows.csv.gz"), { target: "b" });
  const pictures = [await picture("#ff0000", "all/red/1.png"), await picture("#0000ff", "all/blue/1.png")];
  const images = await imageFolder(pictures, { size: [2, 2] });
  const rows = mirror && [];
  // The second time from the page's own storage: nothing is at that address.
  for (const mirrors of mirror ? [[mirror], [mirror + "/nowhere"]] : []) rows.push((await titanic({ mirrors })).rows);
  return {
    table: table.rows,
    classes: images.classes,
    pixels: Array.from(images.features),
    titanic: rows,
  };
}
`;
/** A page that only predicts. */
const PREDICTS = `
import { loadPredictor } from "neuromotor/predict";

async function run() {
  const [json, safetensors] = await Promise.all([fetch("model.json"), fetch("model.safetensors")]);
  const files = { json: await json.text(), safetensors: new Uint8Array(await safetensors.arrayBuffer()) };
  const predictor = await loadPredictor(files);
  const { values } = await predictor.predict([[5.1, 3.5, 1.4, 0.2]]);
  predictor.dispose();
  return { backend: predictor.device.backend, values: Array.from(values) };
}
`;
const OPTIONS = `JSON.parse(decodeURIComponent(new URL(location.href).searchParams.get("options") ?? "{}"))`;
const REPORTS = `run(${OPTIONS}).catch((error) => ({ error: String(error) })).then((result) => { globalThis.result = result; });`;
const IN_WORKER = `onmessage = ({ data }) => run(data).catch((error) => ({ error: String(error) })).then(postMessage);`;
const ASKS_WORKER = `
const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
worker.onmessage = ({ data }) => { globalThis.result = data; };
worker.postMessage(${OPTIONS});
`;
const html = (head: string) => `<!doctype html><meta charset="utf-8"><title>page</title>${head}`;
const IMPORTS = JSON.stringify({
  imports: {
    neuromotor: "./node_modules/neuromotor/dist/browser/index.js",
    "neuromotor/data": "./node_modules/neuromotor/dist/browser/data.js",
    "neuromotor/predict": "./node_modules/neuromotor/dist/predict/predict.js",
  },
});

const SELF = "default-src 'self'; connect-src 'self'";
const policy = (scripts: string, workers: string) => ({
  ...ISOLATED,
  "Content-Security-Policy": `${SELF}; script-src 'self' ${scripts}; worker-src 'self' ${workers}`,
});
const HEADERS = {
  plain: {},
  isolated: ISOLATED,
  "wasm-and-workers": policy("'wasm-unsafe-eval'", "blob:"),
  wasm: policy("'wasm-unsafe-eval'", ""),
  workers: policy("", "blob:"),
  strict: policy("", ""),
};

/** The published table, where this machine has it. */
const published = fileURLToPath(new URL("../../../shared/data/titanic/titanic.csv", import.meta.url));
const titanic = existsSync(published) ? published : undefined;

const saved = encodeModel(sequential({ input: [4], seed: 1 }, [dense(16, { activation: "relu" }), dense(3)]));

interface Result {
  backend: string;
  description: string;
  accuracy: number;
  error?: string;
}

let folder: string;
let origin: string;
const cleanups: (() => Promise<unknown>)[] = [];
const chromium = useChromium();

beforeAll(async () => {
  folder = await consumerFolder("pages");
  cleanups.push(() => rm(folder, { recursive: true }));
  const files = {
    "page.js": `${PROGRAM}${REPORTS}`,
    "readers.js": `${READERS}${REPORTS}`,
    "predicts.js": `${PREDICTS}${REPORTS}`,
    "worker.js": `${PROGRAM}${IN_WORKER}`,
    "asks.js": ASKS_WORKER,
    "map.html": html(`<script type="importmap">${IMPORTS}</script><script type="module" src="page.js"></script>`),
    "predicts.html": html(
      `<script type="importmap">${IMPORTS}</script><script type="module" src="predicts.js"></script>`,
    ),
    "predicts-bundled.html": html(`<script type="module" src="esbuild/predicts.js"></script>`),
    "model.json": saved.json,
    "model.safetensors": saved.safetensors,
  };
  for (const [name, contents] of Object.entries(files)) await writeFile(join(folder, name), contents);
  // Where pages of an import map find it: below their own folder, by its public files.
  await mkdir(join(folder, "node_modules"), { recursive: true });
  await cp(join(folder, "../node_modules/neuromotor"), join(folder, "node_modules/neuromotor"), { recursive: true });
  for (const [name, make] of Object.entries(bundlers)) {
    await make(folder, ["page.js", "worker.js", ...(name === "esbuild" ? ["readers.js", "predicts.js"] : [])]);
    await writeFile(join(folder, name, "asks.js"), ASKS_WORKER);
    await writeFile(join(folder, name, "page.html"), html(`<script type="module" src="page.js"></script>`));
    await writeFile(join(folder, name, "asks.html"), html(`<script type="module" src="asks.js"></script>`));
  }
  await writeFile(join(folder, "readers.html"), html(`<script type="module" src="esbuild/readers.js"></script>`));
  if (titanic) await cp(titanic, join(folder, "mirror/titanic/titanic.csv"));
  const server = await serve(folder, HEADERS);
  cleanups.push(server.close);
  origin = server.origin;
});

afterAll(async () => {
  for (const cleanup of cleanups.reverse()) await cleanup();
});

async function open(path: string, headers: keyof typeof HEADERS, options = {}): Promise<Page> {
  const page = await chromium.newPage();
  await page.goto(`${origin}/${headers}/${path}?options=${encodeURIComponent(JSON.stringify(options))}`);
  return page;
}

async function run<T = Result>(path: string, headers: keyof typeof HEADERS, options = {}): Promise<T> {
  const page = await open(path, headers, options);
  await page.waitForFunction(() => "result" in globalThis, undefined, { timeout: 60_000 });
  return page.evaluate(() => (globalThis as unknown as { result: unknown }).result) as Promise<T>;
}

const ONE_THREAD = /^CPU \(WebAssembly, 1 thread\b/;
const SEVERAL = /^CPU \(WebAssembly, 3 threads\b/;

describe("without a bundler, by an import map", () => {
  test("a plain page trains", async () => {
    const { description, accuracy } = await run("map.html", "plain");
    expect(description).toMatch(ONE_THREAD);
    expect(accuracy).toBeGreaterThan(0.9);
  });

  test("an isolated page trains on threads, and on WebGPU", async () => {
    expect((await run("map.html", "isolated", { threads: 3 })).description).toMatch(SEVERAL);
    const onGpu = await run("map.html", "isolated", { backend: "webgpu" });
    expect([onGpu.error, onGpu.backend]).toEqual([undefined, "webgpu"]);
    expect(onGpu.accuracy).toBeGreaterThan(0.9);
  });
});

test.each([
  ["predicts.html", "plain", "wasm"],
  ["predicts-bundled.html", "strict", "cpu"],
] as const)("a page that only predicts (%s, %s) does so on %s", async (path, headers, backend) => {
  const predicted = await run<{ backend: string; values: number[]; error?: string }>(path, headers);
  expect([predicted.error, predicted.backend]).toEqual([undefined, backend]);
  const here = await loadPredictor(saved);
  const { values } = await here.predict([[5.1, 3.5, 1.4, 0.2]]);
  here.dispose();
  for (const [i, value] of predicted.values.entries()) expect(value).toBeCloseTo(values[i], 5);
});

describe.each(Object.keys(bundlers) as Bundler[])("made by %s", (bundler) => {
  test("a page trains, isolated or not", async () => {
    const { description, accuracy } = await run(`${bundler}/page.html`, "plain");
    expect(description).toMatch(ONE_THREAD);
    expect(accuracy).toBeGreaterThan(0.9);
    expect((await run(`${bundler}/page.html`, "isolated", { threads: 3 })).description).toMatch(SEVERAL);
  });

  test("a module worker trains, isolated or not", async () => {
    const { description, accuracy } = await run(`${bundler}/asks.html`, "plain");
    expect(description).toMatch(ONE_THREAD);
    expect(accuracy).toBeGreaterThan(0.9);
    expect((await run(`${bundler}/asks.html`, "isolated", { threads: 3 })).description).toMatch(SEVERAL);
  });
});

describe("under a Content-Security-Policy", () => {
  test("with 'wasm-unsafe-eval' and workers of blobs all is as without one", async () => {
    expect((await run("esbuild/page.html", "wasm-and-workers", { threads: 3 })).description).toMatch(SEVERAL);
  });

  test("without workers of blobs one thread trains, and the description says why and what to do", async () => {
    const { description, accuracy } = await run("esbuild/page.html", "wasm", { threads: 3 });
    expect(accuracy).toBeGreaterThan(0.9);
    expect(description).toMatch(ONE_THREAD);
    expect(description).toMatch(/2 more could not start: .*worker-src blob:/);
  });

  test.each(["workers", "strict"] as const)(
    "without 'wasm-unsafe-eval' (%s) the plain CPU trains, and says so",
    async (headers) => {
      const { backend, description, accuracy } = await run("esbuild/page.html", headers);
      expect(backend).toBe("cpu");
      expect(description).toMatch(/^CPU, .*Content-Security-Policy keeps WebAssembly out. Add 'wasm-unsafe-eval'/);
      expect(accuracy).toBeGreaterThan(0.9);
      const asked = await run("esbuild/page.html", headers, { backend: "wasm" });
      expect(asked.error).toMatch(/^DeviceError: .*Add 'wasm-unsafe-eval' to its script-src/);
    },
  );
});

test(`a page reads gzip, images and, ${titanic ? "kept" : "not tried without ../shared/data"}, published sets`, async () => {
  const mirror = titanic && `${origin}/plain/mirror`;
  const read = await run<Record<string, unknown>>("readers.html", "plain", { mirror });
  expect(read).toEqual({
    table: 3,
    classes: 2,
    pixels: [
      ...[1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0], // red above nothing
      ...[0, 0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0],
    ],
    titanic: titanic ? [891, 891] : undefined,
  });
});

test("nothing in the files that pages take in is CommonJS or for Node", async () => {
  for (const bundler of Object.keys(bundlers)) {
    const code = await readFile(join(folder, bundler, "page.js"), "utf8");
    expect(code).not.toMatch(/\bmodule\.exports\b|(?:^|[^.\w])require\("/);
  }
});
