import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { shaderFiles, wasmEngine } from "../src/vite.config.js";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** The demo imports the library by its public names alone, straight from the sources. */
export default defineConfig({
  root: path("."),
  base: "./", // the built pages work in any folder of a web server
  plugins: [shaderFiles({ readable: true }), wasmEngine()],
  resolve: {
    alias: [
      { find: /^neuromotor$/, replacement: path("../src/index.ts") },
      { find: /^neuromotor\/data$/, replacement: path("../src/data/index.ts") },
      { find: /^neuromotor\/report$/, replacement: path("../src/report/index.ts") },
    ],
  },
  server: { fs: { allow: [path("..")] } },
  build: { target: "es2022", outDir: path("../dist/demo"), emptyOutDir: true },
});
