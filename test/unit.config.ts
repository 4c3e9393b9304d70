import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { mergeConfig } from "vitest/config";
import base from "./vitest.config.js";

const here = fileURLToPath(new URL(".", import.meta.url));
const slow = readdirSync(here, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts") && readFileSync(join(here, file), "utf8").includes("@module-tag slow"))
  .map((file) => join(here, file));

/**
 * The short loop, `npm run test:unit`: without the files that begin with `// @module-tag slow`. Files share a process, so
 * that the library is loaded once; `npm test` gives each its own.
 */
export default mergeConfig(base, { test: { exclude: slow, isolate: false } });
