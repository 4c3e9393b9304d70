import { fileURLToPath } from "node:url";
import { defineConfig, type Plugin } from "vite";

const source = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/** WGSL goes in as text, without the comments and the white space that are for its readers. */
export const compactShaders = (): Plugin => ({
  name: "compact-shaders",
  enforce: "post",
  transform(code, id) {
    if (!id.includes(".wgsl")) return undefined;
    const [, text] = code.match(/^export default (".*")/s)!;
    const compact = (JSON.parse(text) as string)
      .replace(/\/\/.*$/gm, "")
      .replace(/^\s+/gm, "")
      .replace(/ ?([={}(),;:*/<>&|]+) ?/g, "$1")
      .replace(/ ([+%-]) (?!-)/g, "$1") // not before a sign: -- is a token of its own
      .replace(/([{}(),;]+)\n/g, "$1");
    return { code: `export default ${JSON.stringify(compact)}`, map: null };
  },
});

/** Builds the library: one module per entry, the WGSL of `shaders/` inlined as text, dependencies left to npm. */
export default defineConfig({
  root: source(".."),
  publicDir: false,
  plugins: [compactShaders()],
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
