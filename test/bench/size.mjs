import { fileURLToPath } from "node:url";
import { runnerImport } from "vite";

/** Minified and gzipped, as the libraries' smallest bundles that train the same network were measured. */
const PEERS = { "TensorFlow.js": 193, "jax-js": 100 };

/**
 * What of the bundle is loaded by a page that trains on WebGPU, as `test/size.test.ts` holds it.
 *
 * @param plugins - those that the library is built with
 */
export async function bundleSize(plugins) {
  const file = fileURLToPath(new URL("../page-size.ts", import.meta.url));
  const { kilobytes, pageChunks } = (await runnerImport(file)).module;
  const { loaded, lazy } = await pageChunks(plugins);
  const size = kilobytes(loaded);
  const compared = Object.entries(PEERS).map(([peer, kB]) => `${peer} ${kB} (${(kB / size).toFixed(1)} x)`);
  return [
    `browser bundle that trains a network on WebGPU, minified and gzipped: ${size.toFixed(1)} kB in ${loaded.length} files`,
    `  as measured elsewhere: ${compared.join(", ")}; loaded only when used: ${kilobytes(lazy).toFixed(1)} kB in ${lazy.length} files`,
  ].join("\n");
}
