import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const here = fileURLToPath(new URL(".", import.meta.url));

/** Files that begin with `// @module-tag slow`, from the project's root on. */
export const slowTests = readdirSync(here, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts") && readFileSync(join(here, file), "utf8").includes("@module-tag slow"))
  .map((file) => join("test", file));
