import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const source = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** Builds the library: one module per entry, the WGSL of `shaders/` inlined as text, dependencies left to npm. */
export default defineConfig({
  root: source(".."),
  publicDir: false,
  build: {
    outDir: "dist",
    target: "es2022",
    minify: false,
    lib: {
      formats: ["es"],
      entry: {
        index: source("index.ts"),
        node: source("node.ts"),
        data: source("data/index.ts"),
        cli: source("cli/main.ts"),
      },
    },
    rolldownOptions: {
      external: [/^node:/, "webgpu", "papaparse", "commander", "cli-progress"],
      output: { chunkFileNames: "chunks/[name]-[hash].js" },
    },
  },
});
