import { join } from "node:path";
import resolve from "@rollup/plugin-node-resolve";
import { build as esbuild } from "esbuild";
import { rollup } from "rollup";
import { build as vite } from "vite";
import manifest from "../package.json" with { type: "json" };

/* Bundlers as a project has them, each with next to no settings of its own. They make `folder/NAME/*.js` of entries. */

export const bundlers = {
  vite: (folder: string, entries: readonly string[]) =>
    vite({
      configFile: false,
      logLevel: "error",
      root: folder,
      publicDir: false,
      build: {
        outDir: "vite",
        target: "es2022",
        modulePreload: false,
        rolldownOptions: {
          input: entries.map((entry) => join(folder, entry)),
          output: { entryFileNames: "[name].js" },
        },
      },
    }),
  esbuild: (folder: string, entries: readonly string[]) =>
    esbuild({
      absWorkingDir: folder,
      entryPoints: [...entries],
      outdir: "esbuild",
      bundle: true,
      splitting: true,
      format: "esm",
      minify: true,
      target: "es2022",
    }),
  // Without a plugin for CommonJS, and without the packages that are optional.
  rollup: async (folder: string, entries: readonly string[]) => {
    const bundle = await rollup({
      input: entries.map((entry) => join(folder, entry)),
      external: Object.keys(manifest.peerDependencies),
      plugins: [resolve({ browser: true })],
      onwarn: ({ message }) => {
        throw new Error(message);
      },
    });
    await bundle.write({ dir: join(folder, "rollup"), format: "es", entryFileNames: "[name].js" });
    await bundle.close();
  },
};

export type Bundler = keyof typeof bundlers;
