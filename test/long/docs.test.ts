import { expect, test } from "vitest";
import { blocksOf, isForPages, missingLines, pages } from "../docs/blocks.js";
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
  for (const block of programs) {
    const printed = await runBlock(block, folder, (code) =>
      code.replaceAll("openDevice()", `openDevice({ backend: "${backend}" })`),
    );
    const missing = missingLines(block.prints ?? "...", printed);
    expect(missing, `${block.page}:${block.line} printed:\n${printed}`).toEqual([]);
  }
});
