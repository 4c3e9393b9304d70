import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, createServer, preview } from "vite";

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));

/**
 * Builds the playground and opens a browser for it, for as long as a program uses them.
 *
 * @param use - gets the browser, the page's address, and the folder that the page is built in
 */
export async function withPlayground(use) {
  const folder = await mkdtemp(join(tmpdir(), "playground-"));
  const config = { configFile: path("../../demo/vite.config.ts"), build: { outDir: folder }, logLevel: "error" };
  const cleanups = [() => rm(folder, { recursive: true })];
  try {
    await build(config);
    const server = await preview({ ...config, preview: { port: 0 } });
    cleanups.push(() => server.close());
    const loader = await createServer({
      configFile: false,
      root: path("../.."),
      logLevel: "error",
      optimizeDeps: { noDiscovery: true },
      server: { middlewareMode: true, hmr: false, watch: null },
    });
    cleanups.push(() => loader.close());
    const { launchChromium } = await loader.ssrLoadModule("/test/browser/chromium.ts");
    const browser = await launchChromium();
    cleanups.push(() => browser.close());
    await use({ browser, url: server.resolvedUrls.local[0], folder });
  } finally {
    for (const cleanup of cleanups.reverse()) await cleanup();
  }
}

/** Waits until the training at hand rests, or until the page waits for data. */
export const rests = (page) =>
  page.waitForFunction(() => ["resting", "waiting"].includes(globalThis.playground?.status.value), null, {
    timeout: 300_000,
  });
