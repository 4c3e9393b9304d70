import { execFile } from "node:child_process";
import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { unpackArchives } from "../src/node/software-adapter.js";
import { bundlers } from "./bundlers.js";
import { consumerFolder } from "./package.js";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));

/** A file that a bundler made of the page: its name, and how much of it a browser fetches. */
export interface PageFile {
  name: string;
  /** Minified and gzipped, in kB. */
  kilobytes: number;
  code: string;
}

/** A bundled page: the files of code that it fetches for its work, and those loaded when used. */
export interface Page {
  fetched: PageFile[];
  left: PageFile[];
}

/** Those of the bundlers that minify by themselves. */
export const minifiers = ["vite", "esbuild"] as const;

/**
 * Has each bundler make a page of a program with the published package, and runs the pages to see what they fetch: on the
 * software adapter, which says that it is a hardware GPU.
 *
 * @param program - in `test/bench`
 * @param served - contents of files that it fetches, by name
 */
export async function pages<B extends (typeof minifiers)[number]>(
  program = "browser.ts",
  wanted: readonly B[] = minifiers as readonly string[] as readonly B[],
  served: Readonly<Record<string, string | Uint8Array>> = {},
): Promise<Record<B, Page>> {
  const folder = await consumerFolder("page");
  try {
    await cp(join(root, "test/bench", program), join(folder, "page.ts"));
    for (const [name, contents] of Object.entries(served)) await writeFile(join(folder, name), contents);
    const made = [];
    for (const bundler of wanted) {
      await bundlers[bundler](folder, ["page.ts"]);
      made.push([bundler, await visit(join(folder, bundler), join(folder, `${bundler}.log`), folder)]);
    }
    return Object.fromEntries(made) as Record<B, Page>;
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Runs a page's bundle and takes down what it fetches. @param served - the folder of its other files */
async function visit(folder: string, log: string, served: string): Promise<Page> {
  const files = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith(".js")).sort();
  const entry = files.find((name) => /(^|\/)page\.js$/.test(name))!;
  await writeFile(log, "");
  const driver = (await unpackArchives("swiftshader", ["swiftshader.tar.br"]))!;
  const env = { ...process.env, LD_LIBRARY_PATH: driver, VK_ICD_FILENAMES: join(driver, "vk_swiftshader_icd.json") };
  await run(process.execPath, [join(root, "test/page-visit.mjs"), join(folder, entry), log, served], { env });
  const seen = (await readFile(log, "utf8")).split("\n").map((file) => relative(folder, file));
  const page: Page = { fetched: [], left: [] };
  for (const name of files) {
    const code = await readFile(join(folder, name), "utf8");
    page[seen.includes(name) ? "fetched" : "left"].push({ name, code, kilobytes: gzipSync(code).length / 1000 });
  }
  return page;
}

/** Of files gzipped each. */
export const kilobytes = (files: readonly PageFile[]): number => files.reduce((sum, file) => sum + file.kilobytes, 0);
