// @module-tag slow
import { execFile } from "node:child_process";
import { mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import manifest from "../package.json" with { type: "json" };
import { writeStrictConsumer } from "./strict-consumer.js";

/*
 * The published types, as a strict project without WebGPU's types and without skipLibCheck sees them; with other versions of
 * TypeScript in test/long/versions.test.ts.
 */
const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "node_modules/.cache", `neuromotor-types-test-${process.pid}`);
const tsc = (...args: string[]) =>
  promisify(execFile)(process.execPath, [join(root, "node_modules/.bin/tsc"), ...args], { cwd: root });

test("the types stand on their own", async () => {
  try {
    const published = join(folder, "node_modules/neuromotor");
    await tsc("--project", "src", "--outDir", join(published, "dist/types"));
    await writeFile(join(published, "package.json"), JSON.stringify({ ...manifest, devDependencies: {} }));
    await mkdir(join(folder, "node_modules/@types"));
    await symlink(join(root, "node_modules/@types/node"), join(folder, "node_modules/@types/node"));
    await writeStrictConsumer(folder);
    const { stdout } = await tsc("--project", folder).catch((error: { stdout: string }) => error);
    expect(stdout).toBe("");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});
