import { readFile } from "node:fs/promises";
import { register } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/*
 * Runs a page's bundle (first argument) in Node as if in a browser with a hardware GPU, which is the software adapter in
 * disguise, and writes the path of each file that is loaded to a log (second argument). It fetches from a folder (third
 * argument). See page-size.ts.
 */

const [, , bundle, log, served] = process.argv;

const hooks = `
import { appendFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
export async function load(url, context, next) {
  if (url.startsWith("file:")) appendFileSync(${JSON.stringify(log)}, fileURLToPath(url) + "\\n");
  return next(url, context);
}`;

const { create } = await import("webgpu");
const dawn = create([]);
const info = { vendor: "acme", architecture: "disguised", device: "", description: "Acme", isFallbackAdapter: false };
const gpu = {
  wgslLanguageFeatures: dawn.wgslLanguageFeatures,
  async requestAdapter() {
    return new Proxy(await dawn.requestAdapter(), {
      get(adapter, name) {
        if (name === "info") return info;
        const value = Reflect.get(adapter, name, adapter);
        return typeof value === "function" ? value.bind(adapter) : value;
      },
    });
  },
};
Object.defineProperty(globalThis, "navigator", { configurable: true, value: { gpu } });

globalThis.fetch = async (name) => new Response(await readFile(join(served, name)));

register(`data:text/javascript,${encodeURIComponent(hooks)}`);
await import(pathToFileURL(bundle).href);
process.exit(); // the page goes on with its device
