import { fileURLToPath } from "node:url";
import type { ViteUserConfig } from "vitest/config";
import base from "../../vitest.config.js";
import { type InstalledBrowser, installed } from "./provider.js";

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** Tests that each browser runs: its own, and some of those that Node runs. */
const TESTS: Record<InstalledBrowser, string[]> = {
  firefox: [
    "test/browser/installed/firefox.test.ts",
    "test/parity/parity.test.ts",
    "test/parity/sequences.test.ts",
    "test/backends/matmul-kernels.test.ts",
    "test/backends/matmul-variants.test.ts",
  ],
  webkit: ["test/browser/installed/webkit.test.ts"],
};

/** Where tests that run in Node open Dawn, these open the browser's WebGPU. */
const IN_A_PAGE = [
  { find: /^.*\/src\/node\.js$/, replacement: path("../../../src/index.ts") },
  { find: /^.*\/src\/node\/dawn\.js$|^webgpu$/, replacement: path("dawn.ts") },
];

/** `npm run test:firefox` and `npm run test:webkit`: tests that run in a browser of Debian's, which the mode names. */
export default ({ mode }: { mode: string }): ViteUserConfig => {
  const browser = mode as InstalledBrowser;
  const { alias } = base.resolve as { alias: typeof IN_A_PAGE };
  return {
    ...base,
    cacheDir: path(`../../../node_modules/.cache/${browser}`),
    resolve: { alias: [...alias, ...IN_A_PAGE] },
    test: {
      ...base.test,
      include: TESTS[browser],
      exclude: [],
      globalSetup: browser === "webkit" ? path("node-training.ts") : [],
      browser: {
        enabled: true,
        provider: installed(browser),
        instances: [{ browser }],
        ui: false,
        screenshotFailures: false,
      },
    },
  };
};
