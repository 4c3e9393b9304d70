import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

/** Minified and gzipped, as the libraries' smallest bundles that train the same network were measured. */
const PEERS = { "TensorFlow.js": 193, "jax-js": 100 };

/** The weight of a page that trains on WebGPU, made of the published package, as `test/size.test.ts` holds it. */
export async function bundleSize() {
  const file = fileURLToPath(new URL("../page-size.ts", import.meta.url));
  const { kilobytes, pages } = (await runnerImport(file)).module;
  const lines = Object.entries(await pages()).map(([bundler, { fetched, left }]) => {
    const size = kilobytes(fetched);
    const compared = Object.entries(PEERS).map(([peer, kB]) => `${peer} ${kB} (${(kB / size).toFixed(1)} x)`);
    return `  by ${bundler}: ${size.toFixed(1)} kB in ${fetched.length} files (${compared.join(", ")} as measured elsewhere); fetched only when used: ${kilobytes(left).toFixed(1)} kB in ${left.length} files`;
  });
  return ["a page that trains a network on WebGPU, minified and gzipped", ...lines].join("\n");
}
