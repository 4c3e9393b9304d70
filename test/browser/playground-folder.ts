import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { build, type InlineConfig } from "vite";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Where the playground is built for this run of the tests. */
    playground: string;
  }
}

/** Vitest's setup of a whole run: a folder in which the first file of tests that needs the playground builds it. */
export default async function setup(project: TestProject) {
  const folder = await mkdtemp(join(tmpdir(), "playground-"));
  project.provide("playground", folder);
  return () => rm(folder, { recursive: true });
}

/** The playground's configuration, built into a folder. */
export const configFor = (folder: string): InlineConfig => ({
  configFile: fileURLToPath(new URL("../../demo/vite.config.ts", import.meta.url)),
  build: { outDir: join(folder, "built") },
  logLevel: "error",
});

/** Builds the playground, unless another process did so or is at it: then waits for that. */
export async function builtOnce(folder: string): Promise<void> {
  const [begun, ended] = [join(folder, "begun"), join(folder, "ended")];
  const isFirst = await mkdir(begun).then(
    () => true,
    () => false,
  );
  if (!isFirst) {
    while (!existsSync(ended)) await setTimeout(100);
    if (!existsSync(join(folder, "built/index.html")))
      throw new Error("The playground wasn't built: see the first test.");
    return;
  }
  // Under Vitest's own value Vite would write the markup of a development build, which is larger.
  const environment = process.env.NODE_ENV;
  process.env.NODE_ENV = "production";
  try {
    await build(configFor(folder));
  } finally {
    process.env.NODE_ENV = environment;
    await writeFile(ended, "");
  }
}
