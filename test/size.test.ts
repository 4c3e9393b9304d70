// @module-tag slow
import { beforeAll, describe, expect, test } from "vitest";
import { kilobytes, minifiers, type Page, pages } from "./page-size.js";

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
