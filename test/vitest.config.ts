import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { shaderFiles, wasmEngine } from "../src/vite.config.js";

const root = fileURLToPath(new URL("..", import.meta.url));

export default defineConfig({
  root,
  plugins: [shaderFiles({ readable: true }), wasmEngine()],
  resolve: {
    alias: [
      { find: /^neuromotor$/, replacement: `${root}src/index.ts` },
      { find: /^neuromotor\/node$/, replacement: `${root}src/node.ts` },
      { find: /^neuromotor\/data$/, replacement: `${root}src/data/index.ts` },
      { find: /^neuromotor\/predict$/, replacement: `${root}src/predict.ts` },
      { find: /^neuromotor\/report$/, replacement: `${root}src/report/index.ts` },
    ],
  },
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/long/**", "test/browser/installed/**"], // see the configurations there
    tags: [
      { name: "slow", description: "Takes seconds, a browser, a bundler or other processes: no part of test:unit." },
    ],
    globalSetup: `${root}test/browser/playground-folder.ts`,
    pool: "forks", // Dawn is a native addon
    maxWorkers: Math.max(2, availableParallelism() - 1), // one often waits for its device
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
