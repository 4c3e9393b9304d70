import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type Rolldown } from "vite";
import { afterAll, expect, test } from "vitest";
import { compactShaders, wasmEngine } from "../src/vite.config.js";

/** What a page loads to train a network on WebGPU, minified and gzipped; TensorFlow.js takes 193 kB. */
const LIMIT_KILOBYTES = 35;
const ENGINE_KILOBYTES = 60;

/**
 * Loaded only when used: the CPU's backends, evaluation, profiling, looking for a rate, schedules, saving, callbacks on
 * steps, explaining a step, tuning, other ways to make products, data that don't fit, diagnosis, rare WGSL.
 */
const LAZY =
  /assembly\/|src\/(backends\/(cpu|wasm)\/|backends\/webgpu\/(timing|tuning|moves|product-options|guard-check|further-shaders|problems)|training\/(diagnose|evaluate|explain|further|windows))/;

const PAGE = `
import { adam, dense, openDevice, sequential, softmaxCrossEntropy, Trainer } from "neuromotor";
import { Dataset } from "neuromotor/data";
const data = Dataset.from({ features: [[0, 1], [1, 0]], labels: [0, 1] });
const model = sequential({ input: [2] }, [dense(4, { activation: "relu" }), dense(2)]);
const device = await openDevice();
await new Trainer(model, { device, loss: softmaxCrossEntropy(), optimizer: adam() }).fit(data);
console.log(model.parameters());
`;

const folder = await mkdtemp(join(tmpdir(), "neuromotor-size-"));
afterAll(() => rm(folder, { recursive: true }));
const source = (file: string) => fileURLToPath(new URL(`../src/${file}`, import.meta.url));

test(`a page that trains on WebGPU loads at most ${LIMIT_KILOBYTES} kB`, async () => {
  await writeFile(join(folder, "page.js"), PAGE);
  const { output } = (await build({
    root: folder,
    configFile: false,
    logLevel: "error",
    plugins: [compactShaders(), wasmEngine()],
    resolve: {
      alias: [
        { find: /^neuromotor$/, replacement: source("index.ts") },
        { find: /^neuromotor\/data$/, replacement: source("data/index.ts") },
      ],
    },
    build: {
      write: false,
      target: "es2022",
      minify: true,
      ssr: true, // without Vite's helper for preloading, which other bundlers don't add
      rolldownOptions: { input: join(folder, "page.js") },
    },
  })) as Rolldown.RolldownOutput;
  const chunks = output.filter((file) => file.type === "chunk");
  const loaded = chunks.filter(({ moduleIds }) => !moduleIds.some((id) => LAZY.test(id)));
  expect(chunks.length - loaded.length).toBe(16);
  expect(loaded.flatMap(({ moduleIds }) => moduleIds.filter((id) => /papaparse|samples\//.test(id)))).toEqual([]);
  // The WASM engine, with a fused multiply-add and without: base64, of which a page loads one.
  const engines = chunks.filter(({ moduleIds }) => moduleIds.some((id) => id.includes("assembly/")));
  expect(engines).toHaveLength(2);
  for (const { code } of engines) expect((code.length * 0.75) / 1000).toBeLessThanOrEqual(ENGINE_KILOBYTES);
  const bytes = loaded.reduce((sum, { code }) => sum + gzipSync(code).length, 0);
  expect(bytes / 1000).toBeLessThanOrEqual(LIMIT_KILOBYTES);
});
