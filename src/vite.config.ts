import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig, minify, type Plugin, runnerImport, type UserConfig } from "vite";

const source = (file: string) => fileURLToPath(new URL(file, import.meta.url));

const SHADERS = source("../shaders/");

/**
 * Takes in a file of `shaders/` as a part of kernels (`Part` of backends/webgpu/glue.ts): its text, and the files that its
 * header names as "Needs".
 *
 * @param readable - as it is, after a line that says where it comes from; else without comments and white space, for pages
 */
export const shaderFiles = ({ readable }: { readable: boolean }): Plugin => ({
  name: "shader-files",
  enforce: "pre",
  config: () => ({ define: { READABLE_WGSL: String(readable) } }),
  async load(id) {
    if (!id.endsWith(".wgsl")) return undefined;
    const file = await readFile(id, "utf8");
    const text = readable ? `// --- shaders/${relative(SHADERS, id)}\n${file.trimEnd()}` : compact(file);
    const needs = [...file.matchAll(/^\/\/ Needs (\S+\.wgsl):/gm)].map(([, path]) =>
      JSON.stringify(join(SHADERS, path)),
    );
    const imports = needs.map((path, i) => `import need${i} from ${path};\n`).join("");
    const names = needs.map((_, i) => `need${i}`);
    return { code: `${imports}export default { text: ${JSON.stringify(text)}, needs: [${names}] };`, map: null };
  },
});

/** WGSL without the comments and the white space that are for its readers. */
const compact = (text: string): string =>
  text
    .replace(/ *\/\/.*$/gm, "")
    .replace(/^\s+/gm, "")
    .replace(/ ?([={}(),;:*/<>&|]+) ?/g, "$1")
    .replace(/ ([+%-]) (?!-)/g, "$1") // not before a sign: -- is a token of its own
    .replace(/([{}(),;]+)\n/g, "$1")
    .trimEnd();

const ENGINE = /\?wasm=(relaxed|plain)$/;

/**
 * The WASM engine of `backends/wasm/assembly`, compiled from AssemblyScript when it is imported, with relaxed SIMD or
 * without: base64, and the names of the updates and functions that are printed into it (see build/engine.ts).
 */
export const wasmEngine = (): Plugin => ({
  name: "wasm-engine",
  enforce: "pre",
  async load(id) {
    const variant = id.match(ENGINE)?.[1];
    if (!variant) return undefined;
    const { module, dependencies } = await runnerImport<typeof import("./build/engine.js")>(source("build/engine.ts"), {
      configFile: false,
      plugins: [shaderFiles({ readable: true })],
    });
    const { modules, printed } = module.printEngine();
    const files = (await readdir(source("backends/wasm/assembly"))).map((file) => `backends/wasm/assembly/${file}`);
    for (const file of [...[...files, "backends/wasm/codes.ts"].map(source), ...dependencies]) this.addWatchFile(file);
    const engine = await compileEngine(id.replace(ENGINE, ""), modules, variant === "relaxed");
    return `export default "${engine.toString("base64")}";\nexport const printed = ${JSON.stringify(printed)};`;
  },
});

/**
 * @param modules - texts of the modules that are printed, by file name
 * @throws Error with what the compiler says
 */
async function compileEngine(
  entry: string,
  modules: Readonly<Record<string, string>>,
  relaxed: boolean,
): Promise<Buffer> {
  const { main } = await import("assemblyscript/asc");
  const features = ["simd", "threads", ...(relaxed ? ["relaxed-simd"] : [])].flatMap((name) => ["--enable", name]);
  const memory = ["--importMemory", "--sharedMemory", "--initialMemory", "1", "--maximumMemory", "65536"];
  const vectors = ["--disableWarning", "112"]; // functions of vectors aren't called from outside
  // -O3 folds the loops of all elementwise ops into one that chooses the op for each vector.
  const options = ["-O2", "--runtime", "stub", "--noAssert", ...features, ...memory, ...vectors];
  let engine: Uint8Array | undefined;
  const { error, stderr } = await main(
    [basename(entry), "--baseDir", dirname(entry), "--outFile", "engine.wasm", ...options],
    {
      readFile: (file, folder) => modules[file] ?? readFile(join(folder, file), "utf8").catch(() => null), // it tries several names
      writeFile: (_, contents) => {
        engine = contents as Uint8Array;
      },
    },
  );
  if (error || !engine) throw new Error(`assembly: ${error?.message}\n${stderr}`);
  return Buffer.from(engine);
}

const VEGA = source("charts/vega.ts");

/** Vega, which draws charts, is a file of its own, beside the folder of this build's where `up` says so. */
const vegaApart = (up: string): Plugin => ({
  name: "vega-apart",
  enforce: "pre",
  async resolveId(id, importer) {
    const found = id.endsWith("/vega.js") ? await this.resolve(id, importer, { skipSelf: true }) : null;
    return found?.id === VEGA ? { id: VEGA, external: true } : null;
  },
  renderChunk(code, { fileName }) {
    const above = up + "../".repeat(fileName.split("/").length - 1);
    return { code: code.replace(/import\("[^"]*\/vega\.ts"\)/, `import("${above || "./"}vega.js")`), map: null };
  },
});

/** Vite leaves the white space of libraries. */
const minified = (): Plugin => ({
  name: "minified",
  async generateBundle(_, bundle) {
    for (const file of Object.values(bundle)) {
      if (file.type === "chunk") file.code = (await minify(file.fileName, file.code, { module: true })).code;
    }
  },
});

const vega: UserConfig = {
  root: source(".."),
  publicDir: false,
  plugins: [minified()],
  build: {
    outDir: "dist",
    emptyOutDir: false,
    target: "es2022",
    license: { fileName: "vega.licenses.md" },
    lib: { formats: ["es"], entry: { vega: VEGA } },
  },
};

/** The entries that a page can use; the others take Node's own modules. */
const FOR_PAGES = {
  index: source("index.ts"),
  data: source("data/index.ts"),
  report: source("report/index.ts"),
};

/** Files that every training needs, of rooms with others: `test/size.test.ts` sees what a page fetches beside them. */
const FIT = {
  losses: ["tokens"],
  ops: ["update"],
  optimizers: ["optimizer"],
  model: ["model", "parameters", "scope", "structure", "summary"],
  training: [
    ...["call-queue", "calls", "device-memory", "encode", "epochs", "epochs-at-work", "features", "fit"],
    ...["fit-options", "graphs", "heads", "internals", "metrics", "pass", "programs", "results", "session", "state"],
    ...["trainer", "trainer-options", "warnings"],
  ],
};
const isOfFit = (id: string) =>
  Object.entries(FIT).some(([room, names]) => names.some((name) => id === source(`${room}/${name}.ts`)));

/**
 * The files of the build for pages. Each source file is one, so that a bundler leaves out what a page doesn't use. Rooms
 * that every training uses nearly whole are one file each, but for what is loaded when it is first used: bundlers that
 * load code piece by piece would cut them up.
 */
const FILES_FOR_PAGES = {
  includeDependenciesRecursively: false,
  groups: [
    { name: "core", test: /\/src\/(core\/(?!crc|monitor|turns)|graph\/)/, tags: ["$initial" as const] },
    { name: "engine", test: /\/(src\/(compile|backends)|shaders)\//, tags: ["$initial" as const] },
    { name: "fit", test: isOfFit, tags: ["$initial" as const] },
    {
      name: (id: string) =>
        relative(source(".."), id)
          .replace(/^src\/|\.ts$/g, "")
          .replace(/[^\w/]+/g, "-"),
    },
  ],
};

/**
 * Lets an entry of the build for pages take each module by way of a file of its own, all that the file exports. Along with
 * an entry that names what it exports, esbuild takes every module named that is used on the page at all, be it by what is
 * loaded later. A file between, whose names the entry doesn't list, is left out with its module.
 */
const reexports = (): Plugin => ({
  name: "reexports",
  generateBundle(_, bundle) {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== "chunk" || !chunk.isEntry) continue;
      const pairsOf = (list: string) => list.split(", ").map((each) => [...each.split(" as "), each] as string[]);
      const [, exported] = chunk.code.match(/^export \{ (.*) \};$/m) ?? [];
      const names = new Map(pairsOf(exported).map(([local, name]) => [local, name]));
      const lines = [...chunk.code.matchAll(/^import \{ (.*) \} from "\.\/(.*)";$/gm)].map(([, list, path]) => {
        const pairs = pairsOf(list).map(([from, local]) => [from, names.get(local) ?? ""]);
        const fileName = `exports/${chunk.name}/${path.replaceAll("/", "-")}`;
        const source = `export { ${pairs.map((pair) => pair.join(" as ")).join(", ")} } from "../../${path}";\n`;
        this.emitFile({ type: "asset", fileName, source });
        return `export * from "./${fileName}";`;
      });
      const rest = chunk.code.split("\n").filter((line) => line && !line.startsWith("//")).length - lines.length;
      if (rest !== 1) throw new Error(`${chunk.fileName}: an entry for pages holds more than imports and exports.`);
      chunk.code = `${lines.join("\n")}\n`;
    }
  },
});

/** The build of what pages take that only predict: one file, and those that are loaded when they are used. */
const predict: UserConfig = {
  root: source(".."),
  publicDir: false,
  define: { ABRIDGED: "true" },
  plugins: [shaderFiles({ readable: false }), wasmEngine()],
  build: {
    outDir: "dist/predict",
    target: "es2022",
    minify: false,
    lib: { formats: ["es"], entry: { predict: source("predict.ts") } },
    rolldownOptions: {
      checks: { bundlerTimings: false },
      preserveEntrySignatures: "allow-extension",
      output: {
        chunkFileNames: "[name].js",
        codeSplitting: {
          includeDependenciesRecursively: false,
          groups: [{ name: "prediction", tags: ["$initial" as const] }],
        },
      },
    },
  },
};

/** Refuses a build whose files import each other in a circle: some begin before what they take is there. */
const withoutCircles = (): Plugin => ({
  name: "without-circles",
  generateBundle(_, bundle) {
    const importsOf = (file: string) => (bundle[file]?.type === "chunk" ? bundle[file].imports : []);
    for (const file of Object.keys(bundle)) {
      const reached = new Set(importsOf(file));
      for (const each of reached) for (const next of importsOf(each)) reached.add(next); // the loop comes to it as well
      if (reached.has(file)) throw new Error(`${file} imports itself by way of others. Does it belong into FIT?`);
    }
  },
});

const library = (mode: string): UserConfig => ({
  root: source(".."),
  publicDir: false,
  ...(mode === "page" && { define: { ABRIDGED: "true" } }), // see core/foreign-words.ts
  plugins: [
    shaderFiles({ readable: mode !== "page" }),
    wasmEngine(),
    vegaApart(mode === "page" ? "../" : ""),
    ...(mode === "page" ? [withoutCircles(), reexports()] : []),
  ],
  build: {
    outDir: mode === "page" ? "dist/browser" : "dist",
    target: "es2022",
    minify: false,
    lib: {
      formats: ["es"],
      entry:
        mode === "page"
          ? FOR_PAGES
          : { ...FOR_PAGES, predict: source("predict.ts"), node: source("node.ts"), cli: source("cli/main.ts") },
    },
    rolldownOptions: {
      checks: { bundlerTimings: false }, // the engine takes seconds to compile
      external: [
        /^node:/,
        "webgpu",
        "commander",
        "cli-progress",
        "apache-arrow",
        "hyparquet",
        "hyparquet-compressors",
        "fast-png",
        "jpeg-js",
        "@resvg/resvg-js",
        "bullmq",
        "ioredis",
      ],
      preserveEntrySignatures: "allow-extension",
      output:
        mode === "page"
          ? { chunkFileNames: "[name].js", codeSplitting: FILES_FOR_PAGES }
          : { chunkFileNames: "chunks/[name]-[hash].js" },
    },
  },
});

/**
 * Builds the library, the WGSL of `shaders/` inlined as text, dependencies left to npm. It is built three times: into dist, which
 * Node takes, a module for each entry; and with `--mode page` into dist/browser, which bundlers take for pages, a module
 * for each source file, so that a page gets no more of it than it uses; and with
 * `--mode predict` into dist/predict, which they take for pages that only predict. `--mode vega` builds what draws charts into
 * dist/vega.js, its dependencies inside and their licences beside it.
 */
export default defineConfig(({ mode }) => ({ vega, predict })[mode] ?? library(mode));
