import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { build, loadConfigFromFile } from "vite";
import { responsiveness } from "./responsiveness.mjs";
import { bundleSize } from "./size.mjs";

/* Installs the peers if need be, bundles harness and contestants to plain JavaScript, and runs it. */

const here = fileURLToPath(new URL(".", import.meta.url));
const args = process.argv.slice(2);
const { values } = parseArgs({ args, strict: false, options: { bundle: { type: "string" } } });

if (!existsSync(join(here, "node_modules/@jax-js/jax"))) {
  execFileSync("npm", ["ci", "--ignore-scripts", "--prefix", here], { stdio: ["ignore", "ignore", "inherit"] });
}

const out = values.bundle ? resolve(values.bundle) : mkdtempSync(join(here, "node_modules/.bench-"));
const library = await loadConfigFromFile(
  { command: "build", mode: "production" },
  join(here, "../../src/vite.config.ts"),
);
const { plugins } = library.config;
await build({
  configFile: false,
  logLevel: "error",
  root: here,
  publicDir: false,
  plugins,
  ssr: { noExternal: true, external: ["webgpu"] },
  build: {
    ssr: true,
    outDir: out,
    emptyOutDir: true,
    target: "es2022",
    minify: false,
    rolldownOptions: {
      external: ["webgpu"],
      input: {
        bench: join(here, "run.ts"),
        main: join(here, "main.ts"),
        child: join(here, "child.ts"),
        neuromotor: join(here, "neuromotor.ts"),
        tensorflow: join(here, "tensorflow.mjs"),
        jax: join(here, "jax.mjs"),
        python: join(here, "python.ts"),
      },
      output: { entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" },
    },
  },
});
for (const file of ["node_modules/@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm", "peers.py"]) {
  copyFileSync(join(here, file), join(out, basename(file)));
}

if (values.bundle) {
  console.log(`${out}: run it with node ${join(out, "bench.mjs")}, where the package webgpu is found.`);
} else {
  try {
    const { bench } = await import(pathToFileURL(join(out, "main.mjs")).href);
    await bench(args, { size: () => bundleSize(plugins), responsiveness: () => responsiveness(plugins) });
  } finally {
    rmSync(out, { recursive: true });
  }
}
