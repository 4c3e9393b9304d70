import { basename } from "node:path";
import { fileURLToPath } from "node:url";
import { type Plugin, parseAst, runnerImport } from "vite";
import { shaderFiles, wasmEngine } from "../../src/vite.config.js";

const TRAINING = fileURLToPath(new URL("../../src/training/", import.meta.url));

/** The name of the global function that instrumented code calls at the head of each of its functions. */
const HOOK = "enterTrainingFile";

interface Node {
  type: string;
  start: number;
  end: number;
  body?: Node;
}

/** Calls the hook, with the file's name, at the head of every function of src/training: methods, getters, closures. */
const traceFiles = (): Plugin => ({
  name: "trace-files",
  enforce: "post",
  transform(code, id) {
    if (!id.startsWith(TRAINING) || !id.endsWith(".ts")) return undefined;
    const call = `globalThis.${HOOK}?.(${JSON.stringify(basename(id))})`;
    const inserts: [at: number, text: string][] = [];
    for (const { type, body } of nodesOf(parseAst(code) as unknown as Node)) {
      if (!type.includes("Function") || !body) continue;
      if (body.type === "BlockStatement") inserts.push([body.start + 1, `${call};`]);
    }
    // From the end on; what ends first at a place is closed before something begins there.
    inserts.sort(([a], [b]) => b - a);
    return { code: inserts.reduce((text, [at, more]) => text.slice(0, at) + more + text.slice(at), code), map: null };
  },
});

function* nodesOf(value: unknown): Generator<Node> {
  if (typeof value !== "object" || value === null) return;
  if (typeof (value as Node).type === "string") yield value as Node;
  for (const each of Object.values(value)) yield* nodesOf(each);
}

/** Loads a module whose imports from src/training are instrumented. */
export async function instrumented<T>(file: string): Promise<T> {
  const plugins = [shaderFiles({ readable: true }), wasmEngine(), traceFiles()];
  return (await runnerImport<T>(fileURLToPath(new URL(file, import.meta.url)), { configFile: false, plugins })).module;
}

/** The files of src/training that work entered one after the other; a file that calls itself stands there once. */
export async function filesEntered(work: () => Promise<unknown>): Promise<string[]> {
  const files: string[] = [];
  const host = globalThis as unknown as Record<string, unknown>;
  host[HOOK] = (file: string) => {
    if (files.at(-1) !== file) files.push(file);
  };
  try {
    await work();
  } finally {
    delete host[HOOK];
  }
  return files;
}
