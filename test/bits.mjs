import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "vite";

/*
 * Trains the same networks in this checkout and in another, and compares the loss of every step, the final parameters,
 * scores and predictions to the bit, on every backend and every kernel of products that runs here.
 *
 *     git worktree add ../base COMMIT && npm ci --prefix ../base
 *     node test/bits.mjs                    against ../base, on all backends: about a minute on two quiet cores
 *     node test/bits.mjs ../other           against another checkout
 *     node test/bits.mjs --all              every training on every kernel of products too: some minutes
 *     node test/bits.mjs --quick            some of the trainings on cpu, wasm and webgpu: about ten seconds
 *     node test/bits.mjs --cases adam,windows --devices cpu,webgpu      those whose names contain one of these
 *     node test/bits.mjs --counts           launches, submits, writes, bind groups and allocations in place of bits
 *     node test/bits.mjs --list             names the trainings and the devices
 *
 * Both are run as they are built in `dist`; a checkout whose sources are newer is built first. Exits with 1 when a bit
 * differs, a count has risen, or a training fails. Where a public name was changed, see api.ts.
 */

const here = fileURLToPath(new URL(".", import.meta.url));
const out = mkdtempSync(join(here, "../node_modules/.bits-"));
try {
  await build({
    configFile: false,
    logLevel: "error",
    root: here,
    publicDir: false,
    build: {
      ssr: true,
      outDir: out,
      target: "es2022",
      minify: false,
      rolldownOptions: {
        external: ["webgpu"],
        input: { main: join(here, "bits/main.ts"), child: join(here, "bits/child.ts") },
        output: { entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" },
      },
    },
  });
  const { main } = await import(pathToFileURL(join(out, "main.mjs")).href);
  process.exitCode = await main(process.argv.slice(2), join(here, ".."));
} finally {
  rmSync(out, { recursive: true });
}
