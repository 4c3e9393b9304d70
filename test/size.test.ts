// @module-tag slow
import { beforeAll, describe, expect, test } from "vitest";
import { encodeModel } from "../src/formats/model.js";
import { dense } from "../src/layers/index.js";
import { sequential } from "../src/model/model.js";
import { kilobytes, minifiers, type Page, type PageFile, pages } from "./page-size.js";

/**
 * The most that a page may fetch to train a dense network on a GPU, minified and gzipped; TensorFlow.js takes 193 kB. The
 * goal is 50.
 */
const LIMIT_KILOBYTES = 60;
const ENGINE_KILOBYTES = 60;
/** The first bytes of a WASM module as base64. */
const WASM = "AGFzbQ";

let built: Record<string, Page>;
beforeAll(async () => {
  built = await pages();
}, 300_000);

describe.each(minifiers)("a page that trains on a GPU, made of the published package by %s,", (bundler) => {
  test(`fetches at most ${LIMIT_KILOBYTES} kB`, () => {
    const { fetched } = built[bundler];
    expect(kilobytes(fetched)).toBeLessThanOrEqual(LIMIT_KILOBYTES);
    expect(kilobytes(fetched)).toBeGreaterThan(20); // it is the page that was seen
  });

  test("leaves the WASM engines alone, of which another page fetches one: with a fused multiply-add, or without", () => {
    // Readers of Parquet are at hand here, and have WebAssembly of their own.
    const engines = built[bundler].left.filter(({ code }) => code.includes(WASM) && !/snappy/i.test(code));
    expect(engines).toHaveLength(2);
    for (const { code } of engines) expect((code.length * 0.75) / 1000).toBeLessThanOrEqual(ENGINE_KILOBYTES);
  });
});

/** Beside what a dense network needs: convolutions, pools and norms with their kernels, and bytes. */
const IMAGES_KILOBYTES = 72;

test(`a page that trains a convolutional network fetches at most ${IMAGES_KILOBYTES} kB`, {
  timeout: 300_000,
}, async () => {
  const { vite } = await pages("browser-images.ts", ["vite"]);
  expect(kilobytes(vite.fetched)).toBeLessThanOrEqual(IMAGES_KILOBYTES);
  expect(kilobytes(vite.fetched)).toBeGreaterThan(kilobytes(built.vite.fetched));
});

/** A file and those that it imports, without those that it loads when it uses them. */
function loadedWith(file: PageFile, among: readonly PageFile[], seen = new Set<PageFile>()): PageFile[] {
  seen.add(file);
  for (const [, path] of file.code.matchAll(/\b(?:import|from)\s*["']\.\/([^"']+)["']/g)) {
    const found = among.find(({ name }) => name.endsWith(path));
    if (found && !seen.has(found)) loadedWith(found, among, seen);
  }
  return [...seen];
}

/** All code of a page that predicts with a dense network, but for the WASM engine itself; a page with a Trainer takes 100. */
const PREDICTS_KILOBYTES = 48;
/** Of these what it fetches before it opens the engine's backend: reading of models, the graph, the compiler. The goal is 25. */
const BEFORE_ENGINE_KILOBYTES = 33;

test(`a page that only predicts fetches at most ${PREDICTS_KILOBYTES} kB of code beside the engine`, {
  timeout: 300_000,
}, async () => {
  const { json, safetensors } = encodeModel(sequential({ input: [4] }, [dense(16, { activation: "relu" }), dense(3)]));
  const served = { "model.json": json, "model.safetensors": safetensors };
  const made = await pages("browser-predict.ts", minifiers, served);
  for (const { fetched } of Object.values(made)) {
    const code = fetched.filter(({ code }) => !code.includes(WASM));
    expect(fetched.length - code.length, "engines").toBe(1);
    expect(kilobytes(code)).toBeLessThanOrEqual(PREDICTS_KILOBYTES);
    const before = loadedWith(fetched.find(({ name }) => name.endsWith("page.js"))!, code);
    expect(before.length).toBeLessThan(code.length);
    expect(kilobytes(before)).toBeLessThanOrEqual(BEFORE_ENGINE_KILOBYTES);
    expect(kilobytes(before)).toBeGreaterThan(10); // it is the page that was seen
  }
});
