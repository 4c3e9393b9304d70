import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "vite";

/** Minified and gzipped, as the libraries' smallest bundles that train the same network were measured. */
const PEERS = { "TensorFlow.js": 193, "jax-js": 100 };

/**
 * What of the bundle is loaded by a page that trains on WebGPU: all but what only the CPU backend, data sets or diagnosis
 * need.
 *
 * @param plugins - those that the library is built with
 */
export async function bundleSize(plugins) {
  const result = await build({
    configFile: false,
    logLevel: "error",
    publicDir: false,
    plugins,
    ssr: { noExternal: true },
    build: {
      write: false,
      target: "es2022",
      minify: true,
      ssr: true, // without Vite's helper for preloading, which other bundlers don't add
      rolldownOptions: { input: fileURLToPath(new URL("browser.ts", import.meta.url)) },
    },
  });
  const chunks = new Map(result.output.filter(({ type }) => type === "chunk").map((chunk) => [chunk.fileName, chunk]));
  const loaded = new Set();
  const load = (name) => {
    if (loaded.has(name) || !chunks.has(name)) return;
    loaded.add(name);
    const { imports, dynamicImports } = chunks.get(name);
    imports.forEach(load);
    // The WebGPU backend is imported when a device is opened on it.
    dynamicImports.filter((file) => /\/backends\/webgpu\//.test(chunks.get(file).facadeModuleId ?? "")).forEach(load);
  };
  for (const chunk of chunks.values()) if (chunk.isEntry) load(chunk.fileName);
  const weigh = (names) =>
    names.reduce((sum, name) => sum + gzipSync(chunks.get(name).code, { level: 9 }).length, 0) / 1000;
  const later = [...chunks.keys()].filter((name) => !loaded.has(name));
  const size = weigh([...loaded]);
  const compared = Object.entries(PEERS).map(([peer, kB]) => `${peer} ${kB} (${(kB / size).toFixed(1)} x)`);
  return [
    `browser bundle that trains a network on WebGPU, minified and gzipped: ${size.toFixed(1)} kB in ${loaded.size} files`,
    `  as measured elsewhere: ${compared.join(", ")}; loaded only when used: ${weigh(later).toFixed(1)} kB in ${later.length} files`,
  ].join("\n");
}
