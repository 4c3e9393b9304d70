// @module-tag slow
import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { build } from "esbuild";
import type { Route } from "playwright-core";
import { beforeAll, describe, expect, test } from "vitest";
import { encodeModel } from "../../src/formats/model.js";
import { dense } from "../../src/layers/index.js";
import { sequential } from "../../src/model/model.js";
import { launchChromium } from "../browser/chromium.js";
import { hasRedis } from "../node/queue/redis.js";
import { consumerFolder } from "../package.js";
import { type Block, blocksOf, isForPages, missingLines, pages, root } from "./blocks.js";
import { runBlock } from "./run.js";

/*
 * The blocks of code in the README and docs/, run as they are printed, with the package as it is published.
 */
const blocks = pages.flatMap((page) => blocksOf(page));
const programs = blocks.filter((block) => block.language === "ts");
const withPrograms = pages.filter((page) => blocksOf(page).some(({ language }) => /^(ts|sh)$/.test(language)));
const needsRedis = ({ code }: Block) => code.includes("redis-server");

beforeAll(() => consumerFolder("docs"), 300_000); // builds the package where it isn't yet

describe.concurrent("code that is shown", () => {
  test.each(withPrograms)("in %s runs, and prints what is shown", async (page) => {
    const folder = await consumerFolder("docs");
    for (const block of blocksOf(page)) {
      if (!/^(ts|sh)$/.test(block.language) || isForPages(block) || isSetup(block.code)) continue;
      if (needsRedis(block) && !hasRedis) continue;
      const printed = await runBlock(block, folder);
      if (block.prints !== undefined) {
        const missing = missingLines(block.prints, printed);
        expect(missing, `${page}:${block.line} printed:\n${printed}`).toEqual([]);
      }
    }
  });
});

/** Commands that install packages or run this repository's own scripts; what they name is held below. */
const isSetup = (code: string) => code.split("\n").every((line) => /^(npm |npx vite\b|$)/.test(line));

test("the repository's scripts that are named exist", async () => {
  const { scripts } = (await import("../../package.json", { with: { type: "json" } })).default;
  const named = blocks.flatMap(({ code }) => [...code.matchAll(/\bnpm (?:run )?([\w:]+)/g)].map(([, name]) => name));
  const own = named.filter((name) => !["ci", "install"].includes(name));
  expect(own.length).toBeGreaterThan(1);
  for (const name of own) expect(Object.keys(scripts)).toContain(name);
});

test("blocks are of kinds that are known, so that none is passed over", () => {
  const kinds = new Set(blocks.map(({ language }) => language));
  expect([...kinds].filter((kind) => !["ts", "sh", "text", "python"].includes(kind))).toEqual([]);
});

test("programs run on Node 20 as they are, and the guide shows what they print", () => {
  const later = programs.filter(({ code }) => /^\s*(await )?using /m.test(code));
  expect(later.map(({ page, line }) => `${page}:${line}`)).toEqual([]);
  const guide = blocks.filter(({ page, language }) => page.startsWith("docs/guide/") && /^(ts|sh)$/.test(language));
  expect(guide.filter(({ prints }) => prints === undefined).map(({ page, line }) => `${page}:${line}`)).toEqual([]);
  const pagesWithPrograms = new Set(guide.map(({ page }) => page));
  expect(pages.filter((page) => page.startsWith("docs/guide/") && !pagesWithPrograms.has(page))).toEqual([]);
});

test("programs have the types of a strict project", async () => {
  const folder = await consumerFolder("types");
  for (const { page, line, code } of programs) {
    await writeFile(join(folder, `${page.replaceAll(/\W/g, "-")}-${line}.ts`), code);
  }
  const compilerOptions = {
    ...{ module: "nodenext", target: "es2022", lib: ["es2022", "esnext.disposable", "dom"], types: ["node"] },
    ...{ strict: true, noEmit: true, noUnusedLocals: true },
  };
  await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, include: ["*.ts"] }));
  await writeFile(join(folder, "package.json"), JSON.stringify({ type: "module" }));
  const tsc = promisify(execFile)(process.execPath, [join(root, "node_modules/.bin/tsc"), "--project", folder]);
  const { stdout } = await tsc.catch((error: { stdout: string }) => error);
  expect(stdout).toBe("");
});

test("programs for pages run in Chromium", async () => {
  const folder = await consumerFolder("page");
  const shown = programs.filter(isForPages);
  const { json, safetensors } = encodeModel(sequential({ input: [4], seed: 1 }, [dense(3)]));
  expect(shown.length).toBeGreaterThan(0);
  const browser = await launchChromium();
  try {
    for (const block of shown) {
      await writeFile(join(folder, "page.ts"), block.code);
      const bundle = { absWorkingDir: folder, entryPoints: ["page.ts"], bundle: true, format: "esm" as const };
      const { outputFiles } = await build({ ...bundle, write: false, target: "es2022", outdir: "out" });
      const page = await browser.newPage();
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(String(error)));
      const html = '<body><script type="module" src="/page.js"></script>';
      const served: Record<string, Parameters<Route["fulfill"]>[0]> = {
        "page.js": { contentType: "text/javascript", body: outputFiles[0].text },
        "model.json": { contentType: "application/json", body: json },
        "model.safetensors": { body: Buffer.from(safetensors) },
      };
      await page.route("**/*", (route) =>
        route.fulfill(served[route.request().url().split("/").at(-1)!] ?? { contentType: "text/html", body: html }),
      );
      await page.goto("http://localhost/");
      await page.waitForFunction(() => document.body.textContent!.includes(":"), undefined, { timeout: 60_000 });
      const text = await page.evaluate(() => document.body.textContent!);
      expect(errors).toEqual([]);
      const place = `${block.page}:${block.line} shows:\n${text}`;
      if (block.prints === undefined) expect(text, place).toMatch(/: (1|0\.\d+)$/);
      else expect(missingLines(block.prints, text), place).toEqual([]);
      await page.close();
    }
  } finally {
    await browser.close();
  }
});

test("a page's text is compared line by line", () => {
  expect(missingLines("a\n...\nc\n", "a\nb\nb\nc\n")).toEqual([]);
  expect(missingLines("a\nb 0.5\n", "a\nb 0.6\n")).toEqual(["b 0.5"]);
  expect(missingLines("a\n", "a\nb\n")).toHaveLength(1);
  expect(missingLines("...\nd\n", "a\nb\n")).toEqual(["d"]);
});
