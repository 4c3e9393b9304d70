import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";
import { shaderFiles, wasmEngine } from "../src/vite.config.js";
import { offline } from "./offline/plugin.js";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Hosts of published images, which are asked when the visitor says so. */
const IMAGES =
  "https://ossci-datasets.s3.amazonaws.com https://storage.googleapis.com https://raw.githubusercontent.com";

/** A page as it is built takes code and styles from its own folder only, and data but for images. The engine is WebAssembly. */
const POLICY = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  `connect-src 'self' ${IMAGES}`,
  "img-src 'self' data: blob:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** Vite's own server adds scripts and styles within the page, so that the policy is for what is built. */
const policy = (): Plugin => ({
  name: "content-security-policy",
  apply: "build",
  transformIndexHtml: () => [
    { tag: "meta", attrs: { "http-equiv": "Content-Security-Policy", content: POLICY }, injectTo: "head-prepend" },
  ],
});

/** Modules that are loaded when they are first used, which every training of the page does, or the first of each visit. */
const EVERY_TIME = new RegExp(
  `/(demo/engine/drawn|src/(${[
    "backends/(on-cpu|options|webgpu/device-errors)",
    "compile/(numbers|rewrite|same-graph|templates)",
    "core/turns",
    "data/synthetic/plane",
    "ops/indexing",
    "training/(callback-turns|check-watchers|evaluate|feature-source|features|inside|metric-formulas)",
    "training/(perplexity|saved|snapshot|step-callbacks|update-steps)",
  ].join("|")}))\\.ts$`,
);

/** Of the library, operations whose sizes the WASM engine asks for: they come with its own file, `backend`. */
const OF_THE_ENGINE = /\/src\/ops\/(attention|recurrence|unfold)\.ts$/;

/**
 * The worker's files: what a first visit fetches is one of them, so that it is compressed as a whole, and all else is
 * fetched when it is first used.
 */
const FILES = {
  includeDependenciesRecursively: false,
  groups: [
    { name: "training", tags: ["$initial" as const] },
    { name: "training", test: EVERY_TIME },
    { name: "backend-operations", test: OF_THE_ENGINE },
  ],
};

/** The engine takes seconds to compile, which is no news. */
const checks = { bundlerTimings: false };

const plugins = () => [shaderFiles({ readable: false }), wasmEngine()];

/** The demo imports the library by its public names alone, straight from the sources. */
export default defineConfig({
  root: path("."),
  base: "./", // the built pages work in any folder of a web server
  plugins: [...plugins(), policy(), offline()],
  define: { ABRIDGED: "true" }, // see src/core/foreign-words.ts
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  resolve: {
    alias: [
      { find: /^neuromotor$/, replacement: path("../src/index.ts") },
      { find: /^neuromotor\/data$/, replacement: path("../src/data/index.ts") },
      { find: /^neuromotor\/report$/, replacement: path("../src/report/index.ts") },
    ],
  },
  server: { fs: { allow: [path("..")] } },
  worker: { format: "es", plugins, rolldownOptions: { checks, output: { codeSplitting: FILES } } },
  build: {
    target: "es2022",
    outDir: path("../dist/demo"),
    emptyOutDir: true,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      checks,
      output: { codeSplitting: { groups: [{ name: "page", tags: ["$initial"] }] } },
    },
  },
});
