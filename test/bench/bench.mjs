import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
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

if (!existsSync(join(here, "node_modules/brain.js"))) {
  execFileSync("npm", ["ci", "--ignore-scripts", "--prefix", here], { stdio: ["ignore", "ignore", "inherit"] });
}

/** The tests that hold a GPU against the CPU backend: all ops, all kernels of products, the contract, fused plans. */
const PARITY = {
  "parity-ops": join(here, "../parity/parity.test.ts"),
  "parity-sequences": join(here, "../parity/sequences.test.ts"),
  "parity-products": join(here, "../backends/matmul-kernels.test.ts"),
  "parity-variants": join(here, "../backends/matmul-variants.test.ts"),
  "parity-contract": join(here, "../backends/contract.test.ts"),
  "parity-fusion": join(here, "../compile/fusion.test.ts"),
};

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
  resolve: { alias: [{ find: /^vitest$/, replacement: join(here, "plain-vitest.ts") }] },
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
        ...PARITY,
        main: join(here, "main.ts"),
        child: join(here, "child.ts"),
        neuromotor: join(here, "neuromotor.ts"),
        tensorflow: join(here, "tensorflow.mjs"),
        jax: join(here, "jax.mjs"),
        brain: join(here, "brain.mjs"),
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
  const tests = Object.keys(PARITY).map((name) => `import "./${name}.mjs";\n`);
  writeFileSync(join(out, "parity.mjs"), tests.join(""));
  console.log(`Where the package webgpu is found:
  node ${join(out, "bench.mjs")}           runs the benchmarks
  node ${join(out, "parity.mjs")}          holds the GPU against the CPU backend, kernel by kernel`);
} else {
  try {
    const { bench } = await import(pathToFileURL(join(out, "main.mjs")).href);
    await bench(args, { size: () => bundleSize(), responsiveness: () => responsiveness(plugins) });
  } finally {
    rmSync(out, { recursive: true });
  }
}
