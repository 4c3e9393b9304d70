import { fileURLToPath } from "node:url";
import { createServer } from "vite";

const ROWS = 60_000;

/** MNIST's training part lies whole in one buffer, or passes through the device in windows. */
const CASES = {
  "whole on the device": { backend: "webgpu" },
  "in windows": { backend: "webgpu", maxBufferBytes: 2 ** 27 },
  CPU: { backend: "cpu" },
};

/**
 * Time that a page in training holds its thread: tasks over 50 ms, as Chromium reports them, and the longest time that a
 * timer waited.
 *
 * @param plugins - those that the library is built with
 */
export async function responsiveness(plugins) {
  const server = await createServer({
    configFile: false,
    root: fileURLToPath(new URL("../..", import.meta.url)),
    logLevel: "error",
    plugins,
    optimizeDeps: { noDiscovery: true },
    server: { hmr: false, watch: null },
  });
  let browser;
  try {
    await server.listen();
    const { launchChromium } = await server.ssrLoadModule("/test/browser/chromium.ts");
    const { formatTable } = await server.ssrLoadModule("/src/core/table.ts");
    browser = await launchChromium();
    const tables = [];
    for (const [name, options] of Object.entries(CASES)) {
      const page = await browser.newPage();
      page.setDefaultTimeout(0);
      await page.goto(new URL("test/bench/responsiveness.html", server.resolvedUrls.local[0]).href);
      const { device, loss, phases } = await page.evaluate(
        ([rows, options]) => measure(rows, options),
        [ROWS, options],
      );
      await page.close();
      const header = [
        `784-128-64-10, batch 64, ${ROWS} rows, ${name}`,
        "seconds",
        "tasks over 50 ms",
        "longest gap, ms",
      ];
      const lines = phases.map(({ name, milliseconds, longTasks, longestGap, gapAt }) => [
        name,
        (milliseconds / 1000).toFixed(1),
        longTasks.map((duration) => duration.toFixed(0)).join(", ") || "none",
        `${longestGap.toFixed(0)} (at ${(gapAt / 1000).toFixed(1)} s)`,
      ]);
      tables.push(`${formatTable([header, ...lines], [1, 3])}\n${device}; loss ${loss}`);
    }
    return tables.join("\n\n");
  } finally {
    await browser?.close();
    await server.close();
  }
}
