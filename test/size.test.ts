import { expect, test } from "vitest";
import { compactShaders, wasmEngine } from "../src/vite.config.js";
import { kilobytes, pageChunks } from "./page-size.js";

/** What a page loads to train a network on WebGPU, minified and gzipped; TensorFlow.js takes 193 kB. */
const LIMIT_KILOBYTES = 60;
const ENGINE_KILOBYTES = 60;

test(`a page that trains on WebGPU loads at most ${LIMIT_KILOBYTES} kB`, async () => {
  const { loaded, lazy } = await pageChunks([compactShaders(), wasmEngine()]);
  expect(lazy).toHaveLength(16);
  expect(loaded.flatMap(({ moduleIds }) => moduleIds.filter((id) => /papaparse|samples\//.test(id)))).toEqual([]);
  // The WASM engine, with a fused multiply-add and without: base64, of which a page loads one.
  const engines = lazy.filter(({ moduleIds }) => moduleIds.some((id) => id.includes("assembly/")));
  expect(engines).toHaveLength(2);
  for (const { code } of engines) expect((code.length * 0.75) / 1000).toBeLessThanOrEqual(ENGINE_KILOBYTES);
  expect(kilobytes(loaded)).toBeLessThanOrEqual(LIMIT_KILOBYTES);
});
