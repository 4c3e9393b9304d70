import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";

const SOURCE = fileURLToPath(new URL("service-worker.js", import.meta.url));

/** Writes the service worker into the built page, with the names of all its files; `IS_BUILT` says whether it is there. */
export const offline = (): Plugin => ({
  name: "offline",
  config: (_, { command }) => ({ define: { IS_BUILT: String(command === "build") } }),
  enforce: "post",
  async closeBundle() {
    const { outDir } = this.environment.config.build;
    if (this.environment.config.command === "build" && !this.environment.config.isWorker)
      await writeServiceWorker(outDir);
  },
});

async function writeServiceWorker(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .filter((file) => file !== "service-worker.js" && !file.endsWith(".map"))
    .sort();
  const hash = createHash("sha256");
  for (const file of files) hash.update(file).update(await readFile(join(folder, file)));
  const names = ["./", ...files.map((file) => `./${file}`)];
  const head = `const VERSION = "${hash.digest("hex").slice(0, 16)}";\nconst FILES = ${JSON.stringify(names)};\n`;
  await writeFile(join(folder, "service-worker.js"), head + (await readFile(SOURCE, "utf8")));
}
