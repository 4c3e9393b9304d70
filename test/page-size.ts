import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build, type PluginOption, type Rolldown } from "vite";

/**
 * Loaded only when used: the CPU's backends, evaluation, profiling, looking for a rate, schedules, saving, callbacks on
 * steps, explaining a step, tuning, other ways to make products, data that don't fit, diagnosis, rare WGSL.
 */
const LAZY =
  /assembly\/|src\/(backends\/(cpu|wasm)\/|backends\/webgpu\/(timing|tuning|moves|product-options|guard-check|further-shaders|problems)|training\/(diagnose|evaluate|explain|further|windows))/;

const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));

/**
 * What a bundler makes of a page that trains a network on a GPU: what it loads to do so, and what only when it is used.
 *
 * @param plugins - those that the library is built with
 */
export async function pageChunks(plugins: PluginOption[]): Promise<Record<"loaded" | "lazy", Rolldown.OutputChunk[]>> {
  const { output } = (await build({
    configFile: false,
    logLevel: "error",
    publicDir: false,
    plugins,
    resolve: {
      alias: [
        { find: /^neuromotor$/, replacement: path("../src/index.ts") },
        { find: /^neuromotor\/data$/, replacement: path("../src/data/index.ts") },
      ],
    },
    build: {
      write: false,
      target: "es2022",
      minify: true,
      ssr: true, // without Vite's helper for preloading, which other bundlers don't add
      rolldownOptions: { input: path("bench/browser.ts") },
    },
  })) as Rolldown.RolldownOutput;
  const chunks = output.filter((file) => file.type === "chunk");
  const isLazy = ({ moduleIds }: Rolldown.OutputChunk) => moduleIds.some((id) => LAZY.test(id));
  return { loaded: chunks.filter((chunk) => !isLazy(chunk)), lazy: chunks.filter(isLazy) };
}

/** Of chunks as they are, minified, and gzipped each. */
export const kilobytes = (chunks: readonly Rolldown.OutputChunk[]): number =>
  chunks.reduce((sum, { code }) => sum + gzipSync(code).length, 0) / 1000;
