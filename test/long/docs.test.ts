import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { blocksOf, isForPages, missingLines, pages, root } from "../docs/blocks.js";
import { runBlock } from "../docs/run.js";
import { consumerFolder } from "../package.js";

/*
 * The programs of the README and docs/ print what is shown on each backend, not only on the one that is found.
 */
const programs = pages.flatMap((page) =>
  blocksOf(page).filter(
    (block) => block.language === "ts" && !isForPages(block) && block.code.includes("openDevice()"),
  ),
);

test.each(["cpu", "wasm", "webgpu"])("on %s", { timeout: 600_000 }, async (backend) => {
  const folder = await consumerFolder("docs");
  // In Node, WebGPU is there for the device of "neuromotor/node" alone.
  const some = programs.filter(({ code }) => backend !== "webgpu" || code.includes('from "neuromotor/node"'));
  expect(some.length).toBeGreaterThan(10);
  for (const block of some) {
    const printed = await runBlock(block, folder, (code) =>
      code.replaceAll("openDevice()", `openDevice({ backend: "${backend}" })`),
    );
    const missing = missingLines(block.prints ?? "...", printed);
    expect(missing, `${block.page}:${block.line} printed:\n${printed}`).toEqual([]);
  }
});

test("npm run docs writes the reference, with guide and command line, and warns of nothing", {
  timeout: 600_000,
}, async () => {
  await promisify(execFile)("npm", ["run", "docs"], { cwd: root, maxBuffer: 2 ** 26 });
  const page = (path: string) => readFile(join(root, "docs/reference/api", path), "utf8");
  expect(await page("classes/index.Trainer.html")).toContain("Trains for whole epochs on the device.");
  expect(await page("documents/reference_command-line.html")).toContain("neuromotor train");
  expect(await page("documents/guide_images.html")).toContain("guide_data.html");
});
